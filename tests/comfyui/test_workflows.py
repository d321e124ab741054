"""The packaged workflows render on the genuine server: what their `proof` claims."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import av
import httpx
import pytest
from PIL import Image
from pydantic import JsonValue

from tests.comfyui.kit.graphs import output_files, run_graph
from tests.comfyui.kit.server import ComfyServer
from vidctl.domain.recipe import Lora, MediaKind
from vidctl.presets.loader import list_workflows, load_workflow

TINY_FILES = {"text_encoder": "tiny_clip_l.safetensors", "vae": "tiny_wan_vae.safetensors"}
TINY_MODELS = {MediaKind.IMAGE: "tiny_sd15.safetensors", MediaKind.VIDEO: "tiny_wan_t2v.safetensors"}
TINY_LORAS = {MediaKind.IMAGE: "tiny_sd15_lora.safetensors", MediaKind.VIDEO: "tiny_wan_lora.safetensors"}
SMALL: dict[str, JsonValue] = {
    "width": 64,
    "height": 64,
    "frames": 9,
    "steps": 4,
    "seed": 7,
    "fps": 16,
    "negative": "text",
}
#: The node for Wan 2.2 5B makes latents for a VAE of half the scale of the tiny one.
SIDES = {"wan2.2-5b-text-to-video": 32}


@pytest.fixture
def client(comfy: ComfyServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=comfy.url, timeout=30, trust_env=False) as client:
        yield client


def render(
    client: httpx.Client, name: str, loras: Sequence[Lora] = (), changed: Mapping[str, JsonValue] | None = None
) -> list[bytes]:
    """The pictures of a small render, each as its RGB bytes with its size checked."""
    workflow = load_workflow(name)
    model = TINY_MODELS[workflow.kind]
    given = {**SMALL, **TINY_FILES, "model": model, "model_low": model, "prompt": 'a "neon"\ncity', **(changed or {})}
    values = {key: value for key, value in given.items() if key in workflow.parameters}
    (content,) = output_files(client, run_graph(client, workflow.bind(values, loras, f"test/{name}")))
    with av.open(io.BytesIO(content), mode="r") as film:
        pictures: list[Image.Image] = [frame.to_image() for frame in film.decode(video=0)]  # type: ignore[no-untyped-call]
    assert {picture.size for picture in pictures} == {(SIDES.get(name, 64),) * 2}
    return [picture.convert("RGB").tobytes() for picture in pictures]


@pytest.mark.parametrize("name", list_workflows())
def test_a_packaged_workflow_renders_as_many_frames_as_it_was_asked_for(client: httpx.Client, name: str) -> None:
    pictures = render(client, name)
    assert len(pictures) == (9 if load_workflow(name).kind is MediaKind.VIDEO else 1)
    assert len(set(pictures[0])) > 10, "an even picture means that the weights blew up"


@pytest.mark.parametrize("name", list_workflows())
def test_a_chain_of_loras_changes_what_is_rendered(client: httpx.Client, name: str) -> None:
    lora = TINY_LORAS[load_workflow(name).kind]
    chain = [Lora(name=lora, weight=5.0), Lora(name=lora, weight=2.0), Lora(name=lora, weight=-1.0)]
    assert render(client, name, chain) != render(client, name)


@pytest.mark.parametrize("changed", [{"steps": 6}, {"shift": 2.0}, {"cfg": 1.0}])
def test_what_is_set_changes_what_two_experts_render(client: httpx.Client, changed: dict[str, JsonValue]) -> None:
    assert render(client, "wan2.2-text-to-video", changed=changed) != render(client, "wan2.2-text-to-video")


def test_the_second_expert_goes_on_exactly_where_the_first_stopped(client: httpx.Client) -> None:
    """Euler remembers nothing between steps, so with one model as both experts the place of the split cannot show."""
    early, late = ({"split_step": step, "sampler": "euler"} for step in (1, 3))
    name = "wan2.2-text-to-video"
    assert render(client, name, changed=early) == render(client, name, changed=late)
