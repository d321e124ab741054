"""A worker: one thread per server slot, each claiming, rendering and completing jobs, and a keeper thread that renews
their leases. All they do is told as events; the queue in the store is the only memory they share with other workers.
"""

from __future__ import annotations

import queue as thread_queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta

from vidctl.domain.events import Event, Notice
from vidctl.domain.job import ANIMATIC, ANY_SERVER, OPEN, Job, JobStatus
from vidctl.errors import ConfigurationError, LeaseLost, Unreachable, VidctlError
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.attempt import Attempt, Held, Place
from vidctl.services.attendance import Attendance
from vidctl.services.backends import Backends
from vidctl.services.rendering import Rendering
from vidctl.services.work_orders import Pace, Stop, WorkOrder
from vidctl.services.worker_names import owner_is_dead, owner_name

_LISTEN = 0.5  # seconds after which the main thread looks whether it was asked to stop, and whether anybody listens


@dataclass(frozen=True)
class Slot:
    """A place where one render at a time can run."""

    name: str
    server_id: str | None
    server_name: str
    number: int
    targets: tuple[str, ...]


class OutOfService(Exception):
    """A slot's server was taken out of service, or removed."""

    def __init__(self, *, is_gone: bool) -> None:
        super().__init__()
        self.is_gone = is_gone


class Worker:
    """Runs jobs until it is told to stop or its order is fulfilled."""

    def __init__(
        self,
        queue: QueueRepository,
        servers: ComfyUIRepository,
        backends: Backends,
        rendering: Rendering,
        attendance: Attendance,
        *,
        lease: timedelta,
        patience: float,
        pace: Pace | None = None,
    ) -> None:
        self._queue = queue
        self._servers = servers
        self._backends = backends
        self._rendering = rendering
        self._attendance = attendance
        self._lease = lease
        self._patience = patience
        self._pace = pace or Pace()
        self._events: thread_queue.Queue[Event | BaseException | None] = thread_queue.Queue()
        self._held: dict[tuple[str, int], Held] = {}
        self._lock = threading.Lock()
        self._claiming = threading.Lock()
        self._claimed: set[tuple[str, int]] = set()
        self._manned: dict[tuple[str | None, int], threading.Thread] = {}
        self._filled: list[tuple[str | None, str]] = []
        self._running = 0

    def run(self, order: WorkOrder, stop: Stop) -> Generator[Event, None, None]:
        """Events until all slots have ended. Closing the generator gives running jobs back."""
        # before the first claim, so that a killed worker's renders are taken up before new ones are begun
        self._take_over()
        ended = threading.Event()
        self._man(order, stop)
        keeper = self._start(self._keep, order, stop, ended)
        try:
            yield from self._until_ended(order, stop)
        except BaseException:
            # a thread has failed, or nobody listens any more
            stop.now.set()
            raise
        finally:
            for thread in list(self._manned.values()):
                thread.join()
            ended.set()
            keeper.join()

    def _man(self, order: WorkOrder, stop: Stop) -> None:
        """Start a thread for every slot that has none: at first for all, later for servers that were added."""
        for slot in self._slots(order):
            place = (slot.server_id, slot.number)
            if place not in self._manned:
                with self._lock:
                    self._running += 1
                self._filled.append((slot.server_id, slot.server_name))
                self._manned[place] = self._start(self._fill, slot, order, stop)

    def _slots(self, order: WorkOrder) -> list[Slot]:
        servers = self._servers.list_servers(active_only=True) if order.servers is None else order.servers
        slots = [
            Slot(f"{server.slug}-{number}", server.id, server.name, number, (server.id, ANY_SERVER))
            for server in servers
            for number in range(server.slots)
        ]
        if order.animatic:
            slots.append(Slot(ANIMATIC, None, ANIMATIC, 0, (ANIMATIC,)))
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

    def _until_ended(self, order: WorkOrder, stop: Stop) -> Iterator[Event]:
        goes_on = order.servers is None and not order.until_empty and order.max_jobs is None
        told = False
        while self._running or (goes_on and not stop.is_ending()):
            if stop.drain.is_set() and not told:
                told = True
                yield Notice("stopping: what runs is finished first; Ctrl-C again gives it back to the queue")
            try:
                event = self._events.get(timeout=_LISTEN)
            except thread_queue.Empty:
                continue
            if event is None:
                with self._lock:
                    self._running -= 1
            elif isinstance(event, BaseException):
                raise event
            else:
                yield event

    def _fill(self, slot: Slot, order: WorkOrder, stop: Stop) -> None:
        """A slot from its first job to its last; None among the events says that it has ended."""
        self._work(slot, order, stop)
        self._events.put(None)

    def _work(self, slot: Slot, order: WorkOrder, stop: Stop) -> None:
        owner, idle, away = owner_name(slot.name), self._pace.idle, self._pace.away
        silent_since: float | None = None
        while not stop.is_ending():
            try:
                # asked before the server is: one that is away must not keep a worker that has nothing for it
                if self._is_finished(slot, order):
                    return
                worked = self._work_once(owner, slot, order, stop)
            except OutOfService as out:
                if out.is_gone or order.until_empty:
                    return
                stop.pause(self._pace.idle_most)
                continue
            except (Unreachable, ConfigurationError) as error:
                if silent_since is None:
                    self._warn(f"{slot.name}: {error.problem}")
                    silent_since = time.monotonic()
                if order.until_empty and time.monotonic() - silent_since >= self._patience:
                    return
                stop.pause(away)
                away = min(2 * away, self._pace.away_most)
                continue
            silent_since, away = None, self._pace.away
            if worked:
                idle = self._pace.idle
            else:
                stop.pause(idle)
                idle = min(2 * idle, self._pace.idle_most)

    def _work_once(self, owner: str, slot: Slot, order: WorkOrder, stop: Stop) -> bool:
        """Claim a job and see to it; whether there was one. Raises Unreachable if server or store do not answer, and
        ConfigurationError if the server does not let us in."""
        place = self._reach(slot)
        job = self._claim(owner, slot, order)
        if job is not None:
            self._attempt(job, place, stop)
        return job is not None

    def _reach(self, slot: Slot) -> Place:
        if slot.server_id is None:
            return Place(self._backends.animatic(), None)
        server = self._servers.find_one({"id": slot.server_id})
        if server is None or not server.active:
            raise OutOfService(is_gone=server is None)
        backend = self._backends.of(server)
        backend.status()
        return Place(backend, server)

    def _claim(self, owner: str, slot: Slot, order: WorkOrder) -> Job | None:
        """A job that was claimed and not seen to its end comes first: the store was away when it answered or when the
        end should have been written. One slot after the other, so that `max_jobs` holds."""
        with self._claiming:
            job = self._queue.find_held(owner)
            if job is None and not self._has_done_enough(order):
                job = self._queue.claim(
                    owner, slot.targets, self._lease, server_id=slot.server_id, batch_id=order.batch_id
                )
            if job is not None:
                self._claimed.add((job.id, job.fence))
            return job

    def _has_done_enough(self, order: WorkOrder) -> bool:
        return order.max_jobs is not None and len(self._claimed) >= order.max_jobs

    def _is_finished(self, slot: Slot, order: WorkOrder) -> bool:
        return self._has_done_enough(order) or (order.until_empty and not self._is_work_left(slot, order))

    def _is_work_left(self, slot: Slot, order: WorkOrder) -> bool:
        """Whether any job may still come to this slot: also one that another worker runs may come back."""
        where: dict[str, object] = {"status": {"$in": sorted(OPEN)}, "target": {"$in": list(slot.targets)}}
        if slot.server_id is not None:
            where["excluded_servers"] = {"$ne": slot.server_id}
        if order.batch_id is not None:
            where["batch_id"] = order.batch_id
        return self._queue.count(where) > 0

    def _attempt(self, job: Job, place: Place, stop: Stop) -> None:
        # another slot may claim the job again before this one has let go of it, so its id alone is no key
        held, claim = Held(job), (job.id, job.fence)
        with self._lock:
            self._held[claim] = held
        try:
            attempt = Attempt(self._queue, self._servers, self._rendering, self._backends.of, self._events.put)
            attempt.run(held, place, stop.now.is_set)
        finally:
            with self._lock:
                del self._held[claim]

    def _take_over(self) -> None:
        try:
            self._free_the_dead()
            self._queue.return_expired()
        except Unreachable as error:
            self._warn(f"the queue cannot be looked through yet: {error.problem}")

    def _keep(self, order: WorkOrder, stop: Stop, ended: threading.Event) -> None:
        """Renew the leases of running jobs, pass on wishes to cancel, queue what is due or abandoned, tell that the
        worker is there, and notice new servers."""
        notices_servers = order.servers is None and not order.until_empty
        pause, is_away = min(self._lease.total_seconds() / 4, self._pace.keep), False
        while not ended.wait(pause):
            try:
                self._renew()
                self._queue.wake_due()
                self._free_the_dead()
                self._queue.return_expired()
                if notices_servers and not stop.is_ending():
                    self._man(order, stop)
                self._attendance.say(order.batch_id, self._filled)
            except VidctlError as error:
                if not is_away:
                    self._warn(f"leases cannot be renewed for the moment: {error.problem}")
                is_away = True
            else:
                is_away = False
        self._leave()

    def _leave(self) -> None:
        try:
            self._attendance.leave()
        except VidctlError:
            return  # the store is away: others find by themselves that nothing is heard of the worker

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

    def _warn(self, text: str) -> None:
        self._events.put(Notice(text, "warning"))
