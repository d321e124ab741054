"""Who is in a clip: put in and taken out as a whole, without touching what the clip itself says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.character import Character
from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.base import make_input
from vidctl.dtos.character_dtos import CharacterCreateDTO, CharacterUpdateDTO
from vidctl.errors import DuplicateName, InvalidInput, Locked, NotFound
from vidctl.services.character_service import CharacterService


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A film with the clips verse/a, verse/b and verse/c, and the character ada."""
    with House(tmp_path, project="film") as house:
        scene = house.scene(house.project("film"))
        for number, slug in enumerate("abc"):
            house.clip(scene, slug, position=24 * number, image_prompt=f"prompt {slug}")
        house.app.characters.create_character(None, CharacterCreateDTO(name="Ada"))
        yield house


@pytest.fixture
def characters(house: House) -> CharacterService:
    return house.app.characters


def cast(house: House, clip: str) -> list[str]:
    """The slugs of who is in a clip."""
    found = house.clips.find_one({"slug": clip})
    assert found
    return [house.app._characters.find_by_id(each).slug for each in found.character_ids]


def lock(house: House, clip: str) -> None:
    house.clips.update_one({"slug": clip}, {"$set": {"locked": True}})


# in and out of clips


def test_applying_twice_writes_nothing_the_second_time(house: House, characters: CharacterService) -> None:
    characters.apply(None, "ada", ["a", "b"])
    before = house.clips.find_many({})
    characters.apply(None, "ada", ["a", "verse/a", "b"])
    assert house.clips.find_many({}) == before
    made = [each.action for each in house.app.history.list_history(None).items]
    assert made == ["character apply", "character create"]


def test_a_clip_has_several_characters_in_the_order_they_came(house: House, characters: CharacterService) -> None:
    characters.create_character(None, CharacterCreateDTO(name="Bo"))
    characters.apply(None, "bo", ["a"])
    characters.apply(None, "ada", ["a"])
    assert cast(house, "a") == ["bo", "ada"]
    characters.remove(None, "bo", ["a", "b"])
    assert (cast(house, "a"), cast(house, "b")) == (["ada"], [])


def test_what_a_clip_says_itself_is_never_touched(house: House, characters: CharacterService) -> None:
    characters.apply(None, "ada", ["a"])
    characters.remove(None, "ada", ["a"])
    [clip] = house.clips.find_many({"slug": "a"})
    assert (clip.image_prompt, clip.version) == ("prompt a", 1)


@pytest.mark.parametrize("verb", ["apply", "remove"])
def test_one_locked_clip_keeps_all_as_they_are(house: House, characters: CharacterService, verb: str) -> None:
    characters.apply(None, "ada", ["b"] if verb == "apply" else ["a", "b", "c"])
    lock(house, "c")
    before = house.clips.find_many({})
    with pytest.raises(Locked):
        getattr(characters, verb)(None, "ada", ["a", "c"])
    assert house.clips.find_many({}) == before


def test_a_locked_clip_that_has_it_already_is_no_hindrance(house: House, characters: CharacterService) -> None:
    characters.apply(None, "ada", ["c"])
    lock(house, "c")
    characters.apply(None, "ada", ["a", "c"])
    assert cast(house, "a") == ["ada"]


def test_a_clip_of_another_film_is_refused(house: House, characters: CharacterService) -> None:
    other = house.clip(slug="other")
    with pytest.raises(NotFound, match="another project"):
        characters.apply(None, "ada", ["a", other.id])
    assert cast(house, "a") == []


def test_what_was_applied_can_be_undone(house: House, characters: CharacterService) -> None:
    characters.apply(None, "ada", ["a", "b"])
    house.app.history.undo(None, None)
    assert (cast(house, "a"), cast(house, "b")) == ([], [])


steps = st.lists(st.tuples(st.sampled_from(["apply", "remove"]), st.sampled_from(["ada", "bo"]),
                           st.lists(st.sampled_from("abc"), min_size=1, max_size=3)), max_size=6)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_who_is_in_a_clip_is_who_was_put_in_and_not_taken_out(tmp_path: Path, steps: list[Any]) -> None:
    with House(tmp_path, project="film") as house:
        scene = house.scene(house.project("film"))
        expected: dict[str, list[str]] = {house.clip(scene, slug).slug: [] for slug in "abc"}
        for name in ("Ada", "Bo"):
            house.app.characters.create_character(None, CharacterCreateDTO(name=name))
        for verb, name, clips in steps:
            getattr(house.app.characters, verb)(None, name, clips)
            for clip in clips:
                left = [each for each in expected[clip] if each != name]
                was = name in expected[clip]
                expected[clip] = left if verb == "remove" else expected[clip] if was else [*left, name]
        assert {clip: cast(house, clip) for clip in "abc"} == expected


def test_a_character_that_is_deleted_while_it_is_applied_is_in_no_clip(
    house: House, characters: CharacterService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clip is read, somebody deletes the character, then the clip would be written."""
    find = house.app.references.clips

    def delete_meanwhile(texts: list[str]) -> Any:
        monkeypatch.setattr(house.app.references, "clips", find)
        characters.delete_character(None, "ada")
        return find(texts)

    monkeypatch.setattr(house.app.references, "clips", delete_meanwhile)
    with pytest.raises(NotFound):
        characters.apply(None, "ada", ["a"])
    assert house.clips.count({"character_ids": {"$gt": ""}}) == 0


# changing them


def test_a_lora_is_set_and_taken_away(characters: CharacterService) -> None:
    given = make_input(CharacterUpdateDTO, lora={"name": "ada.safetensors", "weight": 0.8})
    changed = characters.update_character(None, "ada", given)
    assert changed.lora is not None
    assert (changed.lora.name, changed.lora.weight) == ("ada.safetensors", 0.8)
    assert characters.update_character(None, "ada", CharacterUpdateDTO(description="red hair")).lora == changed.lora
    assert characters.update_character(None, "ada", CharacterUpdateDTO(lora=None)).lora is None


def test_a_name_is_taken_once_a_film(characters: CharacterService) -> None:
    with pytest.raises(DuplicateName):
        characters.create_character(None, CharacterCreateDTO(name="ADA"))


def test_only_what_is_given_changes(characters: CharacterService) -> None:
    characters.update_character(None, "ada", CharacterUpdateDTO(trigger_words="adagirl", image_settings={"steps": 9}))
    changed = characters.update_character(
        None, "ada", CharacterUpdateDTO(style_notes="noir", image_settings={"cfg": 5, "steps": None})
    )
    assert (changed.trigger_words, changed.style_notes, changed.image_settings) == ("adagirl", "noir", {"cfg": 5})
    with pytest.raises(InvalidInput, match="nothing to change"):
        characters.update_character(None, "ada", CharacterUpdateDTO())


LORA = {"name": "a", "weight": 1.0}


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", ["a", "a" * 200], ["", "   ", "a" * 201, "a\nb", 3, None]),
        ("description", ["", "a" * 2000], ["a" * 2001, "\0", 3]),
        ("trigger_words", ["", "a" * 500], ["a" * 501, 3]),
        ("style_notes", ["", "a" * 2000], ["a" * 2001, "\0"]),
        ("lora", [None, {**LORA, "name": "a" * 200}, {**LORA, "weight": -10}, {**LORA, "weight": 10}, {"name": "a"}],
         ["a", {**LORA, "name": ""}, {**LORA, "name": "a" * 201}, {**LORA, "weight": -10.01},
          {**LORA, "weight": 10.01}, {**LORA, "weight": float("nan")}, {**LORA, "colour": "red"}, {"weight": 1}]),
        ("image_settings", [{"steps": 200}, {"cfg": 0.1}, {"loras": [LORA]}],
         [{"steps": 201}, {"cfg": 30.1}, {"loras": "a"}, {"colour": 1}, {"steps": 2**64}]),
        ("colour", [], ["red"]),
    ],
)  # fmt: skip
def test_every_limit_holds_where_it_is_said(
    characters: CharacterService, field: str, good: list[Any], bad: list[Any]
) -> None:
    for number, value in enumerate(good):
        values = {"name": f"Name {number}", field: value}
        made = characters.create_character(None, make_input(CharacterCreateDTO, **values))
        assert make_input(CharacterUpdateDTO, **{field: value}).given()[field] == getattr(made, field)
    for value in bad:
        with pytest.raises(InvalidInput):
            characters.create_character(None, make_input(CharacterCreateDTO, **{"name": "New", field: value}))
        if value is not None:
            with pytest.raises(InvalidInput):
                characters.update_character(None, "ada", make_input(CharacterUpdateDTO, **{field: value}))
    assert len(characters.list_characters(None).items) == 1 + len(good)


# deleting them


def picture_of(house: House, character: Character) -> Take:
    values = {"project_id": character.project_id, "character_id": character.id, "kind": MediaKind.IMAGE}
    return house.takes.create(Take(**values, asset_id="a" * 64))


def test_a_deleted_character_leaves_all_clips_and_comes_back_into_them(
    house: House, characters: CharacterService
) -> None:
    [ada] = house.app._characters.find_many({})
    take = picture_of(house, ada)
    characters.apply(None, "ada", ["a", "b"])
    assert "1 picture of it, in 2 clips" in characters.describe_deletion(None, "ada")
    told = characters.delete_character(None, "ada")
    assert told.deleted == {"characters": 1, "takes": 1}
    assert (cast(house, "a"), house.takes.find_many({})) == ([], [])
    [lying] = house.app.history.list_trash(None, everywhere=False).items
    house.app.history.restore(lying.id)
    assert (cast(house, "a"), cast(house, "b")) == (["ada"], ["ada"])
    assert [each.id for each in house.takes.find_many({})] == [take.id]


def test_a_character_of_a_locked_clip_cannot_be_deleted(house: House, characters: CharacterService) -> None:
    characters.apply(None, "ada", ["a", "b"])
    lock(house, "b")
    with pytest.raises(Locked):
        characters.delete_character(None, "ada")
    assert (cast(house, "a"), cast(house, "b")) == (["ada"], ["ada"])


def test_deleting_a_character_cancels_its_open_jobs_and_no_others(house: House, characters: CharacterService) -> None:
    [ada] = house.app._characters.find_many({})
    [clip] = house.clips.find_many({"slug": "a"})
    waiting = house.job(clip, clip_id="", character_id=ada.id)
    other = house.job(clip)
    running = house.job(clip, clip_id="", character_id=ada.id, status=JobStatus.RUNNING)
    characters.delete_character(None, "ada")
    assert house.queue.find_one({"id": waiting.id}) is None
    assert house.again(running).cancel_requested
    assert house.again(other).status is JobStatus.QUEUED
