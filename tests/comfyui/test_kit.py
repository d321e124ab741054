"""The kit works: what it starts is the genuine server, and it renders what the other tests will ask for.

Plain HTTP on purpose, so that a failure here speaks of the kit and one elsewhere of vidctl.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import av
import httpx
import pytest
from PIL import Image

from tests.comfyui.kit import install
from tests.comfyui.kit.graphs import load_graph, output_files, run_graph
from tests.comfyui.kit.server import ComfyServer, ServerStartError

TINY_MODELS = {
    "checkpoints": {"tiny_sd15.safetensors"},
    "text_encoders": {"tiny_clip_l.safetensors"},
    "diffusion_models": {"tiny_wan_t2v.safetensors", "tiny_wan_i2v.safetensors"},
    "vae": {"tiny_wan_vae.safetensors"},
    "loras": {"tiny_sd15_lora.safetensors", "tiny_wan_lora.safetensors"},
}


@pytest.fixture
def client(comfy: ComfyServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=comfy.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def breakable() -> Iterator[ComfyServer]:
    """A server of this module's own, to be killed and stopped."""
    with ComfyServer.start() as server:
        yield server


def picture(client: httpx.Client, graph_name: str) -> Image.Image:
    (content,) = output_files(client, run_graph(client, load_graph(graph_name)))
    return Image.open(io.BytesIO(content)).convert("RGB")


def film_frames(client: httpx.Client, graph_name: str) -> list[bytes]:
    (content,) = output_files(client, run_graph(client, load_graph(graph_name)))
    with av.open(io.BytesIO(content), "r") as film:
        return [frame.to_image().tobytes() for frame in film.decode(video=0)]


def system_version(url: str) -> str:
    system = httpx.get(f"{url}/system_stats", trust_env=False).raise_for_status().json()["system"]
    return str(system["comfyui_version"])


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/system_stats", trust_env=False).is_success
    except httpx.ConnectError:
        return False


def is_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_server_is_the_version_that_was_asked_for(comfy: ComfyServer) -> None:
    assert system_version(comfy.url) == install.DEFAULT_VERSION


@pytest.mark.parametrize("folder", TINY_MODELS)
def test_the_server_lists_the_tiny_models(client: httpx.Client, folder: str) -> None:
    assert TINY_MODELS[folder] <= set(client.get(f"/models/{folder}").json())


def test_a_graph_without_models_makes_the_picture_it_says(client: httpx.Client) -> None:
    made = picture(client, "png")
    assert (made.size, made.getpixel((5, 5))) == ((64, 48), (0x33, 0x66, 0x99))


def test_a_graph_without_models_makes_the_film_it_says(client: httpx.Client) -> None:
    assert len(film_frames(client, "mp4")) == 12


def test_text_becomes_a_picture(client: httpx.Client) -> None:
    made = picture(client, "t2i")
    assert made.size == (64, 64)
    assert len(made.getcolors(maxcolors=64 * 64) or []) > 100, "an even picture means that the weights blew up"


def test_a_lora_changes_the_picture(client: httpx.Client) -> None:
    assert picture(client, "t2i_lora").tobytes() != picture(client, "t2i").tobytes()


def test_text_becomes_a_film(client: httpx.Client) -> None:
    frames = film_frames(client, "t2v")
    assert len(frames) == 9
    assert len(set(frames)) > 1, "a still film means that the weights blew up"


def test_a_lora_changes_the_film(client: httpx.Client) -> None:
    assert film_frames(client, "t2v_lora") != film_frames(client, "t2v")


def test_a_picture_becomes_a_film(client: httpx.Client) -> None:
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(content, "PNG")
    client.post("/upload/image", files={"image": ("start.png", content.getvalue())}).raise_for_status()
    assert len(film_frames(client, "i2v")) == 9


def test_the_failing_node_reports_the_error_that_it_was_told_to(client: httpx.Client) -> None:
    status = run_graph(client, load_graph("fail"))["status"]
    (error,) = [data for kind, data in status["messages"] if kind == "execution_error"]
    assert error["exception_type"] == "torch.OutOfMemoryError"


def test_a_killed_server_comes_back_on_its_port(breakable: ComfyServer) -> None:
    url, killed = breakable.url, breakable.pid
    breakable.kill()
    assert not answers(url)
    breakable.restart()
    assert answers(url)
    assert breakable.pid != killed


def test_a_stopped_server_leaves_no_process(breakable: ComfyServer) -> None:
    pid = breakable.pid
    breakable.stop()
    assert not is_alive(pid)
    assert not answers(breakable.url)


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(ServerStartError, match="unrecognized arguments: --no-such-option"):
        ComfyServer.start(extra_args=["--no-such-option"])
