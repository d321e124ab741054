"""Jobs at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vidctl.domain.job import JobStatus
from vidctl.dtos.base import ListResponseDTO, ResponseDTO, Time
from vidctl.dtos.batch_dtos import BatchGenerationJobDTO


class QueueJobStatusDTO(BatchGenerationJobDTO):
    """One job in full, but without its recipe. `target` is where it may run."""

    batch_id: str
    project_id: str
    priority: int
    target: str
    prompt_id: str | None
    attempts: int
    max_attempts: int
    cancel_requested: bool
    not_before: Time | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class QueueJobDetailDTO(QueueJobStatusDTO):
    """With the recipe that will be or was rendered."""

    request: dict[str, Any]


class QueueJobListDTO(ListResponseDTO[QueueJobStatusDTO]):
    pass


class QueueServerStatusDTO(ResponseDTO):
    name: str
    running: int
    queued: int


class QueueServerRegistrationDTO(ResponseDTO):
    """A server at which a worker is (None is the animatic), and how many renders it runs there at once."""

    server_id: str | None
    server_name: str
    slots: int


class QueueWorkerDTO(ResponseDTO):
    """A worker that was heard of lately. With a `batch_id` it works for that batch only."""

    id: str
    host: str
    pid: int
    batch_id: str
    servers: list[QueueServerRegistrationDTO]
    started_at: Time
    seen_at: Time


class QueueStatusDTO(ResponseDTO):
    """Counts by status, where the open jobs are, and who is at work."""

    counts: dict[JobStatus, int]
    servers: list[QueueServerStatusDTO]
    workers: list[QueueWorkerDTO]
    oldest_queued: Time | None


class QueueJobResponseDTO(ResponseDTO):
    """Jobs that were put into the queue as a batch; `ahead` open ones for the same servers go before them."""

    batch_id: str
    ahead: int
    jobs: list[QueueJobStatusDTO]
    warnings: list[str]


class QueueChangedDTO(ResponseDTO):
    """Jobs after a cancel or retry, and for those that could not be changed the reason."""

    jobs: list[QueueJobStatusDTO]
    refused: dict[str, str] = Field(default_factory=dict)


class QueueDeletedDTO(ResponseDTO):
    """How many jobs are forgotten."""

    deleted: int


class WorkSummaryDTO(ResponseDTO):
    """What a worker did before it ended."""

    worker: str
    succeeded: int
    failed: int
    cancelled: int
    released: int
    retried: int
