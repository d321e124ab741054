"""Files that people name: what they must be before anything is read of them, or written to them."""

from __future__ import annotations

from pathlib import Path

from vidctl.errors import Conflict, InvalidInput, NotFound


def require_file(file: Path) -> None:
    """Raises InvalidInput for what is no regular file, NotFound for what is not there."""
    if file.is_file():
        return
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder", fix="name a file in it")
    if file.exists():
        raise InvalidInput(f"{file} is no regular file", fix="write what it gives into a file first")
    raise NotFound(f"there is no file {file}", fix="check the path")


def refuse_existing(destination: Path, overwrite: bool) -> None:
    """Raises Conflict for a file that is there and may not be replaced, InvalidInput for a folder."""
    if destination.is_dir():
        raise InvalidInput(f"{destination} is a folder", fix="name a file in it")
    if destination.exists() and not overwrite:
        raise Conflict(f"{destination} exists already", fix="choose another name, or use --overwrite")
