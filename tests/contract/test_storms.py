"""Many people at one film, at random and at once, some of them killed: the film stays sound, and what was acknowledged
is there."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import film_storm
from tests.fakes.film_check import faults, kept_ids
from tests.fakes.film_storm import found_film
from tests.fakes.stores import Stores, socket_kinds
from vidctl.repositories.opening import open_store
from vidctl.repositories.store import DocumentStore

#: Nobody may hear these, however many work; but a manifest tells who has changed the film since it was read.
_NEVER = frozenset({"StaleDocument", "Unreachable", "StoreFailed", "DiskFull"})


class Storm:
    """A film in a store, and the processes that work on it."""

    def __init__(self, url: str, folder: Path, store: DocumentStore) -> None:
        self.store = store
        self._url = url
        self._folder = folder
        self._crew: list[subprocess.Popen[bytes]] = []

    def begin(self, people: int, operations: int) -> None:
        """More people, each of whom does so many things."""
        path = os.pathsep.join(filter(None, sys.path))
        for _ in range(people):
            number = str(len(self._crew))
            command = [sys.executable, film_storm.__file__, self._url, str(self._folder), number, str(operations)]
            self._crew.append(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}))

    def kill_one(self) -> None:
        """One who has begun to work, at any moment."""
        at_work = [p for number, p in enumerate(self._crew) if p.poll() is None and self._told_by(number)]
        for process in at_work[:1]:
            process.kill()

    def wait(self) -> None:
        """Until all have ended."""
        for process in self._crew:
            process.wait()

    def stop(self) -> None:
        """Kill everybody."""
        for process in self._crew:
            process.kill()
            process.wait()

    def told(self, fact: str) -> list[Any]:
        """What all have acknowledged of some kind."""
        return [line[fact] for line in self._lines() if fact in line]

    def check(self) -> None:
        """Whether all is well."""
        assert self.told("crash") == []
        assert faults(self.store) == []
        assert {*self.told("made")} <= kept_ids(self.store)
        (ledger,) = self.store.find("clips", {"slug": film_storm.LEDGER})
        assert {*self.told("tag")} <= {*ledger["tags"]}
        refused = [line for line in self._lines() if line.get("told") in _NEVER and line["by"] != "apply_manifest"]
        assert refused == []

    def _lines(self) -> Iterator[dict[str, Any]]:
        for number in range(len(self._crew)):
            yield from self._told_by(number)

    def _told_by(self, number: int) -> list[dict[str, Any]]:
        ledger = self._folder / f"{number}.jsonl"
        lines = ledger.read_text(encoding="utf-8").split("\n")[:-1] if ledger.exists() else []
        return [json.loads(line) for line in lines]


@contextmanager
def storm(url: str, folder: Path) -> Iterator[Storm]:
    found_film(url, folder)
    store = open_store(url)
    raging = Storm(url, folder, store)
    try:
        yield raging
    finally:
        raging.stop()
        store.close()


def test_what_two_people_do_at_once_leaves_a_sound_film(stores: Stores, tmp_path: Path) -> None:
    with stores.url("sqlite-file") as url, storm(url, tmp_path) as raging:
        raging.begin(2, 40)
        raging.wait()
        raging.check()
        assert len(raging.told("done")) > 40


@pytest.mark.slow
def test_what_eight_people_do_at_once_leaves_a_sound_film(stores: Stores, tmp_path: Path) -> None:
    with stores.url("sqlite-file") as url, storm(url, tmp_path) as raging:
        raging.begin(8, 250)
        raging.wait()
        raging.check()
        assert len(raging.told("done")) > 1_000


@pytest.mark.slow
def test_people_who_are_killed_leave_a_sound_film_and_others_go_on(stores: Stores, tmp_path: Path) -> None:
    with stores.url("sqlite-file") as url, storm(url, tmp_path) as raging:
        raging.begin(6, 1_000)
        for _ in range(40):
            time.sleep(random.uniform(0.05, 0.6))
            raging.kill_one()
            raging.begin(1, 1_000)
        raging.stop()
        raging.check()
        raging.begin(2, 40)
        raging.wait()
        raging.check()


@pytest.mark.parametrize("kind", socket_kinds())
def test_a_shared_store_is_left_sound_too(kind: str, stores: Stores, tmp_path: Path) -> None:
    with stores.url(kind) as url, storm(url, tmp_path) as raging:
        raging.begin(4, 60)
        raging.wait()
        raging.check()
