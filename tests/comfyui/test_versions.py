"""Older servers out in the field start and render too: what vidctl promises for several versions can be tried."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.comfyui.kit import install
from tests.comfyui.kit.graphs import load_graph, output_files, run_graph
from tests.comfyui.kit.server import ComfyServer

OLDER_VERSIONS = [version for version in install.SERVERS if version != install.DEFAULT_VERSION]
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=OLDER_VERSIONS)
def older(request: pytest.FixtureRequest) -> Iterator[ComfyServer]:
    with ComfyServer.start(request.param) as server:
        yield server


def test_an_older_server_is_the_version_that_was_asked_for(older: ComfyServer) -> None:
    system = httpx.get(f"{older.url}/system_stats", trust_env=False).json()["system"]
    assert system["comfyui_version"] == older.version


@pytest.mark.parametrize("graph_name", ["png", "t2i", "t2i_lora"])
def test_an_older_server_makes_a_picture(older: ComfyServer, graph_name: str) -> None:
    with httpx.Client(base_url=older.url, timeout=30, trust_env=False) as client:
        (content,) = output_files(client, run_graph(client, load_graph(graph_name)))
    assert content.startswith(PNG_SIGNATURE)
