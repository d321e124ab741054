"""Recorded traffic of genuine ComfyUI servers, told again under another prompt id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "data" / "comfyui" / "recorded"

VERSIONS = ("0.3.75", "0.16.3", "0.30.0")


@dataclass(frozen=True)
class Recording:
    """One run: what the websocket said after the prompt was queued, and what the server answered."""

    prompt_id: str
    frames: tuple[str | bytes, ...]
    history: str
    submitted: str

    @property
    def graph(self) -> dict[str, Any]:
        graph: dict[str, Any] = json.loads(self.history)[self.prompt_id]["prompt"][2]
        return graph

    def frames_for(self, prompt_id: str) -> list[str | bytes]:
        return [
            frame if isinstance(frame, bytes) else frame.replace(self.prompt_id, prompt_id) for frame in self.frames
        ]

    def entry_for(self, prompt_id: str) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self.history.replace(self.prompt_id, prompt_id))[prompt_id]
        return entry

    def submitted_for(self, prompt_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.submitted.replace(self.prompt_id, prompt_id))
        return answer


@cache
def recording(name: str, version: str = "0.30.0") -> Recording:
    """A run by its name in tests/data/comfyui/recorded/<version>/runs."""
    runs = FOLDER / version / "runs"
    history = (runs / f"{name}.history.json").read_text()
    submitted = (runs / f"{name}.submitted.json").read_text()
    lines = [json.loads(line) for line in (runs / f"{name}.ws.jsonl").read_text().splitlines()]
    preview = runs / f"{name}.001.bin"
    return Recording(
        prompt_id=next(iter(json.loads(history))),
        frames=tuple(
            # Only the first preview of a run is kept whole; it stands for the others.
            preview.read_bytes() if "binary" in line else json.dumps({"type": line["type"], "data": line["data"]})
            for line in lines
            if line.get("type") not in ("status", "feature_flags")
        ),
        history=history,
        submitted=submitted,
    )


def answer(name: str, version: str = "0.30.0") -> Any:
    """The body of a recorded HTTP exchange."""
    return json.loads((FOLDER / version / "http" / f"{name}.json").read_text())["body"]


def refused(name: str) -> dict[str, Any]:
    """The body of a recorded 400 answer to POST /prompt."""
    body: dict[str, Any] = json.loads((FOLDER / "0.30.0" / "refused" / f"{name}.json").read_text())
    return body


@cache
def media(name: str) -> bytes:
    """A file that a genuine server made: a film if the name says so, else a picture."""
    film = name.endswith((".mp4", ".webm"))
    return (FOLDER / "media" / ("film.mp4" if film else "picture.png")).read_bytes()


@cache
def object_info() -> dict[str, Any]:
    """How 0.30.0 describes the node classes that our workflows use."""
    described: dict[str, Any] = json.loads((FOLDER / "0.30.0" / "object_info.json").read_text())
    return described
