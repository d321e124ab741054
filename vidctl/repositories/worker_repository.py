"""Workers that are at work, in the store. Times are the store's, so that hosts with wrong clocks agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from vidctl.domain.worker_record import Post, WorkerRecord
from vidctl.repositories.base_repository import BaseRepository


class WorkerRepository(BaseRepository[WorkerRecord]):
    """A record lives as long as its worker, or until others find that it has fallen silent."""

    collection = "workers"
    document = WorkerRecord
    noun = "worker"

    def hear_of(self, record: WorkerRecord, posts: Sequence[Post]) -> None:
        """It is at work at these posts now."""
        now = self.store.now()
        said = {"seen_at": now, "posts": list(posts)}
        if self.update_one({"id": record.id}, {"$set": said}) is None:
            self.create(record.model_copy(update={**said, "created_at": now, "updated_at": now}))

    def list_heard_of(self, within: timedelta) -> list[WorkerRecord]:
        """Those that were heard of lately, the longest at work first."""
        return self.find_many({"seen_at": {"$gte": self.store.now() - within}}, sort=(("created_at", 1),))

    def forget_silent(self, within: timedelta) -> int:
        """Delete those that were not; how many."""
        return self.delete_many({"seen_at": {"$lt": self.store.now() - within}})
