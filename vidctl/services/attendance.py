"""How a worker tells that it is there, and when it leaves. What it says runs out like a lease if it dies."""

from __future__ import annotations

import os
import platform
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from vidctl.domain.worker_record import Post, WorkerRecord
from vidctl.repositories.worker_repository import WorkerRepository
from vidctl.services.worker_names import owner_name

#: A server's id (None for the animatic) and its name.
Place = tuple[str | None, str]


class Attendance:
    """Of one worker; for one of its threads."""

    def __init__(self, workers: WorkerRepository, lease: timedelta) -> None:
        self._workers = workers
        self._lease = lease
        self._record: WorkerRecord | None = None
        self._posts: Sequence[Post] = ()
        self._said_at = 0.0

    def say(self, batch_id: str | None, slots: Iterable[Place]) -> None:
        """Tell that the worker fills these slots: when they change, and else four times in a lease."""
        posts = [Post(server_id=server, server_name=name, slots=n) for (server, name), n in Counter(slots).items()]
        is_fresh = time.monotonic() - self._said_at < self._lease.total_seconds() / 4
        if self._record is not None and is_fresh and posts == self._posts:
            return
        if self._record is None:
            self._workers.forget_silent(self._lease)
            self._record = WorkerRecord(
                name=owner_name("worker"),
                host=platform.node(),
                pid=os.getpid(),
                batch_id=batch_id or "",
                seen_at=self._workers.store.now(),
            )
        self._workers.hear_of(self._record, posts)
        self._posts, self._said_at = posts, time.monotonic()

    def leave(self) -> None:
        """It is there no more. Nothing is said of a worker that was not there for long enough to be told of."""
        if self._record is not None:
            self._workers.delete_by_id(self._record.id)
