"""What a server's messages say about one render: how far it is, whether it is over, how it looks so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vidctl.domain.recipe import Graph
from vidctl.gateways.render_backend import RenderProgress


class ProgressTracker:
    """Follows one prompt through its websocket messages and ignores those of others.

    The fraction is the share of the graph's work that is done. A node weighs one, a sampler as much as its steps:
    nearly all time goes there. The graph may come later than the first messages, or never.
    """

    def __init__(self, prompt_id: str) -> None:
        self._prompt_id = prompt_id
        self._graph: Graph = {}
        self._weights: dict[str, float] = {}
        self._done: dict[str, float] = {}
        self._current = RenderProgress(fraction=0.0)
        #: Whether the server says that it is through with the render, well or badly.
        self.over = False

    @property
    def current(self) -> RenderProgress:
        """Where the render is now."""
        return self._current

    def know_graph(self, graph: Graph) -> None:
        """Learn what the render consists of."""
        self._graph = graph
        self._weights = {node_id: _weight(node) for node_id, node in graph.items()}

    def wait(self, position: int) -> RenderProgress:
        """The render waits behind `position` others."""
        self._current = RenderProgress(fraction=self._current.fraction, queue_position=position)
        return self._current

    def run(self) -> RenderProgress:
        """The render runs; which node is not known from here."""
        if self._current.queue_position is not None:
            self._current = RenderProgress(fraction=self._current.fraction)
        return self._current

    def read(self, message: str) -> RenderProgress | None:
        """The progress after a message; None if it says nothing new about this render."""
        kind, data = _parse(message)
        if data.get("prompt_id") != self._prompt_id:
            return None
        before = self._current
        match kind:
            case "execution_start":
                self.run()
            case "execution_cached":
                self._done.update(dict.fromkeys(data["nodes"], 1.0))
                self._show(before.node, before.step, before.steps)
            case "executing":
                self._executing(data)
            case "progress":
                self._step(str(data["node"]), data["value"], data["max"])
            case "progress_state":
                self._state(data["nodes"])
        return None if self._current == before else self._current

    def _executing(self, data: Mapping[str, Any]) -> None:
        if data["node"] is None:
            self.over = True
        else:
            self._show(self._title(str(data["node"])), 0, 0)

    def _step(self, node_id: str, value: float, maximum: float) -> None:
        self._done[node_id] = _share(value, maximum)
        self._show(self._title(node_id), int(value), int(maximum))

    def _state(self, nodes: Mapping[str, Mapping[str, Any]]) -> None:
        node, step, steps = self._current.node, self._current.step, self._current.steps
        for node_id, state in nodes.items():
            share = 1.0 if state["state"] == "finished" else _share(state["value"], state["max"])
            self._done[node_id] = max(share, self._done.get(node_id, 0.0))
            if state["state"] == "running":
                node, step, steps = self._title(node_id), int(state["value"]), int(state["max"])
        # A node that reports no steps of its own counts from 0 to 1.
        self._show(node, *((step, steps) if steps > 1 else (0, 0)))

    def _show(self, node: str, step: int, steps: int) -> None:
        done = sum(weight * self._done.get(node_id, 0.0) for node_id, weight in self._weights.items())
        share = done / sum(self._weights.values()) if self._weights else 0.0
        self._current = RenderProgress(max(share, self._current.fraction), node, step, steps)

    def _title(self, node_id: str) -> str:
        """What the workflow's author calls the node, else its class; the id of one that the graph does not hold
        (nodes may be replaced by others while they run)."""
        node = self._graph.get(node_id, {})
        return str(node.get("_meta", {}).get("title") or node.get("class_type") or node_id)


@dataclass(frozen=True)
class Preview:
    """A picture of an unfinished render, as the server encoded it."""

    media_type: str
    image: bytes


def read_preview(frame: bytes) -> Preview | None:
    """The picture in a binary message; None if it holds something else.

    Layout (big-endian, ComfyUI 0.3.75 to 0.30.0): u32 kind; 1 is followed by u32 format (1 JPEG, 2 PNG) and the
    image; 4 by u32 length, that much JSON with `image_type`, and the image.
    """
    kind, detail = int.from_bytes(frame[:4]), int.from_bytes(frame[4:8])
    if kind == 1 and len(frame) > 8:
        return Preview("image/png" if detail == 2 else "image/jpeg", frame[8:])
    if kind == 4 and len(frame) > 8 + detail:
        about = json.loads(frame[8 : 8 + detail])
        return Preview(str(about.get("image_type", "image/jpeg")), frame[8 + detail :])
    return None


def _parse(message: str) -> tuple[str, Mapping[str, Any]]:
    """Type and data of a message; custom nodes send others of any form, which say nothing to us."""
    try:
        body = json.loads(message)
    except json.JSONDecodeError:
        return "", {}
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        return "", {}
    return str(body.get("type")), body["data"]


def _weight(node: Mapping[str, Any]) -> float:
    steps = node.get("inputs", {}).get("steps")
    return max(1.0, float(steps)) if isinstance(steps, int) else 1.0


def _share(value: float, maximum: float) -> float:
    return min(1.0, max(0.0, value / maximum)) if maximum > 0 else 0.0
