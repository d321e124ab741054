"""What every render backend does, whoever renders. A new backend adds a fixture that gives its Stage, and its name to
the list below. The genuine ComfyUI passes the same tests in tests/comfyui/test_backend_contract.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes.comfy_recordings import recording
from tests.fakes.comfy_wire import ComfyWire
from vidctl.domain.document import new_id
from vidctl.domain.recipe import Graph, MediaKind, RenderRequest, TitleCard
from vidctl.errors import OutputInvalid, ServerCannotRender
from vidctl.gateways.animatic import AnimaticBackend
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.watching import Timing
from vidctl.gateways.render_backend import (
    RemoteFile,
    RenderBackend,
    RenderCancelled,
    RenderDone,
    RenderLost,
    RenderProgress,
    Whereabouts,
)

#: Loopback answers at once; a server is given up after a second.
QUICK = Timing(quiet=0.1, pause=0.02, patience=1.0)


@dataclass
class Stage:
    """A backend and what it can be asked for: a still picture, a render long enough to be stopped (None if it has
    none), and one that it must refuse (None if there is none)."""

    backend: RenderBackend
    picture: RenderRequest
    slow: RenderRequest | None = None
    impossible: RenderRequest | None = None


def ask_for(workflow: str, seed: int = 0) -> RenderRequest:
    return RenderRequest(kind=MediaKind.IMAGE, backend="comfyui", workflow=workflow, width=64, height=64, seed=seed)


@pytest.fixture
def comfy_wire() -> Iterator[Stage]:
    with ComfyWire() as wire:

        def build(request: RenderRequest) -> Graph:
            if request.workflow == "impossible":
                return {"1": {"class_type": "NoSuchNode", "inputs": {}}}
            wire.play = request.workflow
            return recording(request.workflow).graph

        backend = ComfyBackend(ComfyClient(wire.url), build, "fake", timing=QUICK)
        with closing(backend):
            yield Stage(backend, ask_for("t2i"), slow=ask_for("slow"), impossible=ask_for("impossible"))


@pytest.fixture
def animatic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """It draws while it is watched, so nothing runs by itself and there is no slow render."""
    card = TitleCard(project="Film", scene="Verse", clip="Hero")
    picture = RenderRequest(kind=MediaKind.IMAGE, backend="animatic", width=64, height=64, card=card)
    backend = AnimaticBackend(tmp_path_factory.mktemp("animatic"), lambda asset: None)
    with closing(backend):
        yield Stage(backend, picture, impossible=picture.model_copy(update={"card": None}))


@pytest.fixture(params=["comfy_wire", "animatic"])
def stage(request: pytest.FixtureRequest) -> Stage:
    found: Stage = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def slow(stage: Stage) -> RenderRequest:
    if stage.slow is None:
        pytest.skip("this backend has no render that takes long")
    return stage.slow


def render(stage: Stage, request: RenderRequest) -> tuple[str, RenderDone]:
    prompt_id = new_id()
    stage.backend.submit(request, prompt_id)
    *_, done = stage.backend.watch(prompt_id)
    assert isinstance(done, RenderDone)
    return prompt_id, done


def start(stage: Stage, request: RenderRequest) -> str:
    """Submit and wait until it runs."""
    prompt_id = new_id()
    stage.backend.submit(request, prompt_id)
    while stage.backend.locate(prompt_id) is not Whereabouts.RUNNING:
        pass
    return prompt_id


def test_a_backend_says_what_it_is(stage: Stage) -> None:
    assert stage.backend.status().version


def test_a_good_request_passes_the_check(stage: Stage) -> None:
    stage.backend.validate(stage.picture)


def test_an_impossible_request_is_refused_before_it_is_sent(stage: Stage) -> None:
    if stage.impossible is None:
        pytest.skip("this backend can render everything")
    with pytest.raises(ServerCannotRender):
        stage.backend.validate(stage.impossible)


def test_a_render_gives_a_file_that_decodes(stage: Stage, tmp_path: Path) -> None:
    _, done = render(stage, stage.picture)
    stage.backend.fetch(done.files[0], tmp_path / "picture.png")
    with Image.open(tmp_path / "picture.png") as picture:
        picture.load()


def test_a_fetched_file_stands_alone_in_its_folder(stage: Stage, tmp_path: Path) -> None:
    _, done = render(stage, stage.picture)
    stage.backend.fetch(done.files[0], tmp_path / "picture.png")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]


def test_fetching_what_is_gone_leaves_nothing_behind(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(OutputInvalid):
        stage.backend.fetch(RemoteFile("never-was.png", local=tmp_path / "never-was.png"), tmp_path / "picture.png")
    assert list(tmp_path.iterdir()) == []


def test_progress_rises_from_0_to_1_and_never_falls(stage: Stage) -> None:
    prompt_id = new_id()
    stage.backend.submit(stage.picture, prompt_id)
    fractions = [event.fraction for event in stage.backend.watch(prompt_id) if isinstance(event, RenderProgress)]
    assert all(0 <= before <= after <= 1 for before, after in pairwise(fractions))


def test_an_unknown_id_is_unknown(stage: Stage) -> None:
    assert stage.backend.locate(new_id()) is Whereabouts.UNKNOWN


def test_watching_an_unknown_id_says_that_it_is_lost(stage: Stage) -> None:
    with pytest.raises(RenderLost):
        list(stage.backend.watch(new_id()))


def test_cancelling_an_unknown_id_finds_nothing(stage: Stage) -> None:
    assert stage.backend.cancel(new_id()) is False


def test_a_finished_render_can_be_watched_again(stage: Stage) -> None:
    if not stage.backend.durable:
        pytest.skip("its renders end with our process")
    prompt_id, done = render(stage, stage.picture)
    assert stage.backend.locate(prompt_id) is Whereabouts.FINISHED
    assert list(stage.backend.watch(prompt_id)) == [done]


def test_a_finished_render_cannot_be_cancelled(stage: Stage) -> None:
    prompt_id, _ = render(stage, stage.picture)
    assert stage.backend.cancel(prompt_id) is False


def test_a_running_render_is_cancelled(stage: Stage, slow: RenderRequest) -> None:
    prompt_id = start(stage, slow)
    assert stage.backend.cancel(prompt_id) is True
    with pytest.raises(RenderCancelled):
        list(stage.backend.watch(prompt_id))


def test_a_waiting_render_is_cancelled(stage: Stage, slow: RenderRequest) -> None:
    running, waiting = start(stage, slow), new_id()
    stage.backend.submit(slow, waiting)
    assert stage.backend.cancel(waiting) is True
    with pytest.raises(RenderCancelled):
        list(stage.backend.watch(waiting))
    assert stage.backend.locate(running) is Whereabouts.RUNNING
    stage.backend.cancel(running)


def test_cancelling_one_render_leaves_the_others(stage: Stage, slow: RenderRequest) -> None:
    first, second, third = start(stage, slow), new_id(), new_id()
    stage.backend.submit(slow, second)
    stage.backend.submit(slow, third)
    stage.backend.cancel(second)
    assert stage.backend.locate(first) is Whereabouts.RUNNING
    assert stage.backend.locate(third) is Whereabouts.QUEUED
    stage.backend.cancel(third)
    stage.backend.cancel(first)


def test_a_waiting_render_knows_its_place(stage: Stage, slow: RenderRequest) -> None:
    running, waiting = start(stage, slow), new_id()
    stage.backend.submit(slow, waiting)
    with closing(stage.backend.watch(waiting)) as events:
        assert next(events) == RenderProgress(fraction=0.0, queue_position=1)
    stage.backend.cancel(waiting)
    stage.backend.cancel(running)


def test_a_watch_that_is_given_up_leaves_the_render_running(stage: Stage, slow: RenderRequest) -> None:
    prompt_id = start(stage, slow)
    with closing(stage.backend.watch(prompt_id)) as events:
        next(events)
    assert stage.backend.locate(prompt_id) is Whereabouts.RUNNING
    stage.backend.cancel(prompt_id)
