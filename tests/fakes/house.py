"""vidctl over a store in memory and scripted servers: what services are tested with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fakes.backend import Farm, ScriptedBackend
from tests.fakes.clock import Clock, ClockedStore
from tests.fakes.memory import migrated_store
from vidctl.app import App
from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.events import Event
from vidctl.domain.job import ANY_SERVER, Job
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.domain.scene import Scene
from vidctl.domain.server import Server
from vidctl.repositories.migrations import migrate
from vidctl.repositories.store import DocumentStore
from vidctl.services.attendance import Attendance
from vidctl.services.rendering import Rendering
from vidctl.services.work_orders import Pace, Stop, WorkOrder
from vidctl.services.worker import Worker
from vidctl.settings import load_settings

QUICK = Pace(idle=0.005, idle_most=0.02, away=0.02, away_most=0.05, keep=0.01)
LEASE = timedelta(hours=1)
_LONGEST = 60.0  # seconds; what has not happened by then will not, however slow the machine


class House:
    """An App with fakes put in. Its clock runs a hundred times too fast, so that retries come due at once."""

    def __init__(self, folder: Path, store: DocumentStore | None = None, *, rate: float = 100.0, **flags: Any) -> None:
        self.clock = Clock(rate)
        self._own = store or migrated_store()
        migrate(self._own)
        self.store = ClockedStore(self._own, self.clock)
        places = {"store": "sqlite:////nowhere", "assets": str(folder / "assets"), "cache": str(folder / "cache")}
        settings = load_settings(
            flags={**places, **flags}, start=folder, environ={"VIDCTL_CONFIG": str(folder / "config.toml")}
        )
        self.app = App(settings, draw_seed=lambda: 42)
        self.farm = Farm()
        self.app.__dict__.update(store=self.store, _backends=self.farm)
        self.projects, self.scenes, self.clips = self.app._projects, self.app._scenes, self.app._clips
        self.takes, self.queue, self.servers = self.app._takes, self.app._queue, self.app._servers
        self.assets, self.files = self.app._assets, self.app._asset_store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.app.close()
        self._own.close()

    def server(self, name: str = "Box", **fields: Any) -> ScriptedBackend:
        """Register a server; its backend."""
        server = self.servers.create(Server(name=name, slug=name.lower(), url=f"http://{name.lower()}", **fields))
        backend = self.farm.backends[server.id] = ScriptedBackend(name)
        return backend

    def server_id(self, name: str) -> str:
        found = self.servers.find_one({"slug": name.lower()})
        assert found
        return found.id

    def project(self, slug: str = "film", **fields: Any) -> Project:
        values = {"name": slug.title(), "width": 64, "height": 64, **fields}
        return self.projects.create(Project(slug=slug, **values))

    def scene(self, project: Project, slug: str = "verse", **fields: Any) -> Scene:
        return self.scenes.create(Scene(project_id=project.id, slug=slug, **{"name": slug.title(), **fields}))

    def clip(self, scene: Scene | None = None, slug: str = "hero", **fields: Any) -> Clip:
        """A clip, in a film of its own if no scene is given."""
        scene = scene or self.scene(self.project(f"film-{slug}"))
        values = {"name": slug.title(), "length": 24, **fields}
        clip = self.clips.create(Clip(project_id=scene.project_id, scene_id=scene.id, slug=slug, **values))
        end = max((each.end for each in self.clips.list_by_scene(scene.id) if not each.is_alternate), default=0)
        self.scenes.update_by_id(scene.id, {"$set": {"length": end}})
        return clip

    def choose(self, clip_id: str, kind: MediaKind, take_id: str | None) -> Clip:
        """Have a clip show a take, past the history."""
        return self.clips.update_by_id(clip_id, {"$set": {selection_field(kind): take_id}})

    def job(self, clip: Clip | None = None, target: str = ANY_SERVER, **fields: Any) -> Job:
        """Queue a still of the clip (of a new one, if none is given)."""
        number = self.queue.count({})
        clip = clip or self.clip(slug=f"clip-{number}")
        request = RenderRequest(kind=MediaKind.IMAGE, backend="comfyui", width=64, height=64, seed=number)
        values = {
            "project_id": clip.project_id,
            "clip_id": clip.id,
            "batch_id": "b" * 8,
            "label": f"job {number}",
            "kind": MediaKind.IMAGE,
            "request": request.model_dump_json(),
            "target": target,
            "created_at": self.store.now(),
        }
        return self.queue.create(Job(**{**values, **fields}))

    def again(self, job: Job) -> Job:
        """The job as it is stored now."""
        return self.queue.find_by_id(job.id)

    def worker(self, *, patience: float = 0.1, pace: Pace = QUICK, backends: Farm | None = None) -> Worker:
        rendering = Rendering(self.queue, self.app.gallery, self.files)
        attendance = Attendance(self.app._workers, LEASE)
        return Worker(
            self.queue,
            self.servers,
            backends or self.farm,
            rendering,
            attendance,
            lease=LEASE,
            patience=patience,
            pace=pace,
        )

    def work(self, *, patience: float = 0.1, **order: Any) -> list[Event]:
        """Work until nothing is left; what was told."""
        wanted = WorkOrder(**{"until_empty": True, "animatic": False, **order})
        return list(self.worker(patience=patience).run(wanted, Stop()))

    @contextmanager
    def working(self, *, patience: float = 0.1, **order: Any) -> Iterator[Shift]:
        """A worker that works beside the test and ends with the block at the latest."""
        shift = Shift(self.worker(patience=patience), WorkOrder(**{"animatic": False, **order}))
        try:
            yield shift
        finally:
            shift.stop.now.set()
            shift.join()

    def die(self) -> None:
        """What was claimed by now is held by nobody: its worker has been silent for longer than a lease."""
        self.clock.advance(seconds=2 * LEASE.total_seconds())


class Shift:
    """A worker in a thread of its own."""

    def __init__(self, worker: Worker, order: WorkOrder) -> None:
        self.stop = Stop()
        self.events: list[Event] = []
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(worker, order))
        self._thread.start()

    def join(self) -> None:
        """Wait until it has ended."""
        self._thread.join(_LONGEST)
        assert not self._thread.is_alive(), f"the worker has not ended; it told {self.events}"

    def until(self, kind: type[Event], number: int = 1) -> None:
        """Wait until it has told so many events of that kind."""
        wait_until(lambda: self.count(kind) >= number or not self._thread.is_alive())
        assert self.count(kind) >= number, f"it told {self.events}, {self.error!r}"

    def count(self, kind: type[Event]) -> int:
        return sum(isinstance(event, kind) for event in list(self.events))

    def _run(self, worker: Worker, order: WorkOrder) -> None:
        try:
            for event in worker.run(order, self.stop):
                self.events.append(event)
        except BaseException as error:  # noqa: BLE001 - kept for the test to look at
            self.error = error


def wait_until(happened: Callable[[], bool]) -> None:
    """Look again and again; a test fails if it has not happened after a minute."""
    deadline = time.monotonic() + _LONGEST
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def told(events: list[Event], kind: type[Event]) -> list[Any]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
