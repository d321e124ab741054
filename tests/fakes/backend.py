"""A render server in memory that does what a test tells it to: render, fail, hang, lose, be away, send rubbish."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

from tests.data.media import barcode
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.server import Server
from vidctl.errors import Unreachable, VidctlError
from vidctl.gateways.render_backend import (
    BackendStatus,
    RemoteFile,
    RenderBackend,
    RenderCancelled,
    RenderDone,
    RenderEvent,
    RenderLost,
    RenderProgress,
    Whereabouts,
)
from vidctl.services.backends import Backends

_BEAT = 0.005  # seconds between two words of a watch


class Killed(BaseException):
    """Stands for kill -9: nobody catches it, and nothing is written after it."""


@cache
def picture(number: int = 0) -> bytes:
    """A PNG."""
    content = BytesIO()
    barcode(1, number).save(content, "PNG")
    return content.getvalue()


@dataclass
class Script:
    """What becomes of one render. `refusal` is raised by validate; `broken_submit` by submit, which has `received` the
    render or not; `hold` keeps it running until it is set; `ending` is raised by watch, else `files` are its outputs,
    of which `fetch_error` may keep the first fetches from succeeding."""

    refusal: VidctlError | None = None
    broken_submit: BaseException | None = None
    received: bool = True
    waiting: bool = False
    hold: threading.Event | None = None
    ending: BaseException | None = None
    files: tuple[str, ...] = ("picture.png",)
    content: bytes | None = None
    fetch_errors: list[VidctlError] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


@dataclass
class _Render:
    request: RenderRequest
    script: Script
    number: int
    cancelled: bool = False
    finished: bool = False


class ScriptedBackend(RenderBackend):
    """Scripts are used up in the order of the renders; without one a render succeeds."""

    durable = True

    def __init__(self, name: str) -> None:
        self.name = name
        self.away = False
        self.scripts: deque[Script] = deque()
        self.submitted: list[str] = []
        self.cancelled: list[str] = []
        self._renders: dict[str, _Render] = {}

    def plan(self, *scripts: Script) -> None:
        """What becomes of the next renders."""
        self.scripts.extend(scripts)

    def forget(self) -> None:
        """As a restart does."""
        self._renders.clear()

    def status(self) -> BackendStatus:
        self._answer()
        return BackendStatus("fake")

    def validate(self, request: RenderRequest) -> None:
        self._answer()
        if self.scripts and (refusal := self.scripts[0].refusal) is not None:
            self.scripts.popleft()
            raise refusal

    def submit(self, request: RenderRequest, prompt_id: str) -> None:
        self._answer()
        script = self.scripts.popleft() if self.scripts else Script()
        if script.broken_submit is None or script.received:
            self.submitted.append(prompt_id)
            self._renders[prompt_id] = _Render(request, script, len(self.submitted))
        if script.broken_submit is not None:
            raise script.broken_submit

    def locate(self, prompt_id: str) -> Whereabouts:
        self._answer()
        render = self._renders.get(prompt_id)
        if render is None:
            return Whereabouts.UNKNOWN
        if render.finished:
            return Whereabouts.FINISHED
        return Whereabouts.QUEUED if render.script.waiting else Whereabouts.RUNNING

    def watch(self, prompt_id: str) -> Generator[RenderEvent, None, None]:
        yield RenderProgress(0.0)
        while (render := self._watched(prompt_id)).script.hold is not None and not render.script.hold.is_set():
            yield RenderProgress(0.5, node="sampler", step=1, steps=2)
            time.sleep(_BEAT)
        render.finished = True
        if render.script.ending is not None:
            raise render.script.ending
        yield RenderProgress(1.0)
        files = tuple(RemoteFile(name, subfolder=prompt_id) for name in render.script.files)
        yield RenderDone(files, 1.5, render.script.warnings)

    def fetch(self, file: RemoteFile, destination: Path) -> None:
        self._answer()
        render = self._renders[file.subfolder]
        if render.script.fetch_errors:
            raise render.script.fetch_errors.pop(0)
        content = picture(render.number) if render.script.content is None else render.script.content
        destination.write_bytes(content)

    def cancel(self, prompt_id: str) -> bool:
        self._answer()
        self.cancelled.append(prompt_id)
        render = self._renders.get(prompt_id)
        if render is None or render.finished:
            return False
        if render.script.waiting:
            del self._renders[prompt_id]  # what waits leaves no trace when it is taken out of the queue
        render.cancelled = True
        return True

    def close(self) -> None:
        pass

    def _answer(self) -> None:
        if self.away:
            raise Unreachable(f"{self.name} does not answer")

    def _watched(self, prompt_id: str) -> _Render:
        self._answer()
        render = self._renders.get(prompt_id)
        if render is None:
            raise RenderLost(f"{self.name} does not know {prompt_id}")
        if render.cancelled:
            raise RenderCancelled(f"{prompt_id} was interrupted")
        return render


class Farm(Backends):
    """Gives each server its scripted backend; `locked` says why one cannot be opened at all."""

    def __init__(self) -> None:
        super().__init__(lambda: ScriptedBackend("animatic"), timeout=1.0, patience=1.0)
        self.backends: dict[str, ScriptedBackend] = {}
        self.locked: dict[str, VidctlError] = {}

    def of(self, server: Server) -> ScriptedBackend:
        if server.id in self.locked:
            raise self.locked[server.id]
        return self.backends[server.id]
