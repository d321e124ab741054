"""For people: tables and fields by rich on a terminal, plain tab-separated lines where the output goes elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from vidctl.cli.output.blocks import Block, Fields, Lines, Scaled, Sheet, WordDiff
from vidctl.cli.output.screen import write_bug, write_error
from vidctl.cli.output.views import blocks_of
from vidctl.domain.events import Event, Result

if TYPE_CHECKING:
    from vidctl.errors import VidctlError

#: What is drawn to scale is drawn to this where nobody knows how wide it will be shown, in letters.
_PLAIN_WIDTH = 100


class HumanScreen:
    """Draws on standard output; progress and talk go to standard error."""

    def __init__(self, *, quiet: bool, colour: bool) -> None:
        self.is_streaming = False
        self._quiet = quiet
        self._colour = colour

    def show(self, result: Any) -> None:
        """Draw a result."""
        rich = sys.stdout.isatty()
        for block in blocks_of(result):
            if rich:
                from vidctl.cli.output.drawing import draw

                draw(block, colour=self._colour)
            else:
                sys.stdout.write(_plain(block))

    def stream(self, events: Iterator[Event]) -> None:
        """Progress while it runs, the result at the end."""
        from vidctl.cli.output.progress import open_progress

        self.is_streaming = True
        result: Result | None = None
        with closing(events), open_progress(quiet=self._quiet, colour=self._colour) as progress:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Result):
                    # drawn at once, so that it is there even if what follows fails
                    progress.finish()
                    result, self.is_streaming = event, False
                    self.show(event.value)
                else:
                    progress.tell(event)
        self.is_streaming = False
        assert result is not None

    def room_for_pictures(self, number: int | None) -> tuple[int, int] | None:
        """Only a terminal that shows every colour draws pictures."""
        if not (self._colour and sys.stdout.isatty()):
            return None
        from vidctl.cli.output.pictures import room

        return room(number)

    def error(self, error: VidctlError) -> None:
        """In words."""
        sys.stdout.flush()
        write_error(error)

    def bug(self, error: Exception) -> None:
        """In a line."""
        write_bug(error)


def _plain(block: Block) -> str:
    """Everything, uncut: whoever reads this can cut it himself."""
    if isinstance(block, Lines | Scaled):
        lines = block.lines if isinstance(block, Lines) else block.lines(_PLAIN_WIDTH)
        return "".join(f"{line}\n" for line in lines)
    if isinstance(block, Sheet):
        return _plain(block.table)
    if isinstance(block, WordDiff):
        return f"{block.title}\n{''.join(text for _, text in block.marked())}\n"
    if isinstance(block, Fields):
        title = f"{block.title}\n" if block.title else ""
        return title + "".join(f"{label}\t{_one_line(value)}\n" for label, value in block.pairs)
    if not block.rows:
        return f"{block.empty}\n" if block.empty else ""
    rows = [[header.upper() for header in block.headers], *block.rows]
    return "".join("\t".join(_one_line(cell) for cell in row) + "\n" for row in rows)


def _one_line(text: str) -> str:
    return " ".join(text.split())
