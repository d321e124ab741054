"""Batches of several processes, some of which die: each happens whole or not at all, and none is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.contract.test_claims import SHARED, in_processes
from tests.fakes import dying_batch
from tests.fakes.claimer import count_up
from tests.fakes.stores import Stores
from vidctl.repositories.opening import open_store


def test_nothing_is_left_of_a_batch_whose_writer_was_killed_in_the_middle(stores: Stores) -> None:
    with stores.url("sqlite-file") as url:
        store = open_store(url)
        store.insert("things", {"id": "kept", "revision": 1})
        path = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, dying_batch.__file__, url]
        run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
        assert (run.stdout, run.returncode) == ("half", -signal.SIGKILL), run.stderr
        assert store.find("things", {}) == [{"id": "kept", "revision": 1}]
        store.insert("things", {"id": "0"})
        store.close()


@pytest.mark.parametrize("kind", SHARED)
def test_eight_processes_that_write_batches_lose_no_count(kind: str, stores: Stores) -> None:
    with stores.url(kind) as url:
        store = open_store(url)
        store.insert("counters", {"id": "1", "n": 0, "revision": 1})
        counted = in_processes(8, count_up, url)
        numbers = [str(number) for number in range(1, 201)]
        assert sorted(counted, key=int) == numbers
        assert sorted((entry["id"] for entry in store.find("log", {})), key=int) == numbers
        assert store.find("counters", {}) == [{"id": "1", "n": 200, "revision": 201}]
        store.close()
