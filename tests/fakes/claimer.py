"""Processes that work on one store at the same time: what they run must be importable, and quick to import."""

from __future__ import annotations

import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from vidctl.errors import Unreachable
from vidctl.repositories.opening import open_store
from vidctl.repositories.store import DocumentStore, DuplicateKey, Insert, Replace, StaleWrite

QUEUED = {"status": "queued"}


def claim_all(url: str, start: Barrier, claimed: Queue[list[str]]) -> None:
    """Take documents until there are none, all processes from the same moment on; report their ids."""
    store = open_store(url)
    start.wait()
    mine: list[str] = []
    while (document := claim_one(store)) is not None:
        mine.append(document)
    claimed.put(mine)
    store.close()


def claim_one(store: DocumentStore) -> str | None:
    """The id of the next document, now ours; a store that is electing a new primary is asked again."""
    deadline = time.monotonic() + 60
    while True:
        try:
            taken = store.take("jobs", QUEUED, {"$set": {"status": "running"}}, (("rank", 1), ("created_at", 1)))
        except Unreachable:
            if time.monotonic() > deadline:
                raise
        else:
            return None if taken is None else str(taken["id"])


def migrate_at_once(url: str, start: Barrier, done: Queue[list[str]]) -> None:
    """Open a store that nobody has opened yet, and write to it."""
    start.wait()
    store = open_store(url)
    document = {"id": f"{time.monotonic_ns()}-{id(start)}"}
    store.insert("things", document)
    done.put([document["id"]])
    store.close()


def count_up(url: str, start: Barrier, done: Queue[list[str]]) -> None:
    """Count 25 times in the one document, each time with an entry in the log; report the entries."""
    store = open_store(url)
    start.wait()
    mine: list[str] = []
    while len(mine) < 25:
        (counter,) = store.find("counters", {"id": "1"})
        number, revision = counter["n"] + 1, counter["revision"]
        counted = {**counter, "n": number, "revision": revision + 1}
        try:
            store.write_all([Insert("log", {"id": f"{number}"}), Replace("counters", counted, revision)])
        except (StaleWrite, DuplicateKey):
            continue
        mine.append(f"{number}")
    done.put(mine)
    store.close()
