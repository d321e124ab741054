"""What SQLite says, in our words: its errors become ours here and nowhere else."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidctl.errors import ConfigurationError, DiskFull, StoreFailed, Unreachable, VidctlError
from vidctl.repositories.store import DuplicateKey

_ENOUGH_FREE = 1_000_000  # bytes; with less, an input/output error means that the disk is full
_TAKEN_INDEX = re.compile(r"index '(\w+)\.(\w+)'")
_TAKEN_ID = re.compile(r"(\w+)\.id\b")


@contextmanager
def translated(location: Path | None) -> Iterator[None]:
    """Raises VidctlError or DuplicateKey in place of sqlite3's errors; `location` is the file, None for memory."""
    try:
        yield
    except sqlite3.Error as error:
        raise _duplicate(error) or _translation(error, location) from error


def _duplicate(error: sqlite3.Error) -> DuplicateKey | None:
    if not isinstance(error, sqlite3.IntegrityError):
        return None
    if index := _TAKEN_INDEX.search(str(error)):
        return DuplicateKey(index[1], index[2])
    taken = _TAKEN_ID.search(str(error))
    return DuplicateKey(taken[1], "id") if taken else None


def _translation(error: sqlite3.Error, location: Path | None) -> VidctlError:
    place = str(location or "the store in memory")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte is the primary code
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(location)):
        return DiskFull(f"there is no room left to write {place}", cause=str(error), fix="free some space")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Unreachable(
            f"{place} stayed locked for too long", cause=str(error), fix="see which other process is writing to it"
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return ConfigurationError(
            f"{place} cannot be {'written' if code == sqlite3.SQLITE_READONLY else 'opened'}",
            cause=str(error),
            fix="let your user read and write the file and its folder, or set `store` to another file",
        )
    if code == sqlite3.SQLITE_NOTADB:
        return ConfigurationError(f"{place} is not a vidctl store", cause=str(error), fix="set `store` to another file")
    if code == sqlite3.SQLITE_CORRUPT:
        return StoreFailed(f"{place} is damaged", cause=str(error), fix="restore it from a backup or an archive")
    return StoreFailed(f"{place} failed", cause=str(error))


def _is_full(location: Path | None) -> bool:
    return location is not None and shutil.disk_usage(location.parent).free < _ENOUGH_FREE
