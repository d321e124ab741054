"""Batches in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vidctl.domain.batch import Batch
from vidctl.domain.job import Job
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Insert

_JOBS = "jobs"
#: Jobs that are written at once: far fewer writes than one for each, far below what a transaction may hold.
_AT_ONCE = 200


class BatchRepository(BaseRepository[Batch]):
    """A batch is written once, when its jobs are."""

    collection = "batches"
    document = Batch
    noun = "batch"

    def enqueue(self, batch: Batch, jobs: Sequence[Job]) -> None:
        """Add a batch with its jobs. It comes behind the first of them, so that none is ever seen without any."""
        inserts = [Insert(_JOBS, job.to_stored()) for job in jobs]
        self.store.write_all([*inserts[:_AT_ONCE], Insert(self.collection, batch.to_stored())])
        for start in range(_AT_ONCE, len(inserts), _AT_ONCE):
            self.store.write_all(inserts[start : start + _AT_ONCE])

    def forget_empty(self, batch_ids: Iterable[str]) -> None:
        """Delete those of the batches that have no jobs any more."""
        for batch_id in batch_ids:
            if self.store.count(_JOBS, {"batch_id": batch_id}) == 0:
                self.delete_by_id(batch_id)
