"""The contract of all backends, on the genuine server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.comfyui.kit.graphs import load_graph
from tests.comfyui.kit.server import ComfyServer
from tests.contract.test_backends import *  # noqa: F403
from tests.contract.test_backends import Stage, ask_for
from vidctl.domain.document import new_id
from vidctl.domain.recipe import Graph, RenderRequest
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient


def build(request: RenderRequest) -> Graph:
    """The named graph, never the same twice: the server would take it from its cache."""
    graph = load_graph(request.workflow)
    for node in graph.values():
        for field in {"seed", "nonce"} & node["inputs"].keys():
            node["inputs"][field] = int(new_id()[:8], 16)
        if node["class_type"] == "CheckpointLoaderSimple" and request.seed:
            node["inputs"]["ckpt_name"] = "no-such-model.safetensors"
    return graph


@pytest.fixture
def stage(comfy: ComfyServer) -> Iterator[Stage]:
    backend = ComfyBackend(ComfyClient(comfy.url), build, "genuine")
    with closing(backend):
        yield Stage(backend, ask_for("t2i"), slow=ask_for("steps"), impossible=ask_for("t2i", seed=1))
