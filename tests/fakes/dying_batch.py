"""Writes one batch and is killed in the middle of it: python dying_batch.py URL."""

from __future__ import annotations

import os
import signal
import sys

from vidctl.repositories import sqlite_store
from vidctl.repositories.opening import open_store
from vidctl.repositories.store import Insert, Replace

WRITES = 2_000
#: Altogether more than SQLite keeps in memory, so that half of it is in the file already.
TEXT = "x" * 10_000


def die_within_a_batch(url: str) -> None:
    """Half of the documents have been written when the process ends; "half" on stdout tells so."""
    write, left = sqlite_store._write, iter(range(WRITES // 2))

    def write_or_die(*arguments: object) -> None:
        if next(left, None) is None:
            sys.stdout.write("half")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        write(*arguments)  # type: ignore[arg-type]

    store = open_store(url)
    sqlite_store._write = write_or_die
    inserts = [Insert("things", {"id": str(number), "text": TEXT}) for number in range(WRITES)]
    store.write_all([Replace("things", {"id": "kept", "revision": 2}, 1), *inserts])


if __name__ == "__main__":
    die_within_a_batch(sys.argv[1])
