"""Films of the system that came before: whatever is in their export, what can be kept is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.manifest_layout import lay_out
from vidctl.domain.prompt_markup import read_markup
from vidctl.domain.storycanvas import read_storycanvas
from vidctl.dtos.manifest_dtos import ImportResponseDTO
from vidctl.errors import DuplicateName, InvalidInput, NotFound

TAKE = {"id": "t", "content_type": "image", "url": "http://10.0.0.2:7820/view?filename=a.png", "prompt": "x"}
FILM: dict[str, Any] = {
    "format": "storycanvas_v1",
    "exported_at": "2026-08-01T10:00:00Z",
    "project": {"_id": {"$oid": "1"}, "name": "Neon", "description": None, "music_file_path": "uploads/p_song.mp3"},
    "characters": [
        {"id": "m", "name": "Mara", "lora": "mara.safetensors", "reference_images": ["http://x/1.png"]}
    ],
    "scenes": [
        {
            "id": "s2", "name": "Chorus", "order": 1, "lyrics": "la",
            "clips": [
                {"id": "c3", "name": "Hero", "length": 2.5, "timeline_position": 0.0, "character_id": "m",
                 "generated_images": [TAKE, TAKE], "generated_videos": [TAKE], "versions": [], "active_version": 1},
                {"id": "c4", "name": "Hero A1", "length": 2.5, "timeline_position": 0.0, "parent_clip_id": "c3",
                 "is_alternate": True, "alternate_number": 1},
            ],
        },
        {
            "id": "s1", "name": "Verse", "order": 0, "description": "rain",
            "clips": [
                {"id": "c2", "name": "Two", "order": 1, "length": 2, "timeline_position": 6,
                 "video_prompt": "it moves"},
                {"id": "c1", "name": "One", "order": 0, "length": 5, "timeline_position": 0.5,
                 "image_prompt": "a train"},
            ],
        },
        {"id": "s3", "name": "Verse A1", "order": 0, "parent_scene_id": "s1", "is_alternate": True,
         "alternate_number": 1, "clips": [{"id": "c5", "name": "One", "parent_clip_id": "c1", "is_alternate": True}]},
    ],
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house") as house:
        yield house


def bring(house: House, film: Any, **options: Any) -> ImportResponseDTO:
    file = house.files.root.parent / "film.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(film if isinstance(film, str) else json.dumps(film), encoding="utf-8")
    return house.app.imports.import_storycanvas(file, **{"fps": "24", "slug": None, **options})


def film_of(*clips: dict[str, Any], **scene: Any) -> dict[str, Any]:
    return {
        "format": "storycanvas_v1",
        "project": {"name": "Neon"},
        "scenes": [{"name": "A", "clips": list(clips), **scene}],
    }


def test_scenes_clips_and_characters_come_along(house: House) -> None:
    told = bring(house, FILM)
    assert (told.project, told.scenes, told.clips, told.characters) == ("neon", 3, 5, 1)
    scenes = {scene.slug: scene for scene in house.scenes.find_many({})}
    assert [scene.slug for scene in sorted(scenes.values(), key=lambda each: each.order)][-1] == "chorus"
    assert (scenes["verse-a1"].original_id, scenes["verse-a1"].alternate_number) == (scenes["verse"].id, 1)
    clips = {(clip.scene_id, clip.slug): clip for clip in house.clips.find_many({})}
    one, two = clips[scenes["verse"].id, "one"], clips[scenes["verse"].id, "two"]
    assert (one.position, one.length, one.image_prompt) == (12, 120, "a train")
    assert (two.position, two.length, two.video_prompt) == (144, 48, "it moves")
    hero, other = clips[scenes["chorus"].id, "hero"], clips[scenes["chorus"].id, "hero-a1"]
    assert (other.original_id, other.alternate_number, other.position) == (hero.id, 1, 0)
    (mara,) = house.app._characters.find_many({})
    assert hero.character_ids == [mara.id]
    assert mara.lora
    assert mara.lora.name == "mara.safetensors"


def test_takes_on_other_machines_are_counted_and_listed(house: House) -> None:
    told = bring(house, FILM)
    assert (told.skipped_images, told.skipped_videos) == (2, 1)
    assert told.skipped_urls == ["http://x/1.png", *[TAKE["url"]] * 3]
    assert any("uploads/p_song.mp3" in note for note in told.notes)
    assert house.takes.count({}) == 0


def test_seconds_become_frames_of_the_wanted_rate(house: House) -> None:
    bring(house, film_of({"name": "One", "length": 1.001, "timeline_position": 2.002}), fps="30000/1001")
    (clip,) = house.clips.find_many({})
    assert (clip.position, clip.length) == (60, 30)


def test_clips_that_were_never_placed_follow_each_other(house: House) -> None:
    told = bring(house, film_of({"name": "B", "order": 1}, {"name": "A", "order": 0}))
    assert {clip.slug: clip.position for clip in house.clips.find_many({})} == {"a": 0, "b": 120}
    assert any("never given places" in note for note in told.notes)


def test_clips_that_were_never_placed_and_are_too_long_to_follow_each_other_stay_where_they_were(house: House) -> None:
    told = bring(house, film_of(*({"name": name, "length": 9000} for name in "ABC")))
    assert {clip.position for clip in house.clips.find_many({})} == {0}
    assert any("clips overlap in" in note for note in told.notes)


def test_prompts_are_meant_to_the_letter(house: House) -> None:
    written = "a {red|blue} \\{coat} of __wool__"
    bring(house, film_of({"name": "A", "image_prompt": written}))
    assert "".join(map(str, read_markup(house.clips.find_many({})[0].image_prompt, ""))) == written


def test_clips_that_overlap_stay_where_they_were(house: House) -> None:
    told = bring(house, film_of({"name": "A"}, {"name": "B", "timeline_position": 3}))
    assert {clip.slug: clip.position for clip in house.clips.find_many({})} == {"a": 0, "b": 72}
    assert any("overlap in a" in note for note in told.notes)


def test_clips_of_one_name_get_slugs_of_their_own(house: House) -> None:
    bring(house, film_of({"name": "A"}, {"name": "A!"}, {"name": "a"}))
    assert sorted(clip.slug for clip in house.clips.find_many({})) == ["a", "a-2", "a-3"]


@pytest.mark.parametrize(
    ("clip", "note"),
    [
        ({}, "its name was None"),
        ({"name": "x" * 300}, "its name was"),
        ({"name": "a\nb"}, "it is a b now"),
        ({"name": "a\udfffb"}, "it is a b now"),
        ({"name": "A", "video_prompt": "{x}"}, "plain text"),
        ({"name": "A", "length": "long"}, "its length was 'long', it is 5 s now"),
        ({"name": "A", "length": -1}, "its length was -1"),
        ({"name": "A", "length": 10**400}, "its length was 1000"),
        ({"name": "A", "timeline_position": True}, "its timeline_position was True"),
        ({"name": "A", "lyrics": "x" * 5001}, "cut to 5000"),
        ({"name": "A", "lyrics": 5}, "no text"),
        ({"name": "A", "parent_clip_id": "gone"}, "stands for itself now"),
        ({"name": "A", "id": "a", "parent_clip_id": "a"}, "stands for itself now"),
        ({"name": "A", "character_id": ["x"]}, "its character is not in the export"),
        ({"name": "A", "mood": "blue"}, "clip.mood (1)"),
    ],
)
def test_what_is_changed_on_the_way_is_told(house: House, clip: dict[str, Any], note: str) -> None:
    told = bring(house, film_of(clip))
    assert house.clips.count({}) == 1
    assert any(note in each for each in told.notes), told.notes


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "line 1 of film.json is no JSON"),
        ("", "is no JSON"),
        ("[" * 100_000, "too deep"),
        ("[]", "storycanvas_v1"),
        ('{"format": "vidctl-film"}', "vidctl-film"),
        ('{"format": "storycanvas_v1"}', "no project"),
    ],
)
def test_what_is_no_export_is_refused(house: House, text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        bring(house, text)
    assert house.projects.count({}) == 0


def test_a_name_that_is_taken_needs_another_slug(house: House) -> None:
    bring(house, FILM)
    with pytest.raises(DuplicateName):
        bring(house, FILM)
    assert house.scenes.count({}) == 3
    assert bring(house, FILM, slug="neon-2").project == "neon-2"


def test_a_file_that_is_not_there_is_not_found(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        house.app.imports.import_storycanvas(tmp_path / "none.json", fps="24", slug=None)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["s", "c", "d"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=3,
)


def objects(*fields: str, **inner: Any) -> Any:
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(fields, ODD), **inner})


CLIPS = objects(
    "id", "name", "lyrics", "length", "timeline_position", "order", "image_prompt", "video_prompt", "parent_clip_id",
    "alternate_number", "is_alternate", "character_id", "generated_images", "generated_videos",
)  # fmt: skip
SCENES = objects(
    "id", "name", "description", "lyrics", "order", "parent_scene_id", "alternate_number",
    clips=st.lists(CLIPS | ODD, max_size=4) | ODD,
)  # fmt: skip
PEOPLE = st.lists(objects("id", "name", "lora", "trigger_words", "reference_images") | ODD, max_size=2)


@settings(max_examples=150, deadline=None)
@given(
    objects("name", "description", "music_file_path", characters=PEOPLE | ODD),
    st.lists(SCENES | ODD, max_size=4) | ODD,
    st.sampled_from(["24", "30000/1001"]),
)
def test_no_export_makes_a_film_that_cannot_be(project: dict[str, Any], scenes: Any, fps: str) -> None:
    manifest, _ = read_storycanvas({"format": "storycanvas_v1", "project": project, "scenes": scenes}, fps)
    assert lay_out(manifest).faults == []
    assert manifest.project.rate == Fraction(fps)
