"""What a queue needs of a store: a document is taken once, whoever asks, and what was acknowledged stays."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import writer
from tests.fakes.claimer import QUEUED, claim_all, migrate_at_once
from tests.fakes.stores import NAMED_MONGO, Stores
from vidctl.repositories.opening import open_store

SPAWN = multiprocessing.get_context("spawn")
ONE_WORKER = pytest.mark.xdist_group("mongo")
#: Stores that promise atomic claims. The stand-in for MongoDB is correct, but takes a minute for a hundred.
SHARED = ["sqlite-file", *([pytest.param("named-mongo", marks=ONE_WORKER)] if NAMED_MONGO else [])]


def in_processes(number: int, work: Callable[..., None], url: str) -> list[str]:
    """Run `work(url, barrier, queue)` in several fresh processes; all ids that they report."""
    start, reports = SPAWN.Barrier(number), SPAWN.Queue()
    processes = [SPAWN.Process(target=work, args=(url, start, reports)) for _ in range(number)]
    for process in processes:
        process.start()
    found = [document for _ in processes for document in reports.get(timeout=100)]
    for process in processes:
        process.join()
    reports.close()
    reports.join_thread()
    return found


@pytest.mark.parametrize("kind", SHARED)
def test_eight_processes_take_each_of_two_thousand_documents_once(kind: str, stores: Stores) -> None:
    with stores.url(kind) as url:
        store = open_store(url)
        for number in range(2_000):
            store.insert("jobs", {"id": str(number), **QUEUED, "rank": number % 3, "created_at": f"{number:05}"})
        claimed = Counter(in_processes(8, claim_all, url))
        store.close()
    assert claimed == Counter(str(number) for number in range(2_000))


@pytest.mark.parametrize("kind", SHARED)
def test_many_processes_may_be_the_first_at_once(kind: str, stores: Stores) -> None:
    with stores.url(kind) as url:
        written = in_processes(6, migrate_at_once, url)
        store = open_store(url)
        assert sorted(document["id"] for document in store.find("things", {})) == sorted(written)
        store.close()


@pytest.mark.parametrize("kind", SHARED)
def test_what_was_acknowledged_survives_the_death_of_its_writer(kind: str, stores: Stores) -> None:
    acknowledged: list[str] = []
    with stores.url(kind) as url:
        for prefix in "abc":
            command = [sys.executable, str(Path(writer.__file__)), url, prefix]
            path = os.pathsep.join(filter(None, sys.path))
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
            ) as process:
                assert process.stdout
                acknowledged += [process.stdout.readline().strip() for _ in range(50)]
                process.kill()
                acknowledged += process.stdout.read().split("\n")[:-1]
        store = open_store(url)
        kept: dict[str, Any] = {document["id"]: document["n"] for document in store.find("jobs", {})}
        store.close()
    assert {document: kept.get(document) for document in acknowledged} == dict.fromkeys(acknowledged, 1)
