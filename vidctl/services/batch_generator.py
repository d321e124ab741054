"""Many clips, one batch of jobs. Rendering them is the same as rendering one; a batch only tells of them as one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

from vidctl.domain.batch import Batch
from vidctl.domain.events import Event, Notice, Progress, Result
from vidctl.domain.job import FINAL, OPEN
from vidctl.dtos.batch_dtos import BatchGenerationStatusDTO, BatchListResponseDTO
from vidctl.dtos.generation_dtos import BatchGenerationRequestDTO
from vidctl.errors import PartlyDone
from vidctl.repositories.batch_repository import BatchRepository
from vidctl.services.batch_reader import BatchReader
from vidctl.services.generation_service import GenerationService
from vidctl.services.orders import CREATED, Orders
from vidctl.services.paging import stored_page
from vidctl.services.queue_manager import QueueManager
from vidctl.services.references import References

_ORDERS = Orders("batches", "-created", {"created": CREATED})
_LOOK = 1.0  # seconds between two looks at a batch that is watched


class BatchGenerator:
    """What one can do with batches; their jobs are handled by the queue."""

    def __init__(
        self,
        batches: BatchRepository,
        reader: BatchReader,
        references: References,
        generation: GenerationService,
        queue: QueueManager,
        look: float = _LOOK,
    ) -> None:
        self._batches = batches
        self._reader = reader
        self._references = references
        self._generation = generation
        self._queue = queue
        self._look = look

    def run(self, request: BatchGenerationRequestDTO, *, wait: bool) -> Iterator[Event]:
        """Queue the renders of many clips and, with `wait`, work on them. Events and errors are those of generate; the
        Result is the batch's status."""
        with closing(self._generation.generate(request, wait=wait)) as events:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Result):
                    yield Result(self.get_status(event.value.batch_id))
                else:
                    yield event

    def list_batches(
        self, project: str | None, *, sort: str | None = None, after: str | None, limit: int
    ) -> BatchListResponseDTO:
        """A page of the batches, of all films unless one is named."""
        where = {} if project is None else {"project_id": self._references.project(project).id}
        start = self._reader.find(after).id if after is not None else None
        page = stored_page(self._batches, where, _ORDERS.read(sort), start, limit)
        return BatchListResponseDTO(
            items=[self._reader.respond(batch) for batch in page.items], total=page.total, next_after=page.next_after
        )

    def get_status(self, reference: str | None) -> BatchGenerationStatusDTO:
        """What has become of a batch, or of the newest."""
        return self._reader.detail(self._reader.find(reference))

    def watch(self, reference: str | None) -> Iterator[Event]:
        """Tell how a batch gets on until all its jobs have ended, whoever runs them; the last event is a Result. After
        it, raises PartlyDone if some did not succeed."""
        batch = self._reader.find(reference)
        yield from self._changes(batch)
        status = self._reader.detail(batch)
        yield Result(status)
        if lost := status.failed + status.cancelled:
            raise PartlyDone(
                f"{lost} of {status.total} renders did not succeed",
                cause="; ".join(dict.fromkeys(job.error["problem"] for job in status.jobs if job.error)),
                fix=f"vidctl queue retry --batch {batch.id[:8]}",
            )

    def _changes(self, batch: Batch) -> Iterator[Event]:
        """One event for each render that has ended since the last look, until none is open."""
        told = -1
        counts = self._reader.counts(batch)
        if any(counts[status] for status in OPEN) and not self._queue.list_workers():
            yield Notice("no worker is running: vidctl queue work renders what is queued", "warning")
        while True:
            ended, total = sum(counts[status] for status in FINAL), sum(counts.values())
            if ended != told:
                yield Progress(batch.title, ended, total, "render")
                told = ended
            if ended == total:
                return
            time.sleep(self._look)
            counts = self._reader.counts(batch)
