"""What becomes of one claimed job: every way a render can end, and the state of the queue that follows from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from vidctl.domain.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobReleased,
    JobRetrying,
    JobStarted,
    Notice,
)
from vidctl.domain.job import ANIMATIC, ANY_SERVER, Job, retry_delay
from vidctl.domain.server import Server
from vidctl.errors import (
    DiskFull,
    LeaseLost,
    NotFound,
    RenderFailed,
    ServerCannotRender,
    Unreachable,
    VidctlError,
)
from vidctl.gateways.render_backend import RenderBackend, RenderCancelled, RenderLost, RenderProgress
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.rendering import Rendering, Stopped


@dataclass
class Held:
    """A job in a slot's hands. The slot sets `job` and `progress`; the keeper thread reads them, raises the flags."""

    job: Job
    progress: RenderProgress = field(default_factory=lambda: RenderProgress(0.0))
    cancel: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)


class Attempt:
    """Runs a held job to one of its ends. Raises only what no job can be blamed for."""

    def __init__(
        self,
        queue: QueueRepository,
        servers: ComfyUIRepository,
        rendering: Rendering,
        tell: Callable[[Event], None],
    ) -> None:
        self._queue = queue
        self._servers = servers
        self._rendering = rendering
        self._tell = tell

    def run(self, held: Held, backend: RenderBackend, server: Server | None, stopping: Callable[[], bool]) -> None:
        """One attempt. Every end is written with the job's fence; losing the lease is told and changes nothing."""
        try:
            self._run(held, backend, server, stopping)
        except LeaseLost as error:
            self._tell(Notice(f"{held.job.label}: {error.problem} ({error.cause})", "warning"))

    def _run(self, held: Held, backend: RenderBackend, server: Server | None, stopping: Callable[[], bool]) -> None:
        try:
            self._render(held, backend, server, stopping)
        except Stopped:
            self._stop(held, backend)
        except RenderCancelled:
            self._cancelled(held)
        except RenderLost:
            self._lost(held, backend)
        except ServerCannotRender as error:
            self._try_elsewhere(held, error, server)
        except NotFound as error:
            # the clip was deleted while it rendered: there is nobody left to give the take to
            self._cancel_with(held, error)
        except (Unreachable, DiskFull) as error:
            # the render may be there still, so its id is kept and the next attempt adopts it
            self._retry_or_fail(held, error)
        except VidctlError as error:
            self._retry_or_fail(held, error, prompt_id=None, submitted=False)

    def _render(self, held: Held, backend: RenderBackend, server: Server | None, stopping: Callable[[], bool]) -> None:
        began = time.monotonic()
        if held.job.cancel_requested:
            self._stop_render(held, backend)
            raise RenderCancelled
        held.job = self._queue.assign(
            held.job, server_id=server.id if server else None, server_name=server.name if server else ANIMATIC
        )
        held.job, adopted = self._rendering.start(held.job, backend)
        self._tell(JobStarted(held.job.id, held.job.label, backend.name, held.job.attempts, adopted))
        done = self._rendering.follow(
            held.job, backend, lambda progress: self._progress(held, progress),
            lambda: stopping() or held.cancel.is_set() or held.lost.is_set(),
        )  # fmt: skip
        takes = self._rendering.collect(held.job, backend, done)
        ids = tuple(take.id for take in takes)
        self._queue.succeed(held.job, ids)
        self._tell(JobFinished(held.job.id, held.job.label, ids, round(time.monotonic() - began, 2)))

    def _progress(self, held: Held, progress: RenderProgress) -> None:
        if progress == held.progress:
            return
        held.progress = progress
        job = held.job
        self._tell(JobProgress(job.id, job.label, progress.fraction, progress.node, progress.step, progress.steps))

    def _stop(self, held: Held, backend: RenderBackend) -> None:
        if held.lost.is_set():
            raise LeaseLost(f"job {held.job.id} is no longer ours", cause="another worker has taken it over")
        if held.cancel.is_set():
            self._stop_render(held, backend)
            self._cancelled(held)
            return
        self._queue.release(held.job)
        self._tell(JobReleased(held.job.id, held.job.label))

    def _stop_render(self, held: Held, backend: RenderBackend) -> None:
        """A person wants it cancelled: stop exactly this render on the server too."""
        if held.job.prompt_id is not None:
            backend.cancel(held.job.prompt_id)

    def _lost(self, held: Held, backend: RenderBackend) -> None:
        if self._queue.find_by_id(held.job.id).cancel_requested:
            # whoever cancelled a render that was still pending took it out of the server's queue
            self._cancelled(held)
            return
        lost = RenderFailed(
            f"the render of {held.job.label} is lost",
            cause=f"{backend.name} no longer knows it; it was restarted or its queue was cleared",
            fix="it is submitted again",
        )
        self._retry_or_fail(held, lost, prompt_id=None, submitted=False)

    def _cancelled(self, held: Held) -> None:
        self._queue.cancelled(held.job)
        self._tell(JobCancelled(held.job.id, held.job.label))

    def _cancel_with(self, held: Held, error: NotFound) -> None:
        self._tell(Notice(f"{held.job.label}: {error.problem}; its render is dropped", "warning"))
        self._cancelled(held)

    def _try_elsewhere(self, held: Held, error: ServerCannotRender, server: Server | None) -> None:
        """This server lacks something: let another one try, if the job may run anywhere and there is one left."""
        if server is None or (held.job.target != ANY_SERVER and not held.job.excluded_servers):
            self._fail(held, error.as_dict())
            return
        excluded = {*held.job.excluded_servers, server.id}
        left = [other for other in self._servers.list_servers(active_only=True) if other.id not in excluded]
        if not left:
            self._fail(held, error.as_dict())
            return
        self._tell(Notice(f"{held.job.label}: {server.name} cannot render it; trying {left[0].name}", "warning"))
        self._wait(held, error.as_dict(), 0.0, excluded_servers=sorted(excluded), target=left[0].id,
                   prompt_id=None, submitted=False)  # fmt: skip

    def _retry_or_fail(self, held: Held, error: VidctlError, **values: Any) -> None:
        told = error.as_dict()
        if held.job.may_try_again(told):
            self._wait(held, told, retry_delay(held.job.attempts).total_seconds(), **values)
        else:
            self._fail(held, told)

    def _wait(self, held: Held, error: dict[str, Any], seconds: float, **values: Any) -> None:
        self._queue.retry_later(held.job, error, timedelta(seconds=seconds), **values)
        problem = f"{error['problem']}: {error['cause']}" if error["cause"] else error["problem"]
        self._tell(JobRetrying(held.job.id, held.job.label, problem, held.job.attempts, seconds))

    def _fail(self, held: Held, error: dict[str, Any]) -> None:
        self._queue.fail(held.job, error)
        self._tell(JobFailed(held.job.id, held.job.label, error))
