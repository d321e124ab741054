"""ComfyUI as a render backend. A render is known to the server by our prompt id from the first byte on, and the same
id names its websocket, so any process that knows the id can take the render up."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator
from pathlib import Path

from vidctl.domain.recipe import Graph, RenderRequest
from vidctl.errors import ServerCannotRender
from vidctl.gateways.comfyui.catalog import Catalog
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.graph_check import Lack, LackKind, check_graph
from vidctl.gateways.comfyui.refusals import refusal
from vidctl.gateways.comfyui.watching import OnPreview, RenderWatch, Timing, sight
from vidctl.gateways.render_backend import (
    BackendStatus,
    RemoteFile,
    RenderBackend,
    RenderCancelled,
    RenderEvent,
    RenderLost,
    Whereabouts,
)

Build = Callable[[RenderRequest], Graph]

#: A node is asked between its steps whether it was interrupted; one that never asks is given up after these seconds.
_CANCEL_SECONDS = 10.0
_CANCEL_PAUSE = 0.1
_GIB = 2**30
#: The input by which all nodes that save files, the core's and others', are told how the names begin.
_FILE_NAME = "filename_prefix"


class ComfyBackend(RenderBackend):
    """Renders on one server. `build` binds a request to its workflow's graph; `on_preview` gets prompt id and picture
    of unfinished renders, which the server makes only if somebody wants them. The client is closed with the backend."""

    durable = True

    def __init__(
        self,
        client: ComfyClient,
        build: Build,
        name: str,
        *,
        timing: Timing | None = None,
        on_preview: OnPreview | None = None,
    ) -> None:
        self.name = name
        self.catalog = Catalog(client)
        self._client = client
        self._build = build
        self._timing = timing or Timing()
        self._on_preview = on_preview
        self._cancelled: set[str] = set()

    def status(self) -> BackendStatus:
        stats, queue = self._client.system_stats(), self._client.queue()
        return BackendStatus(
            version=str(stats["system"].get("comfyui_version", "unknown")),
            devices=tuple(map(_device, stats.get("devices", ()))),
            queued=len(queue.pending),
            running=len(queue.running),
        )

    def validate(self, request: RenderRequest) -> None:
        graph = self._build(request)
        if check_graph(graph, self.catalog.describe):
            # What was missing when the catalogue was read may have been installed since.
            self.catalog.forget()
            if lacks := check_graph(graph, self.catalog.describe):
                raise _cannot_render(self.name, lacks)

    def submit(self, request: RenderRequest, prompt_id: str) -> None:
        previews = {"preview_method": "auto" if self._on_preview else "none"}
        graph = _with_own_files(self._build(request), prompt_id)
        node_errors = self._client.prompt(graph, prompt_id, client_id=prompt_id, extra_data=previews)
        if node_errors:
            self.cancel(prompt_id)
            raise refusal(self._client.url, {"node_errors": node_errors})

    def locate(self, prompt_id: str) -> Whereabouts:
        return sight(self._client, prompt_id).where

    def watch(self, prompt_id: str) -> Generator[RenderEvent, None, None]:
        try:
            yield from RenderWatch(self._client, prompt_id, self._timing, self._on_preview).run()
        except RenderLost:
            # A render that is taken out of the queue leaves no trace in the history.
            if prompt_id in self._cancelled:
                raise RenderCancelled(f"{prompt_id} was taken out of the queue of {self.name}") from None
            raise

    def fetch(self, file: RemoteFile, destination: Path) -> None:
        self._client.view(file, destination)

    def cancel(self, prompt_id: str) -> bool:
        found = False
        deadline = time.monotonic() + _CANCEL_SECONDS
        while time.monotonic() < deadline:
            # It may start to run between the look and the deletion, so both are repeated until it is in neither.
            if self._client.queue().waits(prompt_id):
                self._client.delete_pending(prompt_id)
            elif not self._client.interrupt(prompt_id):
                return found
            found = True
            self._cancelled.add(prompt_id)
            time.sleep(_CANCEL_PAUSE)
        return found

    def close(self) -> None:
        self._client.close()


def _with_own_files(graph: Graph, prompt_id: str) -> Graph:
    """The graph with file names of its own: of one that it has run before a server names the old files, and those may
    be spoilt or gone by now. Only what saves is run again, the rest comes from the server's cache."""
    ending = f"-{prompt_id[:8]}"
    named = dict(graph)
    for node_id, node in graph.items():
        inputs = node.get("inputs", {})
        if isinstance(inputs.get(_FILE_NAME), str):
            named[node_id] = {**node, "inputs": {**inputs, _FILE_NAME: inputs[_FILE_NAME] + ending}}
    return named


def _device(device: dict[str, object]) -> str:
    free, total = (float(str(device.get(key) or 0)) / _GIB for key in ("vram_free", "vram_total"))
    return f"{device.get('name', device.get('type', 'unknown'))}, {free:.1f} of {total:.1f} GiB free"


def _cannot_render(name: str, lacks: list[Lack]) -> ServerCannotRender:
    return ServerCannotRender(
        f"{name} cannot render this graph",
        cause="; ".join(map(str, lacks)),
        fix=_remedy(lacks),
        lacks=[dataclasses.asdict(lack) for lack in lacks],
    )


def _remedy(lacks: list[Lack]) -> str:
    if near := dict.fromkeys(suggestion for lack in lacks for suggestion in lack.suggestions):
        return f"did you mean {' or '.join(near)}?"
    if any(lack.kind in (LackKind.NODE_CLASS, LackKind.CHOICE) for lack in lacks):
        return "install what is missing there, or choose another server, model or value"
    return "correct the workflow or the value"
