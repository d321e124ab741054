"""A worker: one thread per server slot, each claiming, rendering and completing jobs, and a keeper thread that renews
their leases. All they do is told as events; the queue in the store is the only memory they share with other workers.
"""

from __future__ import annotations

import queue as thread_queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from vidctl.domain.events import Event, Notice
from vidctl.domain.job import ANIMATIC, ANY_SERVER, OPEN, Job, JobStatus
from vidctl.domain.server import Server
from vidctl.errors import LeaseLost, Unreachable, VidctlError
from vidctl.gateways.render_backend import RenderBackend
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.attempt import Attempt, Held
from vidctl.services.backends import Backends
from vidctl.services.rendering import Rendering
from vidctl.services.worker_names import owner_is_dead, owner_name

_IDLE = 0.2  # seconds between two looks at an empty queue, doubled up to…
_IDLE_MOST = 2.0
_AWAY_MOST = 15.0  # seconds between two looks at a server that does not answer


@dataclass(frozen=True)
class WorkOrder:
    """What a worker is to do: jobs of one batch only, or of all; end when nothing is left, or go on; on these servers,
    or on all active ones (None). `max_jobs` ends it after that many."""

    batch_id: str | None = None
    until_empty: bool = False
    servers: tuple[Server, ...] | None = None
    animatic: bool = True
    max_jobs: int | None = None


@dataclass
class Stop:
    """How a worker is asked to end. `drain`: finish what runs, claim nothing new. `now`: give back what runs."""

    drain: threading.Event = field(default_factory=threading.Event)
    now: threading.Event = field(default_factory=threading.Event)

    def is_ending(self) -> bool:
        """Whether no new job should be claimed."""
        return self.drain.is_set() or self.now.is_set()


@dataclass(frozen=True)
class Slot:
    """A place where one render at a time can run."""

    name: str
    server: Server | None
    targets: tuple[str, ...]


class Worker:
    """Runs jobs until it is told to stop or its order is fulfilled."""

    def __init__(
        self,
        queue: QueueRepository,
        servers: ComfyUIRepository,
        backends: Backends,
        rendering: Rendering,
        *,
        lease: timedelta,
        patience: float,
    ) -> None:
        self._queue = queue
        self._servers = servers
        self._backends = backends
        self._rendering = rendering
        self._lease = lease
        self._patience = patience
        self._events: thread_queue.Queue[Event | BaseException | None] = thread_queue.Queue()
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()
        self._claimed = 0

    def run(self, order: WorkOrder, stop: Stop) -> Iterator[Event]:
        """Events until all slots have ended. Closing the generator gives running jobs back."""
        slots = self._slots(order)
        ended = threading.Event()
        threads = [self._start(self._fill, slot, order, stop) for slot in slots]
        keeper = self._start(self._keep, ended)
        try:
            yield from self._until_ended(len(slots))
        finally:
            stop.now.set()
            for thread in threads:
                thread.join()
            ended.set()
            keeper.join()

    def _slots(self, order: WorkOrder) -> list[Slot]:
        servers = self._servers.list_servers(active_only=True) if order.servers is None else order.servers
        slots = [
            Slot(f"{server.slug}-{number}", server, (server.id, ANY_SERVER))
            for server in servers
            for number in range(server.slots)
        ]
        if order.animatic:
            slots.append(Slot(ANIMATIC, None, (ANIMATIC,)))
        return slots

    def _start(self, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=self._guard, args=(work, *arguments), daemon=True)
        thread.start()
        return thread

    def _guard(self, work: Callable[..., None], *arguments: object) -> None:
        """A thread's body. Whatever goes wrong in it is raised again by the thread that reads the events."""
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 - handed over to the main thread, not swallowed
            self._events.put(error)

    def _until_ended(self, slots: int) -> Iterator[Event]:
        while slots:
            event = self._events.get()
            if event is None:
                slots -= 1
            elif isinstance(event, BaseException):
                raise event
            else:
                yield event

    def _fill(self, slot: Slot, order: WorkOrder, stop: Stop) -> None:
        """A slot from its first job to its last; None among the events says that it has ended."""
        self._work(slot, order, stop)
        self._events.put(None)

    def _work(self, slot: Slot, order: WorkOrder, stop: Stop) -> None:
        owner = owner_name(slot.name)
        idle, away = _IDLE, 0.0
        while not stop.is_ending() and not self._has_done_enough(order):
            try:
                backend = self._reach(slot)
                job = self._claim(owner, slot, order)
            except Unreachable as error:
                self._say(f"{slot.name}: {error.problem}", "warning", once=away == 0.0)
                if order.until_empty and away >= self._patience:
                    return
                pause = min(max(1.0, away), _AWAY_MOST)
                away += pause
                stop.now.wait(pause)
                continue
            away = 0.0
            if job is not None:
                idle = _IDLE
                self._attempt(job, slot, backend, stop)
            elif order.until_empty and not self._is_work_left(slot, order):
                return
            else:
                stop.now.wait(idle)
                idle = min(idle * 2, _IDLE_MOST)

    def _reach(self, slot: Slot) -> RenderBackend:
        if slot.server is None:
            return self._backends.animatic()
        backend = self._backends.of(slot.server)
        backend.status()
        return backend

    def _claim(self, owner: str, slot: Slot, order: WorkOrder) -> Job | None:
        # a claim whose answer was lost has happened all the same: we may hold a job without knowing it
        held = self._queue.find_held(owner)
        job = held or self._queue.claim(owner, slot.targets, self._lease, order.batch_id)
        if job is not None:
            with self._lock:
                self._claimed += 1
        return job

    def _has_done_enough(self, order: WorkOrder) -> bool:
        with self._lock:
            return order.max_jobs is not None and self._claimed >= order.max_jobs

    def _is_work_left(self, slot: Slot, order: WorkOrder) -> bool:
        """Whether any job may still come to this slot: also one that another worker runs may come back."""
        where: dict[str, object] = {"status": {"$in": sorted(OPEN)}, "target": {"$in": list(slot.targets)}}
        if order.batch_id is not None:
            where["batch_id"] = order.batch_id
        return self._queue.count(where) > 0

    def _attempt(self, job: Job, slot: Slot, backend: RenderBackend, stop: Stop) -> None:
        held = Held(job)
        with self._lock:
            self._held[job.id] = held
        try:
            attempt = Attempt(self._queue, self._servers, self._rendering, self._events.put)
            attempt.run(held, backend, slot.server, stop.now.is_set)
        finally:
            with self._lock:
                del self._held[job.id]

    def _keep(self, ended: threading.Event) -> None:
        """Renew the leases of running jobs, pass on wishes to cancel, queue what is due or abandoned."""
        pause = min(self._lease.total_seconds() / 4, 1.0)
        while not ended.wait(pause):
            try:
                self._renew()
                self._queue.wake_due()
                self._free_the_dead()
                self._queue.return_expired()
            except VidctlError as error:
                self._say(f"the store cannot be reached for the moment: {error.problem}", "warning")

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held.values())
        for each in held:
            try:
                renewed = self._queue.renew(each.job, self._lease, each.progress.fraction)
            except LeaseLost:
                each.lost.set()
            else:
                if renewed.cancel_requested:
                    each.cancel.set()

    def _free_the_dead(self) -> None:
        """A worker of this machine that was killed cannot renew its leases: do not wait for them to run out."""
        for job in self._queue.find_many({"status": JobStatus.RUNNING}):
            if owner_is_dead(job.owner):
                self._queue.expire(job)

    def _say(self, text: str, level: str, once: bool = True) -> None:
        if once:
            self._events.put(Notice(text, level))
