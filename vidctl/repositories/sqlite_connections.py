"""Connections to one SQLite store: one for each thread and process, because SQLite allows no sharing across a fork."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from vidctl.errors import StoreFailed
from vidctl.repositories.sqlite_errors import translated
from vidctl.repositories.sqlite_files import open_connection


class Connections:
    """Opens on first use. A store in memory has a single connection, which threads use in turn."""

    def __init__(self, location: Path | None, wait: float) -> None:
        self.location = location
        self._wait = wait
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._open: dict[threading.Thread | None, sqlite3.Connection] = {}
        self._inherited: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for statements that each stand alone. Raises VidctlError, never sqlite3's errors."""
        with self._turn(), translated(self.location):
            yield self._connection()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that has the write lock from its start; what it wrote is durable when it ends without error.

        Raises VidctlError or DuplicateKey, and then nothing has changed.
        """
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connections of all threads. Using the store afterwards raises StoreFailed."""
        with self._lock:
            self._closed = True
            self._leave_inherited()
            while self._open:
                self._open.popitem()[1].close()

    def _turn(self) -> AbstractContextManager[object]:
        return self._lock if self.location is None else nullcontext()

    def _connection(self) -> sqlite3.Connection:
        owner = None if self.location is None else threading.current_thread()
        with self._lock:
            if self._closed:
                raise StoreFailed("the store has been closed")
            self._leave_inherited()
            if owner not in self._open:
                self._close_abandoned()
                self._open[owner] = open_connection(self.location, self._wait)
            return self._open[owner]

    def _leave_inherited(self) -> None:
        """After a fork the parent's connections are kept, but neither used nor closed: they are the parent's."""
        if self._process != os.getpid() and self.location is not None:
            self._inherited += self._open.values()
            self._open = {}
        self._process = os.getpid()

    def _close_abandoned(self) -> None:
        for thread in [thread for thread in self._open if thread is not None and not thread.is_alive()]:
            self._open.pop(thread).close()
