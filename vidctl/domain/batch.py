"""A batch: renders that were asked for together. What became of them is counted from its jobs, never kept with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.job import FINAL, JobStatus
from vidctl.domain.recipe import MediaKind


class Batch(Document):
    """`asked` is how many renders were asked for; there are fewer jobs when some were deleted, or their clips were.
    `project_id` is "" where the clips are of several films."""

    project_id: str = ""
    title: str
    kind: MediaKind
    asked: int = Field(ge=1)


class BatchStatus(StrEnum):
    """QUEUED: nothing has begun. RUNNING: some of it is still open. Ended: all SUCCEEDED, some did (PARTLY), all
    CANCELLED, or else FAILED. EMPTY: its jobs were deleted."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EMPTY = "empty"


def batch_status(counts: Mapping[JobStatus, int]) -> BatchStatus:
    """The status of a batch with so many jobs in each state."""
    total = sum(counts.values())
    ended = sum(count for status, count in counts.items() if status in FINAL)
    if total == 0:
        return BatchStatus.EMPTY
    if counts.get(JobStatus.QUEUED, 0) == total:
        return BatchStatus.QUEUED
    if ended < total:
        return BatchStatus.RUNNING
    if succeeded := counts.get(JobStatus.SUCCEEDED, 0):
        return BatchStatus.SUCCEEDED if succeeded == total else BatchStatus.PARTLY
    return BatchStatus.CANCELLED if counts.get(JobStatus.CANCELLED, 0) == total else BatchStatus.FAILED


def batch_title(labels: Sequence[str]) -> str:
    """What a batch is called that nobody has named: after its first job."""
    others = len(labels) - 1
    return f"{labels[0]} and {others} more" if others else labels[0]
