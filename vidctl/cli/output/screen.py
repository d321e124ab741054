"""What a screen does, and which one a run gets."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vidctl.domain.events import Event
    from vidctl.errors import VidctlError


class Screen(Protocol):
    """Data goes to standard output, talk to standard error."""

    #: Whether a stream of events is being shown that has not reached its result.
    is_streaming: bool

    def show(self, result: Any) -> None:
        """Show what a command returned."""

    def stream(self, events: Iterator[Event]) -> None:
        """Show events as they come, and at the end the result."""

    def room_for_pictures(self, number: int | None) -> tuple[int, int] | None:
        """The most pixels, wide and high, that each of so many pictures side by side may have; None where no pictures
        can be drawn. How many is None where it is not known yet."""

    def error(self, error: VidctlError) -> None:
        """Tell what went wrong: problem, cause, fix."""

    def bug(self, error: Exception) -> None:
        """Tell of an error that nobody thought of."""


def open_screen(*, json: bool, quiet: bool, no_color: bool) -> Screen:
    """JSON if it was asked for; else for people: drawn by rich on a terminal, plain lines otherwise."""
    if json:
        from vidctl.cli.output.json import JsonScreen

        return JsonScreen()
    from vidctl.cli.output.human import HumanScreen

    colour = not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")
    return HumanScreen(quiet=quiet, colour=colour)


def write_error(error: VidctlError) -> None:
    """The error in words on standard error, readable without colour."""
    lines = [f"error: {error.problem}"]
    lines += ["  cause: " + error.cause.replace("\n", "\n         ")] if error.cause else []
    lines += [f"  fix:   {error.fix}"] if error.fix else []
    sys.stderr.write("\n".join(lines) + "\n")


def write_bug(error: Exception) -> None:
    """A bug in one line; the traceback goes to a file that can be sent to us."""
    place = _keep_traceback(error)
    told = f"a report is in {place}" if place else "it could not be written down"
    sys.stderr.write(
        f"error: this is a bug in vidctl: {type(error).__name__}: {error}\n  cause: {_where(error)}; {told}\n"
        "  fix:   please report it with that file; what was done before is kept\n"
    )


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "its place is unknown"


def _keep_traceback(error: Exception) -> Path | None:
    import tempfile

    path = Path(tempfile.gettempdir()) / f"vidctl-bug-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    try:
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return None  # told in the message
    return path
