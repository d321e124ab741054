"""What long work reports. Services yield these; only cli/output draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """Base of all events."""


@dataclass(frozen=True)
class Notice(Event):
    """Something a person should know; nothing has failed. `level` is info or warning."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class JobQueued(Event):
    job_id: str
    label: str
    target: str
    batch_id: str


@dataclass(frozen=True)
class JobStarted(Event):
    job_id: str
    label: str
    server: str
    attempt: int
    adopted: bool = False


@dataclass(frozen=True)
class JobProgress(Event):
    """`fraction` is 0 to 1 over the whole render; `step` of `steps` belongs to the node that runs now."""

    job_id: str
    label: str
    fraction: float
    node: str = ""
    step: int = 0
    steps: int = 0


@dataclass(frozen=True)
class JobFinished(Event):
    job_id: str
    label: str
    take_ids: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class JobRetrying(Event):
    """This attempt failed; the job waits `delay` seconds for its next one."""

    job_id: str
    label: str
    problem: str
    attempt: int
    delay: float


@dataclass(frozen=True)
class JobFailed(Event):
    job_id: str
    label: str
    error: dict[str, Any]


@dataclass(frozen=True)
class JobReleased(Event):
    """The worker stopped before the render was done; the job is queued again and will be adopted."""

    job_id: str
    label: str


@dataclass(frozen=True)
class JobCancelled(Event):
    job_id: str
    label: str


@dataclass(frozen=True)
class Progress(Event):
    """Any other long work: `done` of `total` in `unit`s."""

    task: str
    done: float
    total: float
    unit: str = ""


@dataclass(frozen=True)
class Result(Event):
    """The last event of a stream: the ResponseDTO the command ends with."""

    value: Any = field(default=None)
