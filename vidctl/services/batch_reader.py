"""Batches as people see them: their jobs are counted whenever somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from vidctl.domain.batch import Batch, batch_status
from vidctl.domain.document import Moment
from vidctl.domain.job import FINAL, JobStatus, told_error
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.batch_dtos import BatchGenerationJobDTO, BatchGenerationStatusDTO, BatchResponseDTO
from vidctl.errors import NotFound
from vidctl.repositories.batch_repository import BatchRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.references import find_by_id_start


class _Outcome(BaseModel):
    """A job without its recipe, which is most of it."""

    id: str
    clip_id: str = ""
    character_id: str = ""
    label: str
    kind: MediaKind
    status: JobStatus
    progress: float = 0.0
    server_name: str = ""
    take_ids: list[str] = []
    error: dict[str, str] | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None


class BatchReader:
    """Finds batches and tells what became of them."""

    def __init__(self, batches: BatchRepository, queue: QueueRepository) -> None:
        self._batches = batches
        self._queue = queue

    def find(self, text: str | None) -> Batch:
        """By id, or the newest. Raises NotFound, AmbiguousReference."""
        if text is None:
            found = self._batches.find_one({}, sort=(("created_at", -1),))
            missing = NotFound("there is no batch yet", fix="vidctl batch run CLIP… makes one")
        else:
            found = find_by_id_start(self._batches, text)
            missing = NotFound(f"there is no batch {text!r}", fix="vidctl batch list shows the batches")
        if found is None:
            raise missing
        return found

    def counts(self, batch: Batch) -> dict[JobStatus, int]:
        """How many of its jobs are in each state."""
        return self._queue.counts({"batch_id": batch.id})

    def respond(self, batch: Batch) -> BatchResponseDTO:
        """A batch without its jobs."""
        return BatchResponseDTO(**_fields(batch, self.counts(batch)))

    def detail(self, batch: Batch) -> BatchGenerationStatusDTO:
        """With its jobs, in the order in which they were asked for."""
        jobs = self._queue.find_many({"batch_id": batch.id}, sort=(("number", 1),), projection=_Outcome)
        states = [job.status for job in jobs]
        ends = [job.finished_at for job in jobs if job.finished_at]
        return BatchGenerationStatusDTO(
            **_fields(batch, {status: states.count(status) for status in JobStatus}),
            progress=sum(_progress(job) for job in jobs) / len(jobs) if jobs else 0.0,
            started_at=min((job.started_at for job in jobs if job.started_at), default=None),
            finished_at=max(ends) if ends and len(ends) == len(jobs) else None,
            jobs=[_job(job) for job in jobs],
        )


def render_counts(counts: Mapping[JobStatus, int]) -> dict[str, int]:
    """The fields of a RenderCountsDTO."""
    return {
        "total": sum(counts.values()),
        "succeeded": counts.get(JobStatus.SUCCEEDED, 0),
        "failed": counts.get(JobStatus.FAILED, 0),
        "cancelled": counts.get(JobStatus.CANCELLED, 0),
        "open": sum(count for status, count in counts.items() if status not in FINAL),
    }


def _fields(batch: Batch, counts: Mapping[JobStatus, int]) -> dict[str, Any]:
    own = batch.model_dump(include={"id", "project_id", "title", "asked", "created_at"})
    return {**own, **render_counts(counts), "generation_type": batch.kind, "status": batch_status(counts)}


def _progress(job: _Outcome) -> float:
    return 1.0 if job.status in FINAL else job.progress


def _job(job: _Outcome) -> BatchGenerationJobDTO:
    same = job.model_dump(exclude={"kind", "server_name", "error", "started_at", "finished_at"})
    return BatchGenerationJobDTO(
        **same, generation_type=job.kind, server=job.server_name or None, error=told_error(job.error)
    )
