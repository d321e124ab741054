"""Jobs at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import ListResponseDTO, ResponseDTO, Time


class QueueJobStatusDTO(ResponseDTO):
    """One job, for a clip or else for a character ("" is neither). `server` is where it runs or ran; `target` where it
    may run."""

    id: str
    batch_id: str
    clip_id: str
    character_id: str
    project_id: str
    label: str
    generation_type: MediaKind
    status: JobStatus
    priority: int
    target: str
    server: str | None
    prompt_id: str | None
    attempts: int
    max_attempts: int
    progress: float
    cancel_requested: bool
    error: dict[str, Any] | None
    take_ids: list[str]
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


class QueueStatusDTO(ResponseDTO):
    """Counts by status, and where the open jobs are."""

    counts: dict[JobStatus, int]
    servers: list[QueueServerStatusDTO]
    oldest_queued: Time | None


class QueueChangedDTO(ResponseDTO):
    """Jobs after a cancel or retry, and for those that could not be changed the reason."""

    jobs: list[QueueJobStatusDTO]
    refused: dict[str, str] = Field(default_factory=dict)


class WorkSummaryDTO(ResponseDTO):
    """What a worker did before it ended."""

    worker: str
    succeeded: int
    failed: int
    cancelled: int
    released: int
    retried: int
