"""Takes side by side in one file: as a picture, or as a page that needs nothing else."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from vidctl.gateways.lettering import Lettering
from vidctl.gateways.thumbnails import thumbnail
from vidctl.gateways.typefaces import Pen
from vidctl.gateways.whole_file import whole_file, write_failed

#: What a sheet's file may end with.
SUFFIXES = (".png", ".html")

_CELL = 320  # pixels, the longest side of a thumbnail
_GAP = 16
_TEXT = 15
_GROUND, _INK, _QUIET, _CHOSEN = (24, 24, 27), (240, 240, 236), (160, 162, 170), (120, 220, 150)

_STYLE = """
body { background: #18181b; color: #f0f0ec; font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .5rem; border: 2px solid transparent; border-radius: .4rem; }
figure.chosen { border-color: #78dc96; }
img { max-width: 100%; display: block; }
figcaption { color: #a0a2aa; overflow-wrap: anywhere; }
figcaption b { color: #f0f0ec; }
""".strip()


@dataclass(frozen=True)
class Cell:
    """One take on a sheet: its file, what is written below it (the first line stands out), whether it is chosen."""

    file: Path
    lines: tuple[str, ...]
    chosen: bool


def write_sheet(cells: Sequence[Cell], title: str, destination: Path) -> None:
    """Write a sheet in the format that the destination's ending names. Raises MediaInvalid, DiskFull, RenderFailed."""
    try:
        with whole_file(destination) as part:
            if destination.suffix.lower() == ".html":
                part.write_text(_page(cells, title), encoding="utf-8")
            else:
                _picture(cells).save(part, "PNG")
    except OSError as error:
        raise write_failed(error, destination) from error


def _page(cells: Sequence[Cell], title: str) -> str:
    figures = "\n".join(map(_figure, cells))
    name = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{name}</title>\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<h1>{name}</h1>\n<main>\n{figures}\n</main>\n</body>\n</html>\n"
    )


def _figure(cell: Cell) -> str:
    content = io.BytesIO()
    thumbnail(cell.file, (2 * _CELL, 2 * _CELL)).save(content, "JPEG", quality=85)
    data = base64.b64encode(content.getvalue()).decode()
    first, *rest = map(html.escape, cell.lines)
    caption = "<br>".join([f"<b>{first}</b>", *rest])
    mark = ' class="chosen"' if cell.chosen else ""
    image = f'<img alt="{first}" src="data:image/jpeg;base64,{data}">'
    return f"<figure{mark}>{image}<figcaption>{caption}</figcaption></figure>"


def _picture(cells: Sequence[Cell]) -> Image.Image:
    pictures = [thumbnail(cell.file, (_CELL, _CELL)) for cell in cells]
    columns = math.ceil(math.sqrt(len(cells)))
    tall = max(picture.height for picture in pictures)
    row = tall + _GAP + _line_height() * max(len(cell.lines) for cell in cells)
    size = (_GAP + columns * (_CELL + _GAP), _GAP + math.ceil(len(cells) / columns) * (row + _GAP))
    sheet = Image.new("RGB", size, _GROUND)
    for number, (cell, picture) in enumerate(zip(cells, pictures, strict=True)):
        left = _GAP + number % columns * (_CELL + _GAP)
        top = _GAP + number // columns * (row + _GAP)
        _put(sheet, cell, picture, (left, top), tall)
    return sheet


def _put(sheet: Image.Image, cell: Cell, picture: Image.Image, corner: tuple[int, int], tall: int) -> None:
    left, top = corner
    pen = ImageDraw.Draw(sheet)
    if cell.chosen:
        pen.rectangle((left - 5, top - 5, left + _CELL + 4, top + tall + 4), _CHOSEN)
        pen.rectangle((left, top, left + _CELL - 1, top + tall - 1), _GROUND)
    sheet.paste(picture, (left + (_CELL - picture.width) // 2, top + (tall - picture.height) // 2))
    for number, line in enumerate(cell.lines):
        letters = Lettering(line, _TEXT)
        place = (left, top + tall + _GAP // 2 + number * _line_height())
        letters.draw(sheet, place, letters.shortened(_CELL), Pen(_QUIET if number else _INK))


def _line_height() -> int:
    return round(_TEXT * 1.35)
