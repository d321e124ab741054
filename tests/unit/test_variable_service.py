"""Variables of films and scenes: set, shown, taken away, and what a render makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.house import House
from tests.fakes.meanwhile import MeanwhileStore
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.dtos.generation_dtos import GenerationRequestDTO, ResolvedRenderDTO
from vidctl.dtos.variable_dtos import VariablesUpdateDTO
from vidctl.errors import InvalidInput, NotFound
from vidctl.repositories.sqlite_store import SqliteStore

MODEL = "sdxl_base_1.0.safetensors"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "light.txt").write_text("neon\ncandles\n", encoding="utf-8")
    with House(tmp_path, wildcards=str(tmp_path / "words")) as house:
        house.server()
        house.app.comfyui._models[house.server_id("Box")] = {"checkpoints": [MODEL]}
        yield house


def explain(house: House, clip_id: str, **fields: object) -> list[ResolvedRenderDTO]:
    request = GenerationRequestDTO.model_validate(
        {"clips": [clip_id], "generation_type": MediaKind.IMAGE, "settings": {"seed": 7}, **fields}
    )
    return house.app.generation.explain(request).renders


def update(**variables: str) -> VariablesUpdateDTO:
    return VariablesUpdateDTO(variables=variables)


def test_variables_are_set_one_by_one_and_taken_away(house: House) -> None:
    project = house.project()
    variables = house.app.variables
    variables.set_of_project("film", update(mood="calm", tone="warm"))
    assert variables.set_of_project("film", update(mood="wild")).variables == {"mood": "wild", "tone": "warm"}
    assert variables.set_of_project("film", update(tone="")).variables == {"mood": "wild"}
    assert house.projects.find_by_id(project.id).variables == {"mood": "wild"}


def test_a_scenes_variables_are_told_as_they_are_written(house: House) -> None:
    house.scene(house.project())
    found = house.app.variables.set_of_scene("film/verse", update(mood="calm"))
    assert (found.path, found.variables) == ("film/verse", {"scene.mood": "calm"})
    assert house.app.variables.of_scene("film/verse") == found


def test_what_is_not_there_cannot_be_taken_away(house: House) -> None:
    house.project(variables={"mood": "calm"})
    with pytest.raises(NotFound) as refused:
        house.app.variables.set_of_project("film", update(mod=""))
    assert refused.value.fix == "did you mean mood?"


def test_a_variable_that_could_never_be_used_is_refused_when_it_is_set(house: House) -> None:
    house.scene(house.project(variables={"mood": "{scene.mood}"}))
    for name, text in (("scene", "x"), ("other", "{a|b"), ("other", "{other}")):
        with pytest.raises(InvalidInput):
            house.app.variables.set_of_project("film", update(**{name: text}))
    with pytest.raises(InvalidInput, match="leads back to itself"):
        house.app.variables.set_of_scene("film/verse", update(mood="{mood}"))
    assert house.app.variables.of_scene("film/verse").variables == {}


def test_a_circle_is_told_by_whoever_closes_it(house: House) -> None:
    film = house.project(variables={"tone": "warm"})
    house.scene(film, "verse", variables={"mood": "{tone}"})
    house.scene(film, "chorus")
    with pytest.raises(InvalidInput, match="the scene verse leads back to itself") as refused:
        house.app.variables.set_of_project("film", update(tone="{x|{scene.mood}}"))
    assert refused.value.cause == "{scene.mood} → {tone} → {scene.mood}"
    assert house.projects.find_by_id(film.id).variables == {"tone": "warm"}
    house.app.variables.set_of_scene("film/verse", update(mood="calm"))
    house.app.variables.set_of_project("film", update(tone="{x|{scene.mood}}"))
    with pytest.raises(InvalidInput, match="leads back to itself"):
        house.app.variables.set_of_scene("film/chorus", update(mood="{tone}"))


def test_a_name_of_nothing_is_told_where_it_is_written_and_where_its_variable_is_taken_away(house: House) -> None:
    house.scene(house.project(variables={"mood": "calm"}), variables={"place": "a roof"})
    variables = house.app.variables
    with pytest.raises(InvalidInput, match=r"there is no variable \{mod\}: in the variable tone") as refused:
        variables.set_of_project("film", update(tone="{mod}"))
    assert refused.value.fix.startswith("did you mean {mood}?")
    with pytest.raises(InvalidInput, match=r"\{scene.mood\}: in the variable scene.look of the scene verse"):
        variables.set_of_scene("film/verse", update(look="{scene.mood}"))
    variables.set_of_project("film", update(tone="{scene.place}, {clip.lyrics}, {character.mira}"))
    variables.set_of_scene("film/verse", update(look="{mood} {scene.name} {scene.place}"))
    with pytest.raises(InvalidInput, match=r"there is no variable \{mood\}"):
        variables.set_of_project("film", update(mood=""))
    with pytest.raises(InvalidInput, match=r"there is no variable \{scene.place\}: in the variable tone"):
        variables.set_of_scene("film/verse", update(place="", look=""))
    assert variables.of_scene("film/verse").variables.keys() == {"scene.place", "scene.look"}


def test_what_was_wrong_before_stands_in_the_way_of_no_other_change(house: House) -> None:
    film = house.project(variables={"mood": "{nothing}"})
    house.scene(film, variables={"a": "{scene.b}", "b": "{scene.a}"})
    house.app.variables.set_of_project("film", update(tone="warm"))
    house.app.variables.set_of_scene("film/verse", update(place="a roof"))
    house.app.variables.set_of_scene("film/verse", update(a="x"))
    with pytest.raises(InvalidInput):
        house.app.variables.set_of_scene("film/verse", update(a="{scene.b}"))


def test_of_two_who_close_a_circle_at_once_one_is_told(tmp_path: Path) -> None:
    for number in range(1, 100):
        store, refused = MeanwhileStore(SqliteStore(None)), list[InvalidInput]()
        with House(tmp_path, store, rate=1000) as house:
            house.scene(house.project(variables={"mood": "calm"}), variables={"tone": "warm"})
            of_scene = partial(house.app.variables.set_of_scene, "film/verse", update(tone="{mood}"))
            store.before_call(number, partial(tell, refused, of_scene))
            tell(refused, partial(house.app.variables.set_of_project, "film", update(mood="{scene.tone}")))
            if not store.happened:
                return
            assert len(refused) == 1, number


def tell(refused: list[InvalidInput], change: Callable[[], object]) -> None:
    try:
        change()
    except InvalidInput as error:
        refused.append(error)


def test_a_renders_prompts_are_made_of_variables_choices_and_files(house: House) -> None:
    scene = house.scene(house.project(variables={"mood": "calm"}), variables={"place": "a roof"})
    clip = house.clip(scene, image_prompt="{clip}, {mood} on {scene.place}, __light__, {a|b}", negative_prompt="{c|c}")
    (render,) = explain(house, clip.id)
    prompt = render.values["prompt"]
    assert prompt in {f"Hero, calm on a roof, {light}, {end}" for light in ("neon", "candles") for end in "ab"}
    assert render.values["negative"] == "c"
    told = render.expansions[0]
    assert (told.value, told.source, told.text, told.expanded) == ("prompt", "clip", clip.image_prompt, prompt)
    assert [step.markup for step in told.steps] == ["{clip}", "{mood}", "{scene.place}", "__light__", "{a|b}"]


def test_each_render_of_several_draws_for_itself_and_alike_again(house: House) -> None:
    clip = house.clip(image_prompt="{a|b|c|d|e|f}{a|b|c|d|e|f}")
    renders = explain(house, clip.id, count=6)
    assert [render.seed for render in renders] == [7, 8, 9, 10, 11, 12]
    assert len({str(render.values["prompt"]) for render in renders}) > 1
    assert renders == explain(house, clip.id, count=6)


def test_the_stored_recipe_holds_the_words_and_not_the_markup(house: House) -> None:
    clip = house.clip(image_prompt="{x|x} __light__")
    request = GenerationRequestDTO(clips=[clip.id], generation_type=MediaKind.IMAGE)
    list(house.app.generation.generate(request, wait=False))
    (job,) = house.queue.find_many({})
    assert RenderRequest.model_validate_json(job.request).values["prompt"] in ("x neon", "x candles")


def test_a_title_card_shows_the_words(house: House) -> None:
    clip = house.clip(image_prompt="{clip} sings")
    (render,) = explain(house, clip.id, server="animatic", settings={})
    assert render.values == {"prompt": "Hero sings"}


def test_markup_that_cannot_be_expanded_queues_nothing(house: House) -> None:
    good, bad = house.clip(slug="good", image_prompt="x"), house.clip(slug="bad", image_prompt="a {nobody}")
    request = GenerationRequestDTO(clips=[good.id, bad.id], generation_type=MediaKind.IMAGE)
    with pytest.raises(InvalidInput, match="in the prompt of film-bad/verse/bad image"):
        list(house.app.generation.generate(request, wait=False))
    assert house.queue.count({}) == 0


def test_a_scenes_settings_stand_between_the_films_and_the_clips(house: House) -> None:
    project = house.project(image_settings={"steps": 20, "cfg": 3.0, "width": 512})
    scene = house.scene(project, image_settings={"steps": 30, "cfg": 4.0})
    (render,) = explain(house, house.clip(scene, image_settings={"steps": 40}).id)
    assert {name: render.origins[name] for name in ("steps", "cfg", "width")} == {
        "steps": "clip", "cfg": "scene", "width": "project",
    }  # fmt: skip
    assert (render.values["steps"], render.values["cfg"]) == (40, 4.0)


# a clip, resolved


def test_a_clip_is_resolved_without_a_server(house: House) -> None:
    house.farm.locked[house.server_id("Box")] = AssertionError("no server may be asked")  # type: ignore[assignment]
    project = house.project(image_settings={"model": MODEL, "seed": 3})
    clip = house.clip(house.scene(project), image_prompt="{a|a} roof", video_prompt="she {turns|turns}")
    found = house.app.clip_resolution.resolve(clip.id)
    assert (found.clip, found.image.workflow, found.image.family) == (
        "film/verse/hero", "checkpoint-text-to-image", "sdxl",
    )  # fmt: skip
    assert (found.image.values["prompt"], found.image.values["seed"], found.image.note) == ("a roof", 3, "")
    assert found.image.origins["model"] == "project"


def test_where_no_model_can_be_chosen_what_people_have_set_is_told_with_a_note(house: House) -> None:
    project = house.project(video_settings={"steps": 12})
    clip = house.clip(house.scene(project), video_prompt="she {turns|turns}", negative_prompt="blur")
    found = house.app.clip_resolution.resolve(clip.id).video
    assert found.note.startswith("no model is named for the video")
    assert "--set video.model=FILE" in found.note
    assert found.values == {"seed": 42, "steps": 12, "prompt": "she turns", "negative": "blur"}
    assert found.origins == {"seed": "drawn", "steps": "project", "prompt": "clip", "negative": "clip"}


def test_a_wrong_value_is_noted(house: House) -> None:
    clip = house.clip(image_settings={"model": MODEL, "width": 1001})
    assert "cannot make a width of 1001" in house.app.clip_resolution.resolve(clip.id).image.note
