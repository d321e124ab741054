"""Files that people name: what they must be before anything is read of them, or written to them."""

from __future__ import annotations

from pathlib import Path

from vidctl.errors import Conflict, InvalidInput, NotFound


def is_there(file: Path) -> bool:
    """Whether there is a file or folder of that name. Raises InvalidInput for what no file can be called."""
    try:
        return file.exists()
    except OSError as error:
        raise InvalidInput(f"{str(file)[:60]!r} is no path of a file", cause=error.strerror or str(error)) from error


def require_file(file: Path) -> None:
    """Raises InvalidInput for what is no regular file, NotFound for what is not there."""
    if is_there(file) and file.is_file():
        return
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder", fix="name a file in it")
    if file.exists():
        raise InvalidInput(f"{file} is no regular file", fix="write what it gives into a file first")
    raise NotFound(f"there is no file {file}", fix="check the path")


def refuse_existing(destination: Path, overwrite: bool) -> None:
    """Raises Conflict for a file that is there and may not be replaced, InvalidInput for a folder or stdout."""
    if destination == Path("-"):
        raise InvalidInput("a file cannot be written to standard output", fix="name a file")
    if destination.is_dir():
        raise InvalidInput(f"{destination} is a folder", fix="name a file in it")
    if destination.exists() and not overwrite:
        raise Conflict(f"{destination} exists already", fix="choose another name, or use --overwrite")
