"""What becomes of one claimed job: every way a render can end, and the state of the queue that follows from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
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
    ConfigurationError,
    DiskFull,
    LeaseLost,
    RenderFailed,
    ServerCannotRender,
    StoreFailed,
    Unreachable,
    VidctlError,
)
from vidctl.gateways.render_backend import RenderBackend, RenderCancelled, RenderLost, RenderProgress, Whereabouts
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.rendering import OwnerGone, Rendering, Stopped


@dataclass(frozen=True)
class Place:
    """Where a job renders: a backend and its server; None for the animatic, which is none."""

    backend: RenderBackend
    server: Server | None


@dataclass
class Held:
    """A job in a slot's hands. The slot sets `job` and `progress`; the keeper thread reads them, raises the flags."""

    job: Job
    progress: RenderProgress = field(default_factory=lambda: RenderProgress(0.0))
    cancel: threading.Event = field(default_factory=threading.Event)
    lost: threading.Event = field(default_factory=threading.Event)


class Attempt:
    """Runs a held job to one of its ends. `open_backend` gives the backend of a server. Raises only what no job can be
    blamed for: that the store does not answer."""

    def __init__(
        self,
        queue: QueueRepository,
        servers: ComfyUIRepository,
        rendering: Rendering,
        open_backend: Callable[[Server], RenderBackend],
        tell: Callable[[Event], None],
    ) -> None:
        self._queue = queue
        self._servers = servers
        self._rendering = rendering
        self._open_backend = open_backend
        self._tell = tell

    def run(self, held: Held, place: Place, stopping: Callable[[], bool]) -> None:
        """One attempt. Every end is written with the job's fence; losing the lease is told and changes nothing."""
        try:
            self._run(held, place, stopping)
        except LeaseLost as error:
            self._warn(held, f"{error.problem} ({error.cause})")

    def _run(self, held: Held, place: Place, stopping: Callable[[], bool]) -> None:
        try:
            place = self._where_it_runs(held, place)
            self._render(held, place, stopping)
        except LeaseLost:
            raise
        except Stopped:
            self._stop(held, place.backend)
        except RenderCancelled:
            self._cancelled(held)
        except RenderLost:
            self._lost(held, place.backend)
        except ServerCannotRender as error:
            self._try_elsewhere(held, error, place.server)
        except OwnerGone as gone:
            self._drop(held, place.backend, gone)
        except (Unreachable, DiskFull, StoreFailed) as error:
            # the render may be there still, so its id is kept and the next attempt adopts it
            self._retry_or_fail(held, error)
        except VidctlError as error:
            self._retry_or_fail(held, error, prompt_id=None, submitted=False)

    def _where_it_runs(self, held: Held, place: Place) -> Place:
        """Where another server has begun the job's render, it is taken up there: here it would be rendered twice. If
        that server does not answer it is asked again later, but the last attempt begins anew here."""
        job, here = held.job, place.server
        if job.prompt_id is None or here is None or job.server_id in (None, here.id):
            return place
        server = self._servers.find_one({"id": job.server_id})
        if server is not None and (there := self._still_there(job, server)) is not None:
            return Place(there, server)
        held.job = self._queue.assign(job, prompt_id=None, submitted=False)
        return place

    def _still_there(self, job: Job, server: Server) -> RenderBackend | None:
        """The other server's backend, if it must see to the job's render."""
        assert job.prompt_id is not None
        try:
            backend = self._open_backend(server)
            known = job.cancel_requested or backend.locate(job.prompt_id) is not Whereabouts.UNKNOWN
        except (Unreachable, ConfigurationError) as error:
            if isinstance(error, Unreachable) and job.attempts < job.max_attempts:
                raise
            self._tell(Notice(f"{job.label}: begun anew, as {server.name} is away ({error.problem})", "warning"))
            return None
        return backend if known else None

    def _render(self, held: Held, place: Place, stopping: Callable[[], bool]) -> None:
        began = time.monotonic()
        backend, server = place.backend, place.server
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
        for text in done.warnings:
            self._warn(held, text)
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
        """Stop exactly this render on the server too. One that does not answer does not keep a job from its end."""
        if held.job.prompt_id is None:
            return
        try:
            backend.cancel(held.job.prompt_id)
        except VidctlError as error:
            self._warn(held, f"{backend.name} could not be told to stop and may go on ({error.problem})")

    def _lost(self, held: Held, backend: RenderBackend) -> None:
        if self._queue.count({"id": held.job.id, "cancel_requested": True}):
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

    def _drop(self, held: Held, backend: RenderBackend, gone: OwnerGone) -> None:
        """Its clip or character was deleted meanwhile: there is nobody left to give a take to."""
        self._stop_render(held, backend)
        self._warn(held, f"{gone}; its render is dropped")
        self._cancelled(held)

    def _try_elsewhere(self, held: Held, error: ServerCannotRender, server: Server | None) -> None:
        """This server lacks something: leave it to the others, if the job may run anywhere and there is one left. That
        is no attempt, as nothing was rendered."""
        excluded = {*held.job.excluded_servers, *([server.id] if server else [])}
        left = [other.name for other in self._servers.list_servers(active_only=True) if other.id not in excluded]
        if server is None or held.job.target != ANY_SERVER or not left:
            self._fail(held, error.as_dict())
            return
        self._queue.release(held.job, excluded_servers=sorted(excluded), prompt_id=None, submitted=False)
        self._warn(held, f"{server.name} cannot render it; left to {' or '.join(left)}")
        self._tell(JobRetrying(held.job.id, held.job.label, str(error), held.job.attempts, 0.0))

    def _retry_or_fail(self, held: Held, error: VidctlError, **values: Any) -> None:
        job, told = held.job, error.as_dict()
        if not job.may_try_again(told):
            self._fail(held, told)
            return
        delay = retry_delay(job.attempts)
        self._queue.retry_later(job, told, delay, **values)
        self._tell(JobRetrying(job.id, job.label, str(error), job.attempts, delay.total_seconds()))

    def _fail(self, held: Held, error: dict[str, Any]) -> None:
        self._queue.fail(held.job, error)
        self._tell(JobFailed(held.job.id, held.job.label, error))

    def _warn(self, held: Held, text: str) -> None:
        self._tell(Notice(f"{held.job.label}: {text}", "warning"))
