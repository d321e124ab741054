"""Pictures drawn with letters: each cell shows two pixels, one above the other, as a half block in two colours."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from vidctl.cli.output.blocks import Picture

_HALF = "▀"
_GAP = 2
_LEAST, _MOST = 28, 64  # columns that a picture gets


def room(number: int | None) -> tuple[int, int] | None:
    """The most pixels of each of so many pictures on this terminal; None if it does not show every colour."""
    console = Console()
    if console.color_system != "truecolor":
        return None
    side_by_side = max(1, min(number or console.width, (console.width + _GAP) // (_LEAST + _GAP)))
    columns = min(_MOST, (console.width + _GAP) // side_by_side - _GAP)
    return max(columns, 1), max(columns, 2)


def draw_pictures(console: Console, pictures: Sequence[Picture]) -> None:
    """As many side by side as there is room for, each with its lines below it."""
    widest = max(picture.width for picture in pictures)
    side_by_side = max(1, (console.width + _GAP) // (widest + _GAP))
    for start in range(0, len(pictures), side_by_side):
        row = pictures[start : start + side_by_side]
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        for _ in row:
            grid.add_column(width=widest, no_wrap=True, overflow="ellipsis", vertical="bottom")
        grid.add_row(*map(_drawn, row))
        grid.add_row(*(Text("\n".join(picture.lines)) for picture in row))
        console.print(grid)


def _drawn(picture: Picture) -> Text:
    drawn = Text()
    for top in range(0, picture.height, 2):
        drawn.append("\n" if top else "")
        for column in range(picture.width):
            upper, lower = _pixel(picture, column, top), _pixel(picture, column, top + 1)
            drawn.append(_HALF, Style(color=f"rgb({upper})", bgcolor=f"rgb({lower})"))
    return drawn


def _pixel(picture: Picture, column: int, row: int) -> str:
    start = 3 * (row * picture.width + column)
    return ",".join(map(str, picture.rgb[start : start + 3]))
