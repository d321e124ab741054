"""Where a SQLite store lies, and how one connection to it is opened: who may write, and what must not be opened."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from pathlib import Path

from vidctl.errors import ConfigurationError
from vidctl.repositories.sqlite_errors import translated

APPLICATION_ID = 0x76696463  # "vidc": how our files are told from other programs' databases

#: Mounts that several machines may share; SQLite's write-ahead log needs one machine's memory (sqlite.org/wal.html).
NETWORK_MOUNTS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs",
        "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone",
    }
)  # fmt: skip


def open_connection(location: Path | None, wait: float) -> sqlite3.Connection:
    """A connection to the file, or to memory if `location` is None, that waits `wait` seconds for locks.

    The file and its folder are made if need be; a store that may only be read is opened for reading.
    """
    with translated(location):
        if location is None:
            return _connect(":memory:", wait)
        uri = _reading_uri(location)
        if uri is None:
            _make_folder(location)
            _refuse_network(location.parent)
        connection = _connect(uri or location.absolute().as_uri(), wait)
        try:
            if not _is_ours(connection, location):
                _found(connection, wait)
            connection.execute("PRAGMA synchronous = FULL")  # NORMAL would lose the last writes in a power cut
            connection.execute("PRAGMA fullfsync = ON")  # the same promise on macOS
        except BaseException:
            connection.close()
            raise
        return connection


def _connect(uri: str, wait: float) -> sqlite3.Connection:
    # Each thread has its own connection; the check is off so that close() can close those of all threads.
    return sqlite3.connect(uri, timeout=wait, isolation_level=None, check_same_thread=False, uri=True)


def _reading_uri(location: Path) -> str | None:
    """How to open a store that we may only read; None if we may write it.

    Where its log is, somebody else is writing it and shares the log with us. Otherwise it is read as unchanging:
    SQLite would make a log of its own, which the owner could not write later.
    """
    if not location.exists() or (os.access(location, os.W_OK) and os.access(location.parent, os.W_OK)):
        return None
    log = location.with_name(f"{location.name}-wal")
    return f"{location.absolute().as_uri()}?{'mode=ro' if log.exists() else 'immutable=1'}"


def _make_folder(location: Path) -> None:
    try:
        location.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the store's folder {location.parent} cannot be made",
            cause=error.strerror or str(error),
            fix="set `store` to a place that you may write to",
        ) from error


def _is_ours(connection: sqlite3.Connection, location: Path) -> bool:
    """Whether the file is a vidctl store; False for an empty one. Raises ConfigurationError for a foreign one."""
    # in this order: another process may be making the store, and marks it as ours before it makes tables
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application == APPLICATION_ID:
        return True
    if application or tables:
        raise ConfigurationError(
            f"{location} is not a vidctl store",
            cause="it is another program's SQLite database",
            fix="set `store` to another file",
        )
    return False


def _found(connection: sqlite3.Connection, wait: float) -> None:
    """Make a store of an empty file. Several processes may do it at once."""
    deadline = time.monotonic() + wait
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            break
        except sqlite3.OperationalError as error:  # SQLite does not wait for this lock by itself
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        raise ConfigurationError(
            "the store's folder cannot hold a write-ahead log",
            cause=f"SQLite stayed in its mode {mode}",
            fix="set `store` to a file on a local disk",
        )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _refuse_network(folder: Path) -> None:
    kind = mount_kind(folder)
    if kind in NETWORK_MOUNTS:
        raise ConfigurationError(
            f"{folder} is on a network file system ({kind})",
            cause="SQLite's write-ahead log must not be shared between machines",
            fix="set `store` to a file on a local disk, or to a MongoDB that all machines reach",
        )


def mount_kind(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """The kind of file system that a folder is on; "" where the system does not tell."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    resolved, found = folder.resolve(), (0, "")
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), point))
        if resolved.is_relative_to(place) and len(place.parts) >= found[0]:  # a later mount hides an earlier one
            found = (len(place.parts), kind)
    return found[1]
