"""Older servers out in the field start and render too: what vidctl promises for several versions can be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.comfyui.kit import install
from tests.comfyui.kit.graphs import load_graph, output_files, run_graph
from tests.comfyui.kit.server import ComfyServer
from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import ENDLESS, QUICK, Studio
from vidctl.domain.job import JobStatus

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


@pytest.fixture
def studio(older: ComfyServer, tmp_path: Path) -> Iterator[Studio]:
    with closing(Studio(tmp_path, older.url)) as studio:
        studio.plan("a", "b")
        yield studio


def test_vidctl_renders_takes_on_an_older_server(older: ComfyServer, studio: Studio) -> None:
    lora = ("--lora", "tiny_sd15_lora.safetensors:0.8")
    (check,) = studio.ask("comfyui", "check")["items"]
    rendered = studio.ask("generate", "image", "one/a", *QUICK, *lora, "--count", 2)
    assert (check["version"], rendered["succeeded"]) == (older.version, 2)
    assert [(take.width, take.height) for take in studio.gallery("one/a").images] == [(64, 64)] * 2


def test_what_an_older_server_lacks_is_told_before_it_is_asked(studio: Studio) -> None:
    refused = studio.vidctl("generate", "image", "one/a", "--sampler", "eulr", code=1)
    assert "did you mean euler" in refused.err


def test_a_cancelled_render_leaves_the_others_on_an_older_server(older: ComfyServer, studio: Studio) -> None:
    with closing(ServerView(older.url)) as seen:
        cancelled = studio.queue_image("a", *ENDLESS)
        worker = studio.start("queue", "work", "--until-empty", "--no-animatic")
        prompt_id = seen.await_running()
        foreign, another = seen.submit(), studio.queue_image("b")
        studio.vidctl("queue", "cancel", cancelled)
        worker.end()
        seen.await_state(foreign, "success")
        assert seen.prompts() == {
            prompt_id: "interrupted", foreign: "success", studio.job(another).prompt_id: "success",
        }  # fmt: skip
        assert studio.job(cancelled).status is JobStatus.CANCELLED


def test_a_worker_that_dies_costs_no_render_on_an_older_server(older: ComfyServer, studio: Studio) -> None:
    with closing(ServerView(older.url)) as seen:
        job_id = studio.queue_image("a", "--size", "64x64", "--steps", "40")
        worker = studio.start("queue", "work", "--until-empty", "--no-animatic")
        prompt_id = seen.await_running()
        worker.kill()
        studio.vidctl("queue", "work", "--until-empty", "--no-animatic")
        assert seen.prompts() == {prompt_id: "success"}
        assert studio.job(job_id).status is JobStatus.SUCCEEDED
