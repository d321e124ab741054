"""ComfyBackend on the genuine server: what is rendered, what fails, and what outlives a process or a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from tests.comfyui.kit.graphs import load_graph
from tests.comfyui.kit.server import ComfyServer
from vidctl.domain.document import new_id
from vidctl.domain.recipe import Graph, MediaKind, RenderRequest
from vidctl.errors import OutputInvalid, RenderFailed, ServerCannotRender, Unreachable
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.progress import Preview
from vidctl.gateways.comfyui.watching import Timing
from vidctl.gateways.render_backend import (
    RemoteFile,
    RenderCancelled,
    RenderDone,
    RenderLost,
    RenderProgress,
    Whereabouts,
)

Connect = Callable[..., ComfyBackend]


def build(request: RenderRequest) -> Graph:
    """The named graph with the request's values, each a field of the node whose name stands before the dot."""
    graph = load_graph(request.workflow)
    for place, value in request.values.items():
        node_id, _, field = place.partition(".")
        graph[node_id]["inputs"][field] = value
    return graph


def ask_for(workflow: str, **values: Any) -> RenderRequest:
    named = {name.replace("__", "."): value for name, value in values.items()}
    return RenderRequest(kind=MediaKind.IMAGE, backend="comfyui", workflow=workflow, width=64, height=64, values=named)


def slow() -> RenderRequest:
    """Ten seconds, unless it is stopped; never twice the same."""
    return ask_for("steps", steps__nonce=int(new_id()[:8], 16))


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A backend of its own for each call, as each process has one."""
    opened: list[ComfyBackend] = []

    def connect(server: ComfyServer, **options: Any) -> ComfyBackend:
        opened.append(ComfyBackend(ComfyClient(server.url), build, "genuine", **options))
        return opened[-1]

    yield connect
    for backend in opened:
        backend.close()


@pytest.fixture
def backend(comfy: ComfyServer, connect: Connect) -> ComfyBackend:
    return connect(comfy)


@pytest.fixture(scope="module")
def breakable() -> Iterator[ComfyServer]:
    """A server of this module's own, to be killed."""
    with ComfyServer.start() as server:
        yield server


def render(backend: ComfyBackend, request: RenderRequest) -> RenderDone:
    prompt_id = new_id()
    backend.submit(request, prompt_id)
    *_, done = backend.watch(prompt_id)
    assert isinstance(done, RenderDone)
    return done


def fetched(backend: ComfyBackend, request: RenderRequest, folder: Path) -> Path:
    (file,) = render(backend, request).files
    backend.fetch(file, folder / file.filename)
    return folder / file.filename


def start(backend: ComfyBackend, request: RenderRequest) -> str:
    prompt_id = new_id()
    backend.submit(request, prompt_id)
    while backend.locate(prompt_id) is not Whereabouts.RUNNING:
        pass
    return prompt_id


def pixels(path: Path) -> bytes:
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


def test_text_becomes_a_picture(backend: ComfyBackend, tmp_path: Path) -> None:
    with Image.open(fetched(backend, ask_for("t2i"), tmp_path)) as picture:
        assert picture.size == (64, 64)


def test_a_lora_makes_another_picture(backend: ComfyBackend, tmp_path: Path) -> None:
    plain = fetched(backend, ask_for("t2i"), tmp_path)
    changed = fetched(backend, ask_for("t2i_lora"), tmp_path)
    assert pixels(plain) != pixels(changed)


def test_text_becomes_a_film(backend: ComfyBackend, tmp_path: Path) -> None:
    with av.open(fetched(backend, ask_for("t2v"), tmp_path)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 9


def test_an_uploaded_picture_becomes_a_film(comfy: ComfyServer, backend: ComfyBackend, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "début.png")
    client = ComfyClient(comfy.url)
    name = client.upload(tmp_path / "début.png")
    client.close()
    (node_id,) = [key for key, node in load_graph("i2v").items() if node["class_type"] == "LoadImage"]
    request = ask_for("i2v", **{f"{node_id}__image": name})
    backend.validate(request)
    assert fetched(backend, request, tmp_path).suffix == ".mp4"


def test_the_same_graph_again_gives_the_same_picture_in_a_file_of_its_own(
    backend: ComfyBackend, tmp_path: Path
) -> None:
    """The server has it in its cache, where it would name the first file though that may be gone by now."""
    request = ask_for("t2i", sampler__seed=4711)
    first, second = (fetched(backend, request, tmp_path) for _ in range(2))
    assert first.name != second.name
    assert pixels(first) == pixels(second)


def test_the_sampler_tells_its_steps(backend: ComfyBackend) -> None:
    prompt_id = new_id()
    backend.submit(slow_sampler(), prompt_id)
    steps = [
        event.step for event in backend.watch(prompt_id) if isinstance(event, RenderProgress) and event.steps == 30
    ]
    assert len(steps) > 2
    assert steps[-1] == 30


def slow_sampler() -> RenderRequest:
    return ask_for("t2i", sampler__steps=30, sampler__seed=int(new_id()[:8], 16))


def test_previews_are_pictures(comfy: ComfyServer, connect: Connect) -> None:
    seen: list[Preview] = []
    backend = connect(comfy, on_preview=lambda _, preview: seen.append(preview))
    render(backend, slow_sampler())
    assert seen
    assert all(preview.image.startswith(b"\xff\xd8") for preview in seen if preview.media_type == "image/jpeg")


def test_a_missing_model_is_told_with_one_that_looks_like_it(backend: ComfyBackend) -> None:
    with pytest.raises(ServerCannotRender) as caught:
        backend.validate(ask_for("t2i", checkpoint__ckpt_name="tiny-sd15.ckpt"))
    (lack,) = caught.value.details["lacks"]
    assert (lack["node_id"], lack["field"]) == ("checkpoint", "ckpt_name")
    assert lack["suggestions"] == ("tiny_sd15.safetensors",)


def test_a_model_that_was_installed_meanwhile_is_found(comfy: ComfyServer, backend: ComfyBackend) -> None:
    request = ask_for("t2i", checkpoint__ckpt_name="fresh.safetensors")
    with pytest.raises(ServerCannotRender):
        backend.validate(request)
    folder = comfy.base / "models" / "checkpoints"
    (folder / "fresh.safetensors").symlink_to((folder / "tiny_sd15.safetensors").resolve())
    try:
        backend.validate(request)
    finally:
        (folder / "fresh.safetensors").unlink()


def test_the_server_and_the_check_agree_on_what_is_wrong(backend: ComfyBackend) -> None:
    request = ask_for("t2i", sampler__steps=0, sampler__scheduler="nosuch")
    with pytest.raises(ServerCannotRender) as ours:
        backend.validate(request)
    with pytest.raises(ServerCannotRender) as theirs:
        backend.submit(request, new_id())
    assert {lack["field"] for lack in ours.value.details["lacks"]} == {"steps", "scheduler"}
    assert {node["field"] for node in theirs.value.details["nodes"]} == {"steps", "scheduler"}


def test_a_failed_node_is_named(backend: ComfyBackend) -> None:
    with pytest.raises(RenderFailed) as caught:
        render(backend, ask_for("fail", fail__kind="runtime"))
    told = caught.value.details
    assert (told["node_id"], told["class_type"], told["exception_type"]) == ("fail", "VidctlFail", "RuntimeError")
    assert told["oom"] is False


def test_memory_that_ran_out_is_told_apart(backend: ComfyBackend) -> None:
    with pytest.raises(RenderFailed) as caught:
        render(backend, ask_for("fail", fail__kind="oom"))
    assert caught.value.details["oom"] is True


def test_a_file_that_never_was_cannot_be_fetched(backend: ComfyBackend, tmp_path: Path) -> None:
    with pytest.raises(OutputInvalid):
        backend.fetch(RemoteFile("../../etc/passwd"), tmp_path / "secrets")
    assert list(tmp_path.iterdir()) == []


def test_exactly_one_of_several_is_cancelled(backend: ComfyBackend) -> None:
    running = start(backend, slow())
    waiting = [new_id() for _ in range(3)]
    for prompt_id in waiting:
        backend.submit(slow(), prompt_id)
    assert backend.cancel(waiting[1])
    assert [backend.locate(prompt_id) for prompt_id in (running, *waiting)] == [
        Whereabouts.RUNNING,
        Whereabouts.QUEUED,
        Whereabouts.UNKNOWN,
        Whereabouts.QUEUED,
    ]
    assert backend.cancel(running)
    with pytest.raises(RenderCancelled):
        list(backend.watch(running))
    while backend.locate(waiting[0]) is not Whereabouts.RUNNING:
        pass
    for prompt_id in reversed(waiting):
        backend.cancel(prompt_id)


def test_a_render_outlives_the_process_that_submitted_it(comfy: ComfyServer, connect: Connect) -> None:
    first = connect(comfy)
    prompt_id = new_id()
    first.submit(ask_for("steps", steps__steps=10, steps__nonce=int(prompt_id[:8], 16)), prompt_id)
    with_socket = first.watch(prompt_id)
    next(with_socket)
    with_socket.close()
    first.close()
    second = connect(comfy)
    assert second.locate(prompt_id) is Whereabouts.RUNNING
    *progress, done = second.watch(prompt_id)
    assert isinstance(done, RenderDone)
    assert any(event.steps == 10 for event in progress if isinstance(event, RenderProgress))


def test_a_killed_server_is_unreachable(breakable: ComfyServer, connect: Connect) -> None:
    backend = connect(breakable, timing=Timing(patience=2))
    events = backend.watch(start(backend, slow()))
    next(events)
    breakable.kill()
    with pytest.raises(Unreachable):
        list(events)
    breakable.restart()


def test_a_server_that_was_killed_and_came_back_has_lost_the_render(breakable: ComfyServer, connect: Connect) -> None:
    backend = connect(breakable)
    events = backend.watch(start(backend, slow()))
    next(events)
    breakable.kill()
    breakable.restart()
    with pytest.raises(RenderLost):
        list(events)


def test_a_node_that_kills_the_server_leaves_the_render_unreachable(breakable: ComfyServer, connect: Connect) -> None:
    backend = connect(breakable, timing=Timing(patience=2))
    prompt_id = new_id()
    with suppress(Unreachable):  # it may be dead before it has answered
        backend.submit(ask_for("fail", fail__kind="crash"), prompt_id)
    with pytest.raises(Unreachable):
        list(backend.watch(prompt_id))
    breakable.restart()
    assert backend.locate(prompt_id) is Whereabouts.UNKNOWN
