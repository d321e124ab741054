"""Jobs as people see them."""

from __future__ import annotations

import json

from vidctl.domain.job import Job
from vidctl.domain.worker_record import WorkerRecord
from vidctl.dtos.queue_dtos import (
    QueueJobDetailDTO,
    QueueJobStatusDTO,
    QueueServerRegistrationDTO,
    QueueWorkerDTO,
)

_SAME = {
    "id", "batch_id", "clip_id", "character_id", "project_id", "label", "status", "target", "prompt_id", "attempts",
    "max_attempts", "progress", "cancel_requested", "take_ids", "not_before", "created_at", "started_at", "finished_at",
}  # fmt: skip


def job_status(job: Job) -> QueueJobStatusDTO:
    """A job without its recipe; leases and fences are the workers' business."""
    return QueueJobStatusDTO(
        **job.model_dump(include=_SAME),
        generation_type=job.kind,
        error=job.told_error(),
        priority=job.priority,
        server=job.server_name or None,
    )


def job_detail(job: Job) -> QueueJobDetailDTO:
    """A job with its recipe."""
    return QueueJobDetailDTO(**job_status(job).model_dump(), request=json.loads(job.request))


def worker_status(worker: WorkerRecord) -> QueueWorkerDTO:
    """A worker with where it is at work."""
    return QueueWorkerDTO(
        **worker.model_dump(include={"id", "host", "pid", "batch_id", "seen_at"}),
        servers=[QueueServerRegistrationDTO(**post.model_dump()) for post in worker.posts],
        started_at=worker.created_at,
    )
