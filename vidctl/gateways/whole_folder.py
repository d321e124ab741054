"""Folders that appear complete or not at all: filled beside their place under another name, then moved there.

A process that was killed leaves such a half-filled folder behind. Who fills one holds it, and the system lets go of it
when that process ends, however it does; so the next one knows which to remove. Where a file system (or Windows) has no
such locks they stay, as another process may be at work in them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidctl.domain.document import new_id

if sys.platform != "win32":
    import fcntl

_ID = 8  # characters that tell the attempts at one folder apart


@contextmanager
def whole_folder(destination: Path) -> Iterator[Path]:
    """An empty folder to fill; on success it becomes `destination`, on any failure it is removed. If that is there
    already, files of the same names are replaced and all others stay. Raises OSError."""
    prefix = f".{destination.name[:40]}-"
    _remove_forsaken(destination.parent, prefix)
    part = destination.with_name(f"{prefix}{new_id()[:_ID]}")
    part.mkdir()
    handle = _hold(part)
    try:
        yield part
        _move(part, destination)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def _move(part: Path, destination: Path) -> None:
    if not destination.exists():
        part.replace(destination)
        return
    for path in sorted(part.iterdir()):
        path.replace(destination / path.name)


def _remove_forsaken(parent: Path, prefix: str) -> None:
    for path in parent.iterdir():
        if not path.name.startswith(prefix) or len(path.name) != len(prefix) + _ID or not path.is_dir():
            continue
        if (handle := _hold(path)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)


def _hold(folder: Path) -> int | None:
    """What to close to let go of the folder; None if somebody else holds it, or nobody can."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
