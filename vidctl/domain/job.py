"""A job: one render to be done. The table below is the only way its status changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from vidctl.domain.document import Document, Moment
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.errors import IllegalTransition

#: Targets that are no server's id.
ANY_SERVER = "*"
ANIMATIC = "animatic"

#: How often a render is begun before it counts as failed, where nobody says otherwise.
MAX_ATTEMPTS = 3

_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=5)


class JobStatus(StrEnum):
    """QUEUED can be claimed now; WAITING has a time before which it may not; the last three are final."""

    QUEUED = "queued"
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobAction(StrEnum):
    """CLAIM by a worker; RELEASE gives it back unfinished; REQUEUE is a person's wish to try again."""

    CLAIM = "claim"
    RELEASE = "release"
    RETRY_LATER = "retry_later"
    WAKE = "wake"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"
    REQUEUE = "requeue"


TRANSITIONS: dict[JobAction, tuple[frozenset[JobStatus], JobStatus]] = {
    JobAction.CLAIM: (frozenset({JobStatus.QUEUED}), JobStatus.RUNNING),
    JobAction.RELEASE: (frozenset({JobStatus.RUNNING}), JobStatus.QUEUED),
    JobAction.RETRY_LATER: (frozenset({JobStatus.RUNNING}), JobStatus.WAITING),
    JobAction.WAKE: (frozenset({JobStatus.WAITING}), JobStatus.QUEUED),
    JobAction.SUCCEED: (frozenset({JobStatus.RUNNING}), JobStatus.SUCCEEDED),
    JobAction.FAIL: (frozenset({JobStatus.RUNNING}), JobStatus.FAILED),
    JobAction.CANCEL: (frozenset({JobStatus.QUEUED, JobStatus.WAITING, JobStatus.RUNNING}), JobStatus.CANCELLED),
    JobAction.REQUEUE: (frozenset({JobStatus.FAILED, JobStatus.CANCELLED}), JobStatus.QUEUED),
}
FINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})
OPEN = frozenset(JobStatus) - FINAL


def advance(status: JobStatus, action: JobAction) -> JobStatus:
    """The status after an action. Raises IllegalTransition where the table has none."""
    sources, target = TRANSITIONS[action]
    if status not in sources:
        raise IllegalTransition(
            f"a {status} job cannot {action.replace('_', ' ')}",
            cause=f"only {' or '.join(sorted(sources))} jobs can",
        )
    return target


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts: 2 s, doubled each time, 5 minutes at most."""
    doublings = max(0, min(attempts - 1, 16))
    return min(_FIRST_RETRY * int(2**doublings), _LONGEST_RETRY)


class Job(Document):
    """`rank` is the priority negated, so that one ascending index serves the claim.

    `target` is a server's id, ANY_SERVER or ANIMATIC. `fence` counts the claims: whoever holds an older one may
    not write any more. `prompt_id` is stored before the render is submitted, so it can be found again after a crash.
    It renders for a clip, or, where `clip_id` is empty, the `view` of a character.
    `request` is the RenderRequest as JSON text, and so are the details of `error`: both may hold any key.
    """

    SCHEMA: ClassVar[int] = 2

    project_id: str
    clip_id: str = ""
    character_id: str = ""
    view: str = ""
    batch_id: str
    label: str
    kind: MediaKind
    request: str
    target: str
    rank: int = 0
    number: int = Field(default=0, ge=0, description="its place among the jobs that were asked for with it")
    status: JobStatus = JobStatus.QUEUED
    attempts: int = Field(default=0, ge=0)
    max_attempts: int = Field(default=MAX_ATTEMPTS, ge=1, le=100)
    not_before: Moment | None = None
    owner: str = ""
    fence: int = 0
    lease_until: Moment | None = None
    server_id: str | None = None
    server_name: str = ""
    prompt_id: str | None = None
    submitted: bool = False
    excluded_servers: list[str] = Field(default_factory=list)
    cancel_requested: bool = False
    progress: float = Field(default=0.0, ge=0.0, le=1.0)
    error: dict[str, str] | None = None
    take_ids: list[str] = Field(default_factory=list)
    started_at: Moment | None = None
    finished_at: Moment | None = None

    @property
    def priority(self) -> int:
        """Higher goes first."""
        return -self.rank

    def render_request(self) -> RenderRequest:
        """The recipe as a value."""
        return RenderRequest.model_validate_json(self.request)

    def told_error(self) -> dict[str, Any] | None:
        """The error of the last attempt, as VidctlError.as_dict() told it."""
        return told_error(self.error)

    def lease_is_over(self, now: datetime) -> bool:
        """Whether its worker has not been heard of for too long."""
        return self.lease_until is not None and self.lease_until < now

    def may_try_again(self, error: dict[str, Any]) -> bool:
        """Whether a failure with this error is worth another attempt: the server's or network's fault may pass,
        a refused graph or a picture that cannot be made will not."""
        return error["code"] in RETRYABLE_CODES and self.attempts < self.max_attempts


def kept_error(told: Mapping[str, Any]) -> dict[str, str]:
    """An error's as_dict() in the form that a job keeps."""
    return {**told, "details": json.dumps(told["details"], ensure_ascii=False, default=str)}


def told_error(kept: Mapping[str, str] | None) -> dict[str, Any] | None:
    """The opposite of kept_error."""
    return None if kept is None else {**kept, "details": json.loads(kept["details"])}


#: Failures that may pass by themselves. A rejected graph or wrong input stays wrong, so it fails at once.
RETRYABLE_CODES = frozenset({"render_failed", "output_invalid", "unreachable", "disk_full", "store_failed"})
#: Failures that are not the render's own: it may be finished on its server, and is taken up there when tried again.
RENDER_REMAINS = frozenset({"unreachable", "disk_full", "store_failed"})
