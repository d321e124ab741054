"""MongoDB servers that freeze or die. Only on servers that the test started, so never on a named one."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pymongo
import pytest

from tests.contract.test_claims import SPAWN
from tests.fakes import mongod
from tests.fakes.claimer import QUEUED, claim_all
from tests.fakes.stores import NAMED_MONGO, Stores, with_database
from vidctl.errors import Unreachable
from vidctl.repositories.mongo_store import MongoStore
from vidctl.repositories.opening import open_store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mongo")]
started_by_us = pytest.mark.skipif(bool(NAMED_MONGO), reason="a named server is not ours to stop")
needs_mongod = pytest.mark.skipif(mongod.genuine() is None, reason="needs a genuine mongod on the PATH")


@started_by_us
def test_a_frozen_server_is_told_in_time_and_used_again_when_it_wakes(stores: Stores) -> None:
    kind = "mongod" if mongod.genuine() else "stand-in"
    (process,) = stores.server(kind).processes
    with stores.url(kind) as url, closing(MongoStore(url, timeout=1)) as store:
        store.insert("things", {"id": "1"})
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)  # until it has stopped: it might answer once more before
        try:
            with pytest.raises(Unreachable, match="stopped answering"):
                store.find("things", {})
        finally:
            process.send_signal(signal.SIGCONT)
        assert store.find("things", {}) == [{"id": "1"}]


@started_by_us
@needs_mongod
def test_no_claim_is_lost_or_doubled_when_the_primary_is_killed(tmp_path: Path) -> None:
    with mongod.replica_set(tmp_path) as servers:
        url = with_database(servers.url, "vidctl_test_failover")
        with closing(open_store(url)) as store:
            for number in range(1_000):
                store.insert("jobs", {"id": str(number), **QUEUED, "rank": 0, "created_at": f"{number:05}"})
        start, claimed = SPAWN.Barrier(5), SPAWN.Queue()
        workers = [SPAWN.Process(target=claim_all, args=(url, start, claimed)) for _ in range(4)]
        for worker in workers:
            worker.start()
        start.wait()
        _primary(servers).kill()
        counted = Counter(job for _ in workers for job in claimed.get(timeout=100))
        for worker in workers:
            worker.join()
        with closing(open_store(url)) as store:
            assert store.count("jobs", QUEUED) == 0
            assert store.count("jobs", {"status": "running"}) == 1_000
    assert max(counted.values()) == 1


def _primary(servers: mongod.Server) -> Any:
    with pymongo.MongoClient[Any](servers.url) as client:
        client.admin.command("ping")
        assert client.primary
        port = str(client.primary[1])
    return next(process for process in servers.processes if port in process.args)  # type: ignore[operator]
