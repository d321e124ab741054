"""Processes that work off one queue: what they run must be importable, and quick to import."""

from __future__ import annotations

import os
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from vidctl.domain.job import ANY_SERVER
from vidctl.repositories.opening import open_store
from vidctl.repositories.queue_repository import QueueRepository

_LEASE = timedelta(minutes=5)


def work_off(url: str, start: Barrier, done: Queue[list[str]]) -> None:
    """Claim and complete jobs until there are none, all processes from the same moment on; report their ids."""
    store = open_store(url)
    queue = QueueRepository(store)
    start.wait()
    mine: list[str] = []
    while (job := queue.claim(f"worker-{os.getpid()}", (ANY_SERVER,), _LEASE)) is not None:
        queue.succeed(job, [f"take-{os.getpid()}"])
        mine.append(job.id)
    done.put(mine)
    store.close()
