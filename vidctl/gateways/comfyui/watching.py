"""Following one render to its end. The websocket is quick but forgets; queue and history are slow but true.

So the socket only ever brings progress and hints. Whenever it says that the render is over, falls quiet, breaks, or
cannot be opened, the server's queue and history are asked, and they alone decide that a render is done or lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from vidctl.domain.recipe import Graph
from vidctl.errors import Unreachable
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.progress import Preview, ProgressTracker, read_preview
from vidctl.gateways.comfyui.results import outcome
from vidctl.gateways.render_backend import (
    RenderEvent,
    RenderLost,
    RenderProgress,
    Whereabouts,
)

OnPreview = Callable[[str, Preview], None]


@dataclass(frozen=True)
class Timing:
    """All in seconds. `quiet`: how long the socket may say nothing of a render before queue and history are asked.
    `pause`: between two askings when there is no socket or no answer. `patience`: how long the server may be gone.
    `rereads`: how often, `pause` apart, a render that the socket called over may be missing from the history.
    `beat`: how long the watch itself may say nothing, apart from the time that one request takes."""

    quiet: float = 3.0
    pause: float = 1.0
    patience: float = 60.0
    rereads: int = 10
    longest_backoff: float = 30.0
    beat: float = 1.0


@dataclass(frozen=True)
class Sighting:
    """Where queue and history say a render is. `position` counts the prompts before it."""

    where: Whereabouts
    position: int = 0
    graph: Graph | None = None
    entry: dict[str, Any] | None = None


def sight(client: ComfyClient, prompt_id: str) -> Sighting:
    """Ask the queue, then the history. In this order a render that ends in between cannot be missed by both."""
    queue = client.queue()
    for item in queue.running:
        if item.prompt_id == prompt_id:
            return Sighting(Whereabouts.RUNNING, graph=item.graph)
    for place, item in enumerate(queue.pending):
        if item.prompt_id == prompt_id:
            return Sighting(Whereabouts.QUEUED, position=place + len(queue.running), graph=item.graph)
    entry = client.history(prompt_id)
    return Sighting(Whereabouts.UNKNOWN) if entry is None else Sighting(Whereabouts.FINISHED, entry=entry)


class RenderWatch:
    """One watch of one render."""

    def __init__(self, client: ComfyClient, prompt_id: str, timing: Timing, on_preview: OnPreview | None) -> None:
        self._client = client
        self._prompt_id = prompt_id
        self._timing = timing
        self._on_preview = on_preview
        self._tracker = ProgressTracker(prompt_id)
        self._socket_stack = ExitStack()
        self._socket: ClientConnection | None = None
        self._next_try = 0.0
        self._backoff = timing.pause

    def run(self) -> Generator[RenderEvent, None, None]:
        """Progress until RenderDone. Raises RenderFailed, RenderCancelled, RenderLost, Unreachable,
        AuthenticationFailed."""
        with self._socket_stack:
            entry = yield from self._follow()
        yield outcome(self._client.url, entry)

    def _follow(self) -> Generator[RenderProgress, None, dict[str, Any]]:
        """Progress until the history has the render; its entry there."""
        missing = 0
        while True:
            # The socket first: what happens between asking and listening would be missed the other way round.
            self._open_socket()
            sighting = yield from self._ask()
            if sighting.entry is not None:
                return sighting.entry
            if sighting.where is Whereabouts.UNKNOWN:
                missing += 1
                self._check_lost(missing)
                yield self._tracker.current
                time.sleep(self._timing.pause)
            else:
                missing = 0
                yield self._place(sighting)
                yield from self._listen()

    def _check_lost(self, missing: int) -> None:
        # A finished render reaches the history a moment after the socket called it over (ComfyUI issue 11540).
        if missing > (self._timing.rereads if self._tracker.over else 1):
            raise RenderLost(f"{self._client.url} no longer knows {self._prompt_id}")

    def _ask(self) -> Generator[RenderProgress, None, Sighting]:
        """Queue and history, for as long as patience lasts. It is counted from the first failure: a reader that
        takes its time between two events must not use it up."""
        failing_since: float | None = None
        while True:
            try:
                return sight(self._client, self._prompt_id)
            except Unreachable:
                now = time.monotonic()
                failing_since = now if failing_since is None else failing_since
                if now - failing_since > self._timing.patience:
                    raise
            yield self._tracker.current
            time.sleep(self._timing.pause)

    def _place(self, sighting: Sighting) -> RenderProgress:
        if sighting.graph is not None:
            self._tracker.know_graph(sighting.graph)
        if sighting.where is Whereabouts.QUEUED:
            return self._tracker.wait(sighting.position)
        return self._tracker.run()

    def _listen(self) -> Generator[RenderProgress, None, None]:
        """Progress from the socket until it is worth asking again."""
        if self._socket is None:
            time.sleep(self._timing.pause)
            return
        self._tracker.over = False  # queue and history know better
        quiet_until = time.monotonic() + self._timing.quiet
        while not self._tracker.over:
            try:
                message = self._socket.recv(timeout=max(0.0, min(self._timing.beat, quiet_until - time.monotonic())))
            except TimeoutError:
                if time.monotonic() >= quiet_until:
                    return
                yield self._tracker.current
                continue
            except ConnectionClosed:
                self._drop_socket()
                return
            self._backoff = self._timing.pause
            if isinstance(message, bytes):
                self._show_preview(message)
            elif progress := self._tracker.read(message):
                yield progress
                quiet_until = time.monotonic() + self._timing.quiet

    def _show_preview(self, frame: bytes) -> None:
        if self._on_preview and (preview := read_preview(frame)):
            self._on_preview(self._prompt_id, preview)

    def _open_socket(self) -> None:
        if self._socket is not None or time.monotonic() < self._next_try:
            return
        try:
            self._socket = self._socket_stack.enter_context(self._client.socket(self._prompt_id))
        except Unreachable:
            self._drop_socket()

    def _drop_socket(self) -> None:
        """Close it before another is opened for the same client id, and wait longer from time to time."""
        self._socket = None
        self._socket_stack.close()
        self._next_try = time.monotonic() + self._backoff
        self._backoff = min(2 * self._backoff, self._timing.longest_backoff)
