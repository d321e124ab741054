"""Takes rendered again: what is asked for is what was asked for then, apart from a seed where one is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.fakes.backend import Script, ScriptedBackend, picture
from tests.fakes.house import House
from vidctl.domain.asset import AssetKind
from vidctl.domain.clip import Clip
from vidctl.domain.events import Result
from vidctl.domain.job import ANIMATIC, Job
from vidctl.domain.recipe import MediaKind, RenderRequest, TitleCard
from vidctl.domain.server import Server
from vidctl.domain.take import Take
from vidctl.errors import ConfigurationError, InvalidInput, NotFound, ServerCannotRender, Unreachable, UnusedParameter

MODEL = "sdxl_base_1.0.safetensors"
WORKFLOW = "checkpoint-text-to-image"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


@pytest.fixture
def clip(house: House) -> Clip:
    return house.clip(image_prompt="a singer")


@pytest.fixture
def box(house: House) -> ScriptedBackend:
    backend = house.server("Box")
    house.app.comfyui._models[house.server_id("Box")] = {"checkpoints": [MODEL]}
    return backend


def request(**fields: Any) -> RenderRequest:
    values = {"prompt": "a singer", "negative": "", "model": MODEL, "seed": 40, "steps": 20, "width": 64, "height": 64}
    asked = {"kind": MediaKind.IMAGE, "backend": "comfyui", "workflow": WORKFLOW, "width": 64, "height": 64, "seed": 40,
             "values": values, "origins": {"seed": "drawn", "steps": "clip"}}  # fmt: skip
    return RenderRequest(**{**asked, **fields})


def take(house: House, clip: Clip, asked: RenderRequest | None, **fields: Any) -> Take:
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture())
        asset = house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")
    owner = {"project_id": clip.project_id, "clip_id": clip.id, "kind": MediaKind.IMAGE, "asset_id": asset.id}
    recipe = asked.model_dump_json() if asked else ""
    return house.takes.create(Take(**{**owner, "recipe": recipe, **fields}))


def jobs(house: House) -> list[Job]:
    return house.queue.find_many({}, sort=(("number", 1),))


def test_the_same_recipe_is_rendered_again_though_the_film_has_changed(
    house: House, clip: Clip, box: ScriptedBackend
) -> None:
    old = take(house, clip, request())
    house.clips.update_by_id(clip.id, {"$set": {"image_prompt": "a dancer", "image_settings": {"steps": 99}}})
    *_, last = house.app.repeats.rerun([old.id], server=None, wait=True)
    assert isinstance(last, Result)
    assert last.value.succeeded == 1
    [job] = jobs(house)
    assert (job.render_request(), job.target, job.clip_id) == (request(), house.server_id("box"), clip.id)
    [new] = house.takes.find_many({"id": {"$ne": old.id}})
    assert new.fingerprint == request().fingerprint()


def test_several_are_rendered_in_the_order_given_each_once(house: House, clip: Clip, box: ScriptedBackend) -> None:
    olds = [take(house, clip, request(seed=number)) for number in (3, 1, 2)]
    list(house.app.repeats.rerun([*(old.id for old in olds), olds[0].id], server="box", wait=False))
    assert [job.render_request().seed for job in jobs(house)] == [3, 1, 2]
    assert len({job.batch_id for job in jobs(house)}) == 1
    assert box.submitted == []


def test_only_the_seed_varies(house: House, clip: Clip, box: ScriptedBackend) -> None:
    old = take(house, clip, request())
    list(house.app.repeats.vary(old.id, "+1..+3", server=None, wait=False))
    asked = [job.render_request() for job in jobs(house)]
    assert [each.seed for each in asked] == [each.values["seed"] for each in asked] == [41, 42, 43]
    assert jobs(house)[0].label.endswith("image seed 41")
    for each in asked:
        assert each.origins == {"seed": "vary", "steps": "clip"}
        same = each.model_copy(update={"seed": 40, "values": {**each.values, "seed": 40}})
        assert same.fingerprint() == request().fingerprint()


def test_a_brought_file_cannot_be_rendered_again(house: House, clip: Clip, box: ScriptedBackend) -> None:
    old = take(house, clip, None)
    with pytest.raises(InvalidInput, match="cannot be rendered again"):
        list(house.app.repeats.rerun([old.id], server=None, wait=False))


def test_a_workflow_without_a_seed_has_nothing_to_vary(house: House, clip: Clip, box: ScriptedBackend) -> None:
    values = {name: value for name, value in request().values.items() if name != "seed"}
    with pytest.raises(UnusedParameter, match="no seed to vary"):
        house.app.repeats.vary(take(house, clip, request(values=values)).id, "1..2", server=None, wait=False)


def test_a_workflow_that_is_gone_is_told_before_anything_is_queued(
    house: House, clip: Clip, box: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: Server) -> NoReturn:
        raise Unreachable("Box does not answer")

    monkeypatch.setattr(house.app.comfyui, "models_by_folder", silent)
    old = take(house, clip, request(workflow="painter"))
    with pytest.raises(NotFound, match="no workflow painter"):
        list(house.app.repeats.rerun([old.id], server=None, wait=False))
    assert jobs(house) == []


def test_what_the_server_lacks_is_told_before_anything_is_queued(
    house: House, clip: Clip, box: ScriptedBackend
) -> None:
    box.plan(Script(refusal=ServerCannotRender("Box lacks the model")))
    with pytest.raises(ServerCannotRender):
        list(house.app.repeats.rerun([take(house, clip, request()).id], server=None, wait=False))
    assert jobs(house) == []


def test_without_a_server_the_remedy_is_told(house: House, clip: Clip) -> None:
    with pytest.raises(ConfigurationError):
        list(house.app.repeats.rerun([take(house, clip, request()).id], server=None, wait=False))


def card() -> RenderRequest:
    drawn = TitleCard(project="Film", scene="Verse", clip="Hero")
    return RenderRequest(kind=MediaKind.IMAGE, backend=ANIMATIC, width=64, height=64, card=drawn)


def test_a_title_card_is_drawn_again_without_any_server(house: House, clip: Clip) -> None:
    list(house.app.repeats.rerun([take(house, clip, card()).id], server=None, wait=False))
    [job] = jobs(house)
    assert (job.target, job.render_request()) == (ANIMATIC, card())


@pytest.mark.parametrize(("asked", "server"), [(card(), "box"), (request(), ANIMATIC)])
def test_a_recipe_is_not_rendered_where_it_means_nothing(
    house: House, clip: Clip, box: ScriptedBackend, asked: RenderRequest, server: str
) -> None:
    with pytest.raises(InvalidInput, match="cannot be rendered on"):
        list(house.app.repeats.rerun([take(house, clip, asked).id], server=server, wait=False))


def test_title_cards_vary_without_any_server(house: House, clip: Clip) -> None:
    old = take(house, clip, card())
    *_, last = house.app.repeats.vary(old.id, "+1..+3", server=None, wait=True)
    assert isinstance(last, Result)
    assert last.value.succeeded == 3
    new = house.takes.find_many({"id": {"$ne": old.id}})
    assert [each.request() for each in sorted(new, key=lambda each: each.recipe)] == [
        card().model_copy(update={"seed": seed, "values": {"seed": seed}, "origins": {"seed": "vary"}})
        for seed in (1, 2, 3)
    ]


def test_title_cards_and_renders_do_not_mix(house: House, clip: Clip, box: ScriptedBackend) -> None:
    takes = [take(house, clip, card()).id, take(house, clip, request()).id]
    with pytest.raises(InvalidInput, match="different places"):
        list(house.app.repeats.rerun(takes, server=None, wait=False))


def test_a_characters_take_is_rendered_again_for_the_character(house: House, clip: Clip, box: ScriptedBackend) -> None:
    old = take(house, clip, request(), clip_id="", character_id="ada")
    list(house.app.repeats.rerun([old.id], server=None, wait=False))
    [job] = jobs(house)
    assert (job.clip_id, job.character_id) == ("", "ada")


def test_a_recipe_that_was_kept_by_an_older_vidctl_is_rendered_as_it_stands(
    house: House, clip: Clip, box: ScriptedBackend
) -> None:
    kept = json.loads(request().model_dump_json(exclude={"card", "origins", "loras"}))
    old = take(house, clip, None, recipe=json.dumps(kept))
    list(house.app.repeats.rerun([old.id], server=None, wait=False))
    assert jobs(house)[0].render_request().values == request().values
