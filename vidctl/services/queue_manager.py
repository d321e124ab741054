"""The queue as people handle it: list, show, status, cancel, retry, work."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from vidctl.domain.events import Event, JobCancelled, JobFailed, JobFinished, JobReleased, JobRetrying, Result
from vidctl.domain.job import ANIMATIC, ANY_SERVER, FINAL, OPEN, Job, JobStatus
from vidctl.domain.server import Server
from vidctl.dtos.queue_dtos import (
    QueueChangedDTO,
    QueueDeletedDTO,
    QueueJobDetailDTO,
    QueueJobListDTO,
    QueueServerStatusDTO,
    QueueStatusDTO,
    QueueWorkerDTO,
    WorkSummaryDTO,
)
from vidctl.errors import (
    AmbiguousReference,
    IllegalTransition,
    InvalidInput,
    LeaseLost,
    NotFound,
    PartlyDone,
    Unreachable,
    VidctlError,
)
from vidctl.repositories.batch_repository import BatchRepository
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.worker_repository import WorkerRepository
from vidctl.services.backends import Backends
from vidctl.services.orders import CREATED, Orders
from vidctl.services.paging import stored_page
from vidctl.services.queue_views import job_detail, job_status, worker_status
from vidctl.services.references import References
from vidctl.services.work_orders import Stop, WorkOrder
from vidctl.services.worker import Worker
from vidctl.services.worker_names import owner_is_dead

_CANCEL_WAIT = 5.0  # seconds for a worker to notice; it looks every second
_CANCEL_LOOK = 0.1
_ORDERS = Orders("jobs", "-created", {"created": (*CREATED, ("number", 1))})


class QueueManager:
    """What one can do with the queue."""

    def __init__(
        self,
        queue: QueueRepository,
        servers: ComfyUIRepository,
        batches: BatchRepository,
        workers: WorkerRepository,
        references: References,
        backends: Backends,
        worker: Callable[[], Worker],
        lease: timedelta,
    ) -> None:
        self._queue = queue
        self._servers = servers
        self._batches = batches
        self._workers = workers
        self._lease = lease
        self._references = references
        self._backends = backends
        self._worker = worker

    def list_jobs(
        self,
        *,
        status: JobStatus | None,
        project: str | None,
        batch: str | None,
        sort: str | None = None,
        after: str | None = None,
        limit: int,
    ) -> QueueJobListDTO:
        """A page of jobs."""
        where = self._where(status, project, batch)
        cursor = None if after is None else self._references.job(after).id
        page = stored_page(self._queue, where, _ORDERS.read(sort), cursor, limit)
        return QueueJobListDTO(
            items=[job_status(job) for job in page.items], total=page.total, next_after=page.next_after
        )

    def get_job(self, reference: str) -> QueueJobDetailDTO:
        """One job with its recipe."""
        return job_detail(self._references.job(reference))

    def get_status(self, project: str | None = None) -> QueueStatusDTO:
        """How many jobs are in which state, on which servers the open ones are, and who is at work."""
        scope = self._where(None, project, None)
        oldest = self._queue.find_one({**scope, "status": JobStatus.QUEUED}, sort=(("created_at", 1),))
        return QueueStatusDTO(
            counts=self._queue.counts(scope),
            servers=[self._server_status(target, name, scope) for target, name in self._targets()],
            workers=self.list_workers(),
            oldest_queued=oldest.created_at if oldest else None,
        )

    def list_workers(self) -> list[QueueWorkerDTO]:
        """The workers that are alive, as far as can be known: those that were heard of within a lease."""
        heard_of = self._workers.list_heard_of(self._lease)
        return [worker_status(worker) for worker in heard_of if not owner_is_dead(worker.name)]

    def delete_jobs(self, references: Sequence[str]) -> QueueDeletedDTO:
        """Forget jobs that have ended; their takes stay. Raises IllegalTransition if one is open."""
        jobs = [self._references.job(text) for text in references]
        if still := [job.id for job in jobs if job.status in OPEN]:
            raise IllegalTransition(
                f"job {still[0][:8]} has not ended",
                cause="only what has ended can be forgotten",
                fix=f"vidctl queue cancel {still[0][:8]} ends it",
            )
        return self._forget({"id": {"$in": [job.id for job in jobs]}})

    def clear_jobs(self, status: JobStatus | None, project: str | None) -> QueueDeletedDTO:
        """Forget all jobs that have ended, or those that ended in one way; their takes stay. Raises InvalidInput."""
        if status in OPEN:
            raise InvalidInput(f"{status} jobs have not ended", fix=f"use {', '.join(sorted(FINAL))}, or cancel them")
        return self._forget(self._where(status, project, None))

    def _forget(self, where: dict[str, object]) -> QueueDeletedDTO:
        deleted, batches = self._queue.delete_ended(where)
        self._batches.forget_empty(batches)
        return QueueDeletedDTO(deleted=deleted)

    def cancel(
        self, references: Sequence[str], *, batch: str | None = None, everything: bool = False
    ) -> QueueChangedDTO:
        """Cancel jobs; a render that a server has begun is stopped there. Waits a moment for workers to do so."""
        jobs = self._chosen(references, batch, everything, OPEN)
        changed, refused = self._each(jobs, lambda job: self._queue.cancel(job.id))
        for job in changed:
            if job.status is JobStatus.CANCELLED and (reason := self._stop_on_server(job)):
                refused[job.id] = reason
        self._await_end([job for job in changed if job.status is JobStatus.RUNNING])
        return self._changed(changed, refused)

    def retry(
        self, references: Sequence[str], *, batch: str | None = None, everything: bool = False
    ) -> QueueChangedDTO:
        """Queue failed and cancelled jobs again, from their first attempt."""
        jobs = self._chosen(references, batch, everything, {JobStatus.FAILED, JobStatus.CANCELLED})
        changed, refused = self._each(jobs, lambda job: self._queue.requeue(job.id))
        return self._changed(changed, refused)

    def work_off(self, project: str) -> Iterator[Event]:
        """Run a project's open jobs, as an interrupted run has left them, until all have ended."""
        where = {**self._where(None, project, None), "status": {"$in": sorted(OPEN)}}
        for batch_id in {job.batch_id: None for job in self._queue.find_many(where, sort=(("created_at", 1),))}:
            yield from self._worker().run(WorkOrder(batch_id, until_empty=True), Stop())

    def work(
        self, *, until_empty: bool, servers: Sequence[str], max_jobs: int | None, animatic: bool, stop: Stop
    ) -> Iterator[Event]:
        """Run jobs until stopped, or until none is left; the last event is a Result with what was done.

        Raises PartlyDone if jobs failed, Unreachable if some are left because their server is away.
        """
        named = tuple(self._references.server(text) for text in servers) or None
        order = WorkOrder(None, until_empty, named, animatic, max_jobs)
        seen: Counter[type[Event]] = Counter()
        with closing(self._worker().run(order, stop)) as events:
            for event in events:
                seen[type(event)] += 1
                yield event
        summary = WorkSummaryDTO(
            worker="vidctl queue work",
            succeeded=seen[JobFinished],
            failed=seen[JobFailed],
            cancelled=seen[JobCancelled],
            released=seen[JobReleased],
            retried=seen[JobRetrying],
        )
        yield Result(summary)
        if until_empty and max_jobs is None and not stop.is_ending():
            self._raise_for_rest(named, animatic)
        if summary.failed:
            jobs = "1 job" if summary.failed == 1 else f"{summary.failed} jobs"
            raise PartlyDone(f"{jobs} failed", fix="vidctl queue list --status failed shows why")

    def _raise_for_rest(self, named: tuple[Server, ...] | None, animatic: bool) -> None:
        servers = self._servers.list_servers(active_only=True) if named is None else named
        targets = [server.id for server in servers] + [ANY_SERVER] * bool(servers) + [ANIMATIC] * animatic
        left = self._queue.count({"status": {"$in": sorted(OPEN)}, "target": {"$in": targets}})
        if left:
            raise Unreachable(
                f"{left} jobs are left in the queue",
                cause="their server did not answer for too long, or they are for one that this worker does not use",
                fix="vidctl comfyui check tells which is away; run the worker again when it is back",
            )

    def _where(self, status: JobStatus | None, project: str | None, batch: str | None) -> dict[str, object]:
        where: dict[str, object] = {}
        if status is not None:
            where["status"] = status
        if project is not None:
            where["project_id"] = self._references.project(project).id
        if batch is not None:
            where["batch_id"] = self._batch_id(batch)
        return where

    def _batch_id(self, text: str) -> str:
        beginning = text.strip().lower()
        within = {"batch_id": {"$gte": beginning, "$lt": f"{beginning}g"}}  # g follows the hexadecimal digits
        ends = [self._queue.find_one(within, sort=(("batch_id", direction),)) for direction in (1, -1)]
        found = sorted({job.batch_id for job in ends if job is not None})
        if not beginning or not found:
            raise NotFound(f"there is no batch {text!r}", fix="vidctl queue list --json shows the batches of jobs")
        if len(found) > 1:
            raise AmbiguousReference(
                f"{text!r} means more than one batch", cause=", ".join(found), fix="type more of it", candidates=found
            )
        return found[0]

    def _chosen(
        self,
        references: Sequence[str],
        batch: str | None,
        everything: bool,
        states: set[JobStatus] | frozenset[JobStatus],
    ) -> list[Job]:
        if sum((bool(references), batch is not None, everything)) != 1:
            problem = "jobs are named in two ways" if references or batch or everything else "no job is named"
            raise InvalidInput(problem, fix="either name jobs, or use --batch or --all")
        if references:
            return [self._references.job(text) for text in references]
        where = {**self._where(None, None, batch), "status": {"$in": sorted(states)}}
        return self._queue.find_many(where, sort=(("created_at", 1), ("number", 1)))

    def _each(self, jobs: Sequence[Job], change: Callable[[Job], Job]) -> tuple[list[Job], dict[str, str]]:
        changed, refused = [], {}
        for job in jobs:
            try:
                changed.append(change(job))
            except IllegalTransition as error:
                if len(jobs) == 1:
                    raise
                refused[job.id] = str(error)
        return changed, refused

    def _await_end(self, running: Sequence[Job]) -> None:
        """Give the workers time to stop; where a worker is dead, do it in its place."""
        deadline = time.monotonic() + _CANCEL_WAIT
        waiting = {job.id for job in running}
        while waiting and time.monotonic() < deadline:
            found = self._queue.find_many({"id": {"$in": sorted(waiting)}})
            waiting = {job.id for job in found if job.status not in FINAL}
            for job in found:
                if job.id in waiting:
                    self._press(job)
            time.sleep(_CANCEL_LOOK)

    def _press(self, job: Job) -> None:
        """Cancel what its worker has given back, or cannot stop any more."""
        try:
            if job.status is not JobStatus.RUNNING:
                self._queue.cancel(job.id)
            elif self._is_abandoned(job) and not self._stop_on_server(job):
                self._queue.cancelled(job)
        except (LeaseLost, IllegalTransition):
            return  # it has moved on in the meantime: the next look shows where to

    def _is_abandoned(self, job: Job) -> bool:
        return owner_is_dead(job.owner) or job.lease_is_over(self._queue.store.now())

    def _stop_on_server(self, job: Job) -> str:
        """Stop the job's render where it was begun; "" if that is done, else why not."""
        if job.server_id is None or job.prompt_id is None:
            return ""
        try:
            self._backends.of(self._servers.find_by_id(job.server_id)).cancel(job.prompt_id)
        except VidctlError as error:
            return f"it is cancelled, but {job.server_name} may go on rendering it: {error}"
        return ""

    def _changed(self, jobs: Sequence[Job], refused: dict[str, str]) -> QueueChangedDTO:
        found = {job.id: job for job in self._queue.find_many({"id": {"$in": [job.id for job in jobs]}})}
        now = [found[job.id] for job in jobs if job.id in found]  # its clip may have been deleted with it
        return QueueChangedDTO(jobs=[job_status(job) for job in now], refused=refused)

    def _targets(self) -> list[tuple[str, str]]:
        servers = [(server.id, server.name) for server in self._servers.list_servers()]
        return [*servers, (ANY_SERVER, "any server"), (ANIMATIC, ANIMATIC)]

    def _server_status(self, target: str, name: str, scope: dict[str, object]) -> QueueServerStatusDTO:
        running = {"server_id": target} if target not in (ANY_SERVER, ANIMATIC) else {"target": target}
        return QueueServerStatusDTO(
            name=name,
            running=self._queue.count({**scope, **running, "status": JobStatus.RUNNING}),
            queued=self._queue.count(
                {**scope, "target": target, "status": {"$in": [JobStatus.QUEUED, JobStatus.WAITING]}}
            ),
        )
