"""The small workflows of tests/data/comfyui/graphs, and a plain way to run one, without vidctl code in between."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).resolve().parents[2] / "data" / "comfyui" / "graphs"
RUN_TIMEOUT = 90.0  # seconds; a tiny render takes one to five
POLL_INTERVAL = 0.1  # seconds

Graph = dict[str, dict[str, Any]]


def load_graph(name: str) -> Graph:
    """The graph in API form, fresh: the caller may change it."""
    graph: Graph = json.loads((FOLDER / f"{name}.json").read_text())
    return graph


def run_graph(client: httpx.Client, graph: Graph) -> dict[str, Any]:
    """Submit a graph, wait for it, return its history entry. A refusal raises; a failed run is in the entry."""
    answer = client.post("/prompt", json={"prompt": graph})
    if answer.is_error:
        raise AssertionError(f"the server refused the graph: {answer.text}")
    prompt_id = answer.json()["prompt_id"]
    deadline = time.monotonic() + RUN_TIMEOUT
    while time.monotonic() < deadline:
        history = client.get(f"/history/{prompt_id}").json()
        if prompt_id in history:
            entry: dict[str, Any] = history[prompt_id]
            return entry
        time.sleep(POLL_INTERVAL)
    raise AssertionError(f"the render did not end within {RUN_TIMEOUT:.0f} seconds")


def output_files(client: httpx.Client, entry: dict[str, Any]) -> list[bytes]:
    """The content of every file that a run saved."""
    if entry["status"]["status_str"] != "success":
        raise AssertionError(f"the run failed: {entry['status']}")
    files = [file for output in entry["outputs"].values() for file in output["images"]]
    return [client.get("/view", params=file).raise_for_status().content for file in files]
