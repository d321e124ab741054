"""What a server itself knows of its prompts, asked over plain HTTP, without vidctl code in between."""

from __future__ import annotations

from typing import Any

import httpx

from tests.comfyui.kit.graphs import Graph, load_graph
from tests.comfyui.studio import until


class ServerView:
    """Sees the prompts that came after it was opened, or all `since_start` of the server."""

    def __init__(self, url: str, *, since_start: bool = False) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._before = set() if since_start else set(self._all())

    def close(self) -> None:
        self._http.close()

    def make_idle(self) -> None:
        """Drop whatever the server still does."""
        self._http.post("/queue", json={"clear": True})
        self._http.post("/interrupt", json={})
        until(lambda: not {"running", "pending"} & set(self._all().values()), "the server is idle")

    def prompts(self) -> dict[str, str]:
        """Ids with what became of each: running, pending, success, error or interrupted. In the order of history."""
        return {prompt_id: state for prompt_id, state in self._all().items() if prompt_id not in self._before}

    def running(self) -> list[str]:
        return [prompt_id for prompt_id, state in self.prompts().items() if state == "running"]

    def await_running(self) -> str:
        """The id of a prompt that runs, as soon as one does."""
        until(lambda: bool(self.running()), "a prompt runs")
        return self.running()[0]

    def await_state(self, prompt_id: str, state: str) -> None:
        until(lambda: self.prompts().get(prompt_id) == state, f"{prompt_id} is {state}")

    def graph(self, prompt_id: str) -> Graph:
        """The graph that was run."""
        graph: Graph = self._history(prompt_id)[prompt_id]["prompt"][2]
        return graph

    def output(self, prompt_id: str) -> str:
        """The picture that was made, by its path in the server's output folder."""
        (files,) = self._history(prompt_id)[prompt_id]["outputs"].values()
        return f"{files['images'][0]['subfolder']}/{files['images'][0]['filename']}"

    def submit(self, name: str = "png", **values: Any) -> str:
        """Somebody else's prompt: a graph of tests/data with values for its node `steps`."""
        graph = load_graph(name)
        if values:
            graph["steps"]["inputs"] |= values
        prompt_id: str = self._http.post("/prompt", json={"prompt": graph}).raise_for_status().json()["prompt_id"]
        return prompt_id

    def interrupt(self, prompt_id: str) -> None:
        """Stop a running prompt, as somebody at the server's own page would."""
        self._http.post("/interrupt", json={"prompt_id": prompt_id}).raise_for_status()

    def _all(self) -> dict[str, str]:
        # the queue first: a prompt that ends in between is then seen twice instead of never
        queue = self._http.get("/queue").raise_for_status().json()
        waiting = {item[1]: "pending" for item in queue["queue_pending"]}
        running = {item[1]: "running" for item in queue["queue_running"]}
        return waiting | running | {prompt_id: _ending(entry) for prompt_id, entry in self._history().items()}

    def _history(self, prompt_id: str = "") -> dict[str, Any]:
        history: dict[str, Any] = self._http.get(f"/history/{prompt_id}".rstrip("/")).raise_for_status().json()
        return history


def _ending(entry: dict[str, Any]) -> str:
    kinds = {kind for kind, _ in entry["status"]["messages"]}
    return "interrupted" if "execution_interrupted" in kinds else str(entry["status"]["status_str"])
