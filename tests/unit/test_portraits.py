"""Pictures of a character that belong to no clip, and the LoRA that goes with every render it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import Script, ScriptedBackend
from tests.fakes.house import House, told
from vidctl.domain.character import Character
from vidctl.domain.events import JobFinished, Notice, Result
from vidctl.domain.job import ANIMATIC, Job, JobStatus
from vidctl.domain.recipe import Lora, MediaKind
from vidctl.dtos.base import make_input
from vidctl.dtos.generation_dtos import CharacterSampleRequestDTO, CharacterSheetRequestDTO, GenerationRequestDTO
from vidctl.dtos.take_dtos import TakeFilterDTO
from vidctl.errors import InvalidInput, NotFound, UnusedParameter
from vidctl.help.reader import read_topic
from vidctl.presets.loader import load_sheets
from vidctl.services.subjects import Renderable

MODEL = "sdxl_base_1.0.safetensors"
ADA = Lora(name="ada.safetensors", weight=0.8)
BO = Lora(name="bo.safetensors", weight=0.5)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film") as house:
        house.project("film")
        yield house


def server(house: House) -> ScriptedBackend:
    backend = house.server("Box")
    house.app.comfyui._models[house.server_id("Box")] = {"checkpoints": [MODEL]}
    return backend


def character(house: House, name: str = "Ada", **fields: Any) -> Character:
    [project] = house.projects.find_many({"slug": "film"})
    values = {"project_id": project.id, "name": name, "slug": name.lower(), **fields}
    return house.app._characters.create(Character(**values))


def sheet(**fields: Any) -> CharacterSheetRequestDTO:
    return make_input(CharacterSheetRequestDTO, character="ada", **fields)


def sample(**fields: Any) -> CharacterSampleRequestDTO:
    return make_input(CharacterSampleRequestDTO, character="ada", **fields)


def queue(house: House, request: Renderable) -> list[Job]:
    list(house.app.generation.generate(request, wait=False))
    return house.queue.find_many({}, sort=(("created_at", 1), ("number", 1)))


# what is asked for


def test_a_sheet_has_the_pictures_that_were_named_in_groups(house: House) -> None:
    server(house)
    character(house)
    jobs = queue(house, sheet(poses=["running"], views=["profile", "front"], expressions=["joy", "joy"]))
    assert [job.label for job in jobs] == [
        "film/character ada: profile",
        "film/character ada: front",
        "film/character ada: joy",
        "film/character ada: running",
    ]


def test_without_names_a_sheet_has_the_usual_views_and_all_means_every_one(house: House) -> None:
    sheets = load_sheets()
    character(house)
    for asked, expected in (
        (sheet(server=ANIMATIC), sheets.usual),
        (sheet(views=["all"], server=ANIMATIC), sheets.views),
    ):
        renders = house.app.generation.dry_run(asked).renders
        assert [each.clip.rpartition(": ")[2] for each in renders] == list(expected)


def test_a_name_that_does_not_exist_is_told_with_the_nearest_and_queues_nothing(house: House) -> None:
    server(house)
    character(house)
    with pytest.raises(InvalidInput) as refused:
        queue(house, sheet(views=["front", "profil"]))
    assert "did you mean profile?" in refused.value.fix
    assert house.queue.count({}) == 0


def test_a_sample_is_four_takes_of_one_picture(house: House) -> None:
    server(house)
    character(house, description="red hair")
    jobs = queue(house, sample(prompt="laughing in the rain", settings={"seed": 7}))
    assert [job.label for job in jobs] == [f"film/character ada: sample #{number}" for number in (1, 2, 3, 4)]
    assert {job.render_request().values["prompt"] for job in jobs} == {"Ada, red hair. laughing in the rain"}
    assert [job.render_request().seed for job in jobs] == [7, 8, 9, 10]


def test_a_sheet_says_the_characters_words_before_its_own_and_takes_its_settings(house: House) -> None:
    server(house)
    character(house, trigger_words="adagirl", lora=ADA, image_settings={"steps": 9})
    [job] = queue(house, sheet(views=["back"]))
    request = job.render_request()
    assert str(request.values["prompt"]).startswith(f"adagirl Ada. {load_sheets().views['back']}")
    assert request.loras == (ADA,)
    assert (request.values["steps"], request.origins["steps"]) == (9, "character ada")


def test_flags_and_the_films_settings_count_for_portraits_too(house: House) -> None:
    server(house)
    character(house)
    house.projects.update_one({"slug": "film"}, {"$set": {"image_settings": {"steps": 11, "cfg": 3.0}}})
    [job] = queue(house, sheet(views=["back"], settings={"cfg": 4.0, "width": 512, "height": 768}, priority=3))
    request = job.render_request()
    assert (request.values["steps"], request.values["cfg"]) == (11, 4.0)
    assert (request.width, request.height, job.priority) == (512, 768, 3)


def test_a_character_that_does_not_exist_is_told(house: House) -> None:
    with pytest.raises(NotFound):
        queue(house, sample())


@pytest.mark.parametrize("count", [0, 1001])
def test_how_many_may_be_asked_for_has_limits(count: int) -> None:
    with pytest.raises(InvalidInput):
        sample(count=count)


def test_the_handbook_names_every_picture_that_a_sheet_may_have() -> None:
    sheets = load_sheets()
    page = " ".join(read_topic("characters").split())
    for noun, names in (("Views", sheets.views), ("Expressions", sheets.expressions), ("Poses", sheets.poses)):
        assert f"{noun}: {', '.join(names)}." in page
    assert set(sheets.usual) <= set(sheets.views)


# what comes of it


def test_the_takes_belong_to_the_character_and_to_no_clip(house: House) -> None:
    server(house)
    ada, clip = character(house), house.clip(house.scene(house.projects.find_many({})[0]))
    *_, last = house.app.generation.generate(sheet(views=["front", "back"]), wait=True)
    assert isinstance(last, Result)
    assert last.value.succeeded == 2
    assert {job.character_id for job in last.value.jobs} == {ada.id}
    shown = house.app.takes.list_takes(None, TakeFilterDTO(character="ada"))
    assert (shown.total, {(take.clip_id, take.is_selected) for take in shown.items}) == (2, {("", False)})
    assert house.clips.find_by_id(clip.id).selected_image_id is None


def test_a_take_knows_which_view_it_shows_also_when_it_is_rendered_again(house: House) -> None:
    server(house)
    character(house)
    list(house.app.generation.generate(sheet(views=["front", "back"]), wait=True))
    shown = house.app.takes.list_takes(None, TakeFilterDTO(character="ada")).items
    assert {take.view for take in shown} == {"front", "back"}
    assert all(load_sheets().views[take.view] in take.prompt for take in shown)
    back = next(take.id for take in shown if take.view == "back")
    list(house.app.repeats.rerun([back], server=None, wait=True))
    list(house.app.repeats.vary(back, "+1", server=None, wait=True))
    again = house.app.takes.list_takes(None, TakeFilterDTO(character="ada")).items
    assert Counter(take.view for take in again) == {"front": 1, "back": 3}


def test_a_take_that_goes_to_a_clip_is_no_view_any_more(house: House) -> None:
    server(house)
    character(house)
    clip = house.clip(house.scene(house.projects.find_many({})[0]))
    list(house.app.generation.generate(sheet(views=["front"]), wait=True))
    [front] = house.app.takes.list_takes(None, TakeFilterDTO(character="ada")).items
    [copied] = house.app.take_moves.copy([front.id], clip.id).items
    assert (copied.character_id, copied.view) == ("", "")


def test_a_character_that_is_deleted_while_it_renders_gets_no_take(house: House) -> None:
    ada, box = character(house), server(house)
    box.plan(Script(files=("picture.png",)))
    queue(house, sheet(views=["front"]))

    def fetch_and_delete(file: Any, destination: Path) -> None:
        house.app._characters.delete_by_id(ada.id)
        type(box).fetch(box, file, destination)

    box.fetch = fetch_and_delete  # type: ignore[method-assign]
    events = house.work()
    assert told(events, JobFinished) == []
    assert any("character" in notice.text for notice in told(events, Notice))
    [job] = house.queue.find_many({})
    assert (job.status, house.takes.find_many({})) == (JobStatus.CANCELLED, [])


def test_a_character_that_was_deleted_before_is_not_rendered(house: House) -> None:
    ada, box = character(house), server(house)
    queue(house, sheet(views=["front"]))
    house.app._characters.delete_by_id(ada.id)
    house.work()
    assert (house.queue.count({"status": JobStatus.CANCELLED}), box.submitted) == (1, [])


def test_title_cards_say_what_a_picture_would_show_and_take_no_flags(house: House) -> None:
    character(house)
    [job] = queue(house, sheet(views=["profile"], server=ANIMATIC))
    card = job.render_request().card
    assert card is not None
    assert (card.clip, card.prompt.startswith(load_sheets().views["profile"])) == ("Ada: profile", True)
    with pytest.raises(UnusedParameter):
        queue(house, sheet(server=ANIMATIC, settings={"steps": 3}))


# the LoRA of a character


def loras(house: House, *slugs: str, kind: MediaKind = MediaKind.IMAGE, **fields: Any) -> tuple[tuple[Lora, ...], str]:
    """Those of a render of a clip that these characters are in, and who set them."""
    ids = [each.id for slug in slugs for each in house.app._characters.find_many({"slug": slug})]
    [project] = house.projects.find_many({"slug": "film"})
    clip = house.clip(house.scene(project), character_ids=ids, image_prompt="rain", **fields)
    [job] = queue(house, GenerationRequestDTO(clips=[clip.id], generation_type=kind))
    request = job.render_request()
    return request.loras, request.origins.get("loras", "")


def test_the_loras_of_all_characters_of_a_clip_pile_up_in_their_order(house: House) -> None:
    server(house)
    character(house, "Ada", lora=ADA)
    character(house, "Bo", lora=BO)
    assert loras(house, "bo", "ada") == ((BO, ADA), "character bo, character ada")


def test_it_comes_beside_the_loras_of_settings(house: House) -> None:
    server(house)
    film, hero = Lora(name="film.safetensors"), Lora(name="hero.safetensors")
    character(house, "Ada", lora=ADA, image_settings={"loras": [BO.model_dump()]})
    house.projects.update_one({"slug": "film"}, {"$set": {"image_settings": {"loras": [film.model_dump()]}}})
    assert loras(house, "ada", image_settings={"loras": [hero.model_dump()]})[0] == (BO, ADA, film, hero)


def test_settings_of_a_character_that_take_loras_away_leave_its_own(house: House) -> None:
    server(house)
    character(house, "Ada", lora=ADA)
    character(house, "Bo", lora=BO, image_settings={"loras": []})
    assert loras(house, "ada", "bo")[0] == (BO,)


def test_a_clip_without_the_character_has_none(house: House) -> None:
    server(house)
    character(house, "Ada", lora=ADA)
    assert loras(house) == ((), "")


def test_it_goes_with_videos_as_well_as_with_stills(house: House) -> None:
    house.server("Box")
    files = {
        "diffusion_models": ["wan2.1_t2v_1.3B_fp16.safetensors"],
        "text_encoders": ["umt5_xxl_fp8_e4m3fn_scaled.safetensors"],
        "vae": ["wan_2.1_vae.safetensors"],
    }
    house.app.comfyui._models[house.server_id("Box")] = files
    character(house, "Ada", lora=ADA)
    assert loras(house, "ada", kind=MediaKind.VIDEO)[0] == (ADA,)
