"""Batches of renders at the border: what all tell of their jobs, and lists of them."""

from __future__ import annotations

from typing import Any

from vidctl.domain.batch import BatchStatus
from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import ListResponseDTO, ResponseDTO, Time


class RenderCountsDTO(ResponseDTO):
    """Jobs by what became of them; `open` ones are queued, waiting or running."""

    total: int
    succeeded: int
    failed: int
    cancelled: int
    open: int


class BatchGenerationJobDTO(ResponseDTO):
    """What matters of a job to those who wait for it. It renders for a clip, or else for a character ("" is neither).
    `progress` is 0 to 1, `server` where it runs or ran."""

    id: str
    clip_id: str
    character_id: str
    label: str
    generation_type: MediaKind
    status: JobStatus
    progress: float
    server: str | None
    take_ids: list[str]
    error: dict[str, Any] | None


class BatchResponseDTO(RenderCountsDTO):
    """`asked` renders were asked for; `total` of their jobs are left. `project_id` is "" for clips of several films."""

    id: str
    project_id: str
    title: str
    generation_type: MediaKind
    status: BatchStatus
    asked: int
    created_at: Time


class BatchListResponseDTO(ListResponseDTO[BatchResponseDTO]):
    pass


class BatchGenerationStatusDTO(BatchResponseDTO):
    """A batch with its jobs. `progress` is 0 to 1 over all of them; `finished_at` is None while some are open."""

    progress: float
    started_at: Time | None
    finished_at: Time | None
    jobs: list[BatchGenerationJobDTO]
