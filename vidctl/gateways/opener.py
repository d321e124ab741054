"""Shows a file with the program that the system has for it: xdg-open, open, or Windows' own association."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from vidctl.errors import MissingTool

#: Seconds in which an opener that cannot do it says so. One that still runs then has become the viewer.
_PATIENCE = 2.0


def open_file(path: Path) -> None:
    """Hand a file over and come back, whether or not the program stays open. Raises MissingTool where nothing can show
    it, with the path, so that it can be opened elsewhere."""
    if sys.platform == "win32":
        _open_on_windows(path)
        return
    name = "open" if sys.platform == "darwin" else "xdg-open"
    program = shutil.which(name)
    if program is None:
        raise _cannot(path, f"there is no {name} here")
    if name == "xdg-open" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # without a display it would try browsers that run in the terminal, and wait for them
        raise _cannot(path, "this session has no display")
    _run(program, path)


def _run(program: str, path: Path) -> None:
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            [program, str(path)], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError as error:
        raise _cannot(path, f"{program} cannot be started: {error.strerror or error}") from error
    with suppress(subprocess.TimeoutExpired):
        if code := process.wait(_PATIENCE):
            raise _cannot(path, f"{program} ended with exit code {code}")


def _open_on_windows(path: Path) -> None:
    start = getattr(os, "startfile")  # noqa: B009 - only Windows has it, and mypy checks for the platform it runs on
    try:
        start(str(path))
    except OSError as error:
        raise _cannot(path, error.strerror or str(error)) from error


def _cannot(path: Path, cause: str) -> MissingTool:
    return MissingTool(
        "nothing here can show the file", cause=cause, fix=f"open it where something can: {path}", file=str(path)
    )
