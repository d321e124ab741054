"""A ComfyUI server of recorded words, for the faults that a genuine one cannot be made to show.

It speaks HTTP and the websocket on a loopback port, keeps a queue and a history as the genuine server does, plays a
recorded run for each prompt, and misbehaves as its `Faults` say. It has the genuine server's bug, too: closing a
websocket unregisters a newer one of the same client id.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.fakes.comfy_http import Server, Socket
from tests.fakes.comfy_recordings import Recording, media, recording


@dataclass
class Faults:
    """What goes wrong, from now on. Counts go down to zero as the faults happen."""

    html: bool = False
    json: Any = None
    login_page: bool = False
    status: int | None = None
    delay: float = 0.0
    no_websocket: bool = False
    silent_websocket: bool = False
    drop_websocket_after: int | None = None
    lacks_node: str = ""
    lose_answer: bool = False
    refuse_prompt: dict[str, Any] | None = None
    prompt_too_large: bool = False
    upload_too_large: bool = False
    late_history: int = 0
    cut_download: bool = False
    content_length: int | None = None


@dataclass
class Job:
    """A prompt in the queue."""

    number: float
    prompt_id: str
    graph: dict[str, Any]
    extra: dict[str, Any]
    recording: Recording
    held: bool
    interrupted: threading.Event = field(default_factory=threading.Event)
    forgotten: threading.Event = field(default_factory=threading.Event)

    def listed(self) -> list[Any]:
        return [self.number, self.prompt_id, self.graph, self.extra, []]


class ComfyWire:
    """The server. `play` names the recording of the next prompts; one named in `hold` stops half-way until it is
    interrupted or `release` is called."""

    def __init__(self, *, prefix: str = "", wants: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.wants = wants or {}
        self.faults = Faults()
        self.play = "png"
        self.hold = {"slow"}
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.interrupts: list[str | None] = []
        self.websocket_headers: list[dict[str, str]] = []
        self.sockets: dict[str, Socket] = {}
        self.lock = threading.RLock()
        self._released = threading.Event()
        self._stopping = threading.Event()
        self.pending: list[Job] = []
        self.running: Job | None = None
        self.history: dict[str, dict[str, Any]] = {}
        self._number = 0.0
        self.port = 0
        self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def release(self) -> None:
        """Let held prompts go on."""
        self._released.set()

    def wait(self, seconds: float) -> None:
        """Let that time go by, or what is left of this server's life."""
        self._stopping.wait(seconds)

    def stop(self) -> None:
        """Die: connections break, new ones are refused."""
        self._stopping.set()
        self.forget()
        self._server.shutdown()
        self._server.break_connections()
        self._server.server_close()
        self._listener.join()
        self._runner.join()

    def restart(self) -> None:
        """Come back on the same port and know nothing."""
        self._start()

    def forget(self) -> None:
        """Lose the queue and the history."""
        with self.lock:
            if self.running:
                self.running.forgotten.set()
            self.pending, self.running, self.history = [], None, {}

    def close_websockets(self) -> None:
        """Break every websocket, as a lost network would."""
        with self.lock:
            for one in list(self.sockets.values()):
                one.drop()

    def chatter(self) -> None:
        """Tell every websocket that somebody's prompt has come or gone."""
        with self.lock:
            for one in self.sockets.values():
                one.send(json.dumps({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}}}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._stopping.is_set():
            self.stop()

    # The queue

    def enqueue(self, body: dict[str, Any]) -> dict[str, Any]:
        told = recording(self.play)
        with self.lock:
            self._number += 1
            job = Job(self._number, body["prompt_id"], body["prompt"], body, told, self.play in self.hold)
            self.pending.append(job)
        return {**told.submitted_for(job.prompt_id), "number": job.number}

    def queue(self) -> dict[str, Any]:
        with self.lock:
            # The genuine server lists its heap, which is not sorted.
            waiting = [job.listed() for job in reversed(self.pending)]
            return {"queue_running": [self.running.listed()] if self.running else [], "queue_pending": waiting}

    def delete(self, prompt_ids: list[str]) -> None:
        with self.lock:
            self.pending = [job for job in self.pending if job.prompt_id not in prompt_ids]

    def interrupt(self, prompt_id: str | None) -> None:
        self.interrupts.append(prompt_id)
        with self.lock:
            if self.running and prompt_id in (None, self.running.prompt_id):
                self.running.interrupted.set()

    def _start(self) -> None:
        self._stopping.clear()
        self._released.clear()
        self._server = Server(("127.0.0.1", self.port), self)
        self.port = self._server.server_address[1]
        self._listener = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._runner = threading.Thread(target=self._run)
        self._listener.start()
        self._runner.start()

    def _run(self) -> None:
        while not self._stopping.wait(0.002):
            with self.lock:
                job = self.running = self.pending.pop(0) if self.pending else None
            if job:
                self._render(job)

    def _render(self, job: Job) -> None:
        frames = job.recording.frames_for(job.prompt_id)
        entry = job.recording.entry_for(job.prompt_id)
        for place, frame in enumerate(frames[:-1]):
            if job.held and place == len(frames) // 2:
                self._hold(job)
            if job.forgotten.is_set():
                return
            if job.interrupted.is_set():
                report = {"prompt_id": job.prompt_id, "node_id": "1", "node_type": "EmptyImage", "executed": []}
                self._tell(job, json.dumps({"type": "execution_interrupted", "data": report}))
                messages = [["execution_interrupted", report]]
                entry |= {"outputs": {}, "status": {"status_str": "error", "completed": False, "messages": messages}}
                break
            self._tell(job, frame)
        with self.lock:
            if job.forgotten.is_set():
                return
            self._save(entry)
            self.history[job.prompt_id] = entry
            self.running = None
        self._tell(job, frames[-1])

    def _save(self, entry: dict[str, Any]) -> None:
        for output in entry["outputs"].values():
            for file in [*output.get("images", ()), *output.get("audio", ())]:
                self.files[f"{file['type']}/{file['subfolder']}/{file['filename']}"] = media(file["filename"])

    def _hold(self, job: Job) -> None:
        while not any(event.is_set() for event in (self._released, job.interrupted, job.forgotten)):
            time.sleep(0.002)

    def _tell(self, job: Job, frame: str | bytes) -> None:
        with self.lock:
            one = self.sockets.get(job.extra["client_id"])
            if one is None or self.faults.silent_websocket:
                return
            if self.faults.drop_websocket_after is not None:
                self.faults.drop_websocket_after -= 1
                if self.faults.drop_websocket_after < 0:
                    self.faults.drop_websocket_after = None
                    one.drop()
                    return
            one.send(frame)
