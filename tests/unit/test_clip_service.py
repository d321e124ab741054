"""Clips in time: where they may be, what is said of where they may not, and what they show."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipResponseDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.errors import DuplicateName, InvalidInput, NotFound, TimelineOverlap
from vidctl.services.clip_service import ClipService
from vidctl.services.layout import SceneLayout


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A film of 24 fps with the scenes verse and chorus."""
    with House(tmp_path, project="film") as house:
        project = house.project("film")
        for order, slug in enumerate(("verse", "chorus")):
            house.scene(project, slug, order=order)
        yield house


@pytest.fixture
def clips(house: House) -> ClipService:
    return house.app.clips


def create(clips: ClipService, name: str, frames: int = 24, at: int | None = None) -> ClipResponseDTO:
    position = None if at is None else f"{at}f"
    return clips.create_clip("verse", ClipCreateDTO(name=name, length=f"{frames}f", timeline_position=position))


def move(clips: ClipService, clip: str, frame: int, *, force: bool = False) -> ClipResponseDTO:
    return clips.move_clip(clip, ClipTimelineUpdateDTO(position=f"{frame}f", force=force)).clip


# where they may be


def test_clips_follow_one_another(clips: ClipService) -> None:
    assert [create(clips, name).position_frame for name in ("A", "B", "C")] == [0, 24, 48]


def test_a_clip_may_touch_its_neighbours(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    create(clips, "C", 24, at=48)
    assert create(clips, "B", 24, at=24).position_frame == 24


def test_a_clip_may_not_overlap_another(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    with pytest.raises(TimelineOverlap) as refused:
        create(clips, "B", 24, at=23)
    assert refused.value.problem == "B would overlap A"
    assert refused.value.cause == "a is there from 0 s to 1 s"
    assert refused.value.details["neighbours"] == ["a"]
    assert clips.list_clips().total == 1


def test_clips_of_other_scenes_are_in_nobodys_way(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    assert clips.create_clip("chorus", ClipCreateDTO(name="A", timeline_position="0")).position_frame == 0


def test_a_clip_is_in_no_way_of_itself(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    assert move(clips, "a", 5).position_frame == 5


def test_force_overlaps_and_says_whom(clips: ClipService) -> None:
    create(clips, "A"), create(clips, "B")
    moved = clips.move_clip("b", ClipTimelineUpdateDTO(position="0", force=True))
    assert moved.overlaps == ["a"]
    assert moved.clip.position_frame == 0


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=5), st.integers(0, 60), st.integers(1, 20))
def test_the_suggested_position_is_free(
    tmp_path: Path, others: list[tuple[int, int]], wanted: int, length: int
) -> None:
    with House(tmp_path, project="film") as house:
        house.scene(house.project("film"))
        clips = house.app.clips
        for number, (at, frames) in enumerate([*others, (wanted, length)]):
            try:
                create(clips, f"Clip {number}", frames, at)
            except TimelineOverlap as refused:
                create(clips, f"Clip {number}", frames, refused.details["suggested_frame"])
        assert clips.list_clips().total == len(others) + 1


# how long they may be


def test_a_clip_grows_up_to_its_neighbour(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    create(clips, "B", 24, at=48)
    assert clips.update_clip("a", ClipUpdateDTO(length="48f")).frames == 48
    with pytest.raises(TimelineOverlap):
        clips.update_clip("a", ClipUpdateDTO(length="49f"))


def test_what_is_suggested_to_a_clip_that_is_too_long_works(clips: ClipService) -> None:
    create(clips, "A", 24, at=0)
    create(clips, "B", 24, at=30)
    with pytest.raises(TimelineOverlap) as refused:
        clips.update_clip("a", ClipUpdateDTO(length="40f"))
    assert refused.value.fix == "there is room for --length 30f; or first: vidctl clip move CLIP --at 54f"
    assert clips.update_clip("a", ClipUpdateDTO(length="30f")).frames == 30
    move(clips, "a", refused.value.details["suggested_frame"])
    assert clips.update_clip("a", ClipUpdateDTO(length="40f")).frames == 40


def test_a_clip_that_overlaps_already_may_become_shorter(clips: ClipService) -> None:
    create(clips, "A"), create(clips, "B")
    move(clips, "b", 12, force=True)
    assert clips.update_clip("a", ClipUpdateDTO(length="20f")).frames == 20


@pytest.mark.parametrize("length", ["0", "0f", "0.01", "10001", "-1", "five"])
def test_a_length_that_is_none_is_refused(clips: ClipService, length: str) -> None:
    with pytest.raises(InvalidInput):
        clips.create_clip("verse", ClipCreateDTO(name="A", length=length))


def test_a_position_beyond_any_song_is_refused(clips: ClipService) -> None:
    with pytest.raises(InvalidInput):
        clips.create_clip("verse", ClipCreateDTO(name="A", timeline_position="10001"))


# changing them


@pytest.mark.parametrize("place", [{}, {"before": "last"}, {"after": "last"}])
def test_no_clip_is_put_or_pushed_beyond_any_song(clips: ClipService, place: dict[str, str]) -> None:
    create(clips, "last", at=240_000)
    with pytest.raises(InvalidInput, match="would start too far back in verse"):
        clips.create_clip("verse", ClipCreateDTO(name="more", length="1s", **place))
    assert [clip.position_frame for clip in clips.list_clips().items] == [240_000]


def test_a_name_is_taken_once_a_scene(clips: ClipService) -> None:
    create(clips, "Hero")
    with pytest.raises(DuplicateName):
        create(clips, "hero")


def test_only_what_is_given_changes(clips: ClipService) -> None:
    create(clips, "Hero")
    clips.update_clip("hero", ClipUpdateDTO(image_prompt="a singer", image_settings={"steps": 20, "cfg": 5}))
    changed = clips.update_clip("hero", ClipUpdateDTO(lyrics="la", image_settings={"cfg": 7, "steps": None}))
    assert (changed.image_prompt, changed.lyrics, changed.image_settings) == ("a singer", "la", {"cfg": 7})


def test_a_change_does_not_undo_a_take_that_lands_meanwhile(house: House, clips: ClipService) -> None:
    """The clip is read, a first take is selected by a worker, then the change is written."""
    created = create(clips, "Hero")
    stale = house.clips.find_by_id(created.id)
    house.choose(created.id, MediaKind.IMAGE, "take")
    from vidctl.services.editing import apply_changes

    apply_changes(house.clips, stale, {"lyrics": "la"})
    assert house.clips.find_by_id(created.id).selected_image_id == "take"


def test_nothing_to_change_is_an_error(clips: ClipService) -> None:
    create(clips, "Hero")
    with pytest.raises(InvalidInput, match="nothing to change"):
        clips.update_clip("hero", ClipUpdateDTO())


# the takes they show


def take_of(house: House, clip: ClipResponseDTO, kind: MediaKind = MediaKind.VIDEO) -> Take:
    return house.takes.create(Take(project_id=clip.project_id, clip_id=clip.id, kind=kind, asset_id="a" * 64))


def test_a_take_is_selected_by_the_beginning_of_its_id(house: House, clips: ClipService) -> None:
    hero = create(clips, "Hero")
    take = take_of(house, hero)
    selected = clips.select_take("hero", take.id[:8])
    assert (selected.selected_video_id, selected.selected_image_id) == (take.id, None)
    assert clips.unselect("hero", MediaKind.VIDEO).selected_video_id is None


def test_a_take_of_another_clip_cannot_be_selected(house: House, clips: ClipService) -> None:
    hero, other = create(clips, "Hero"), create(clips, "Other")
    with pytest.raises(NotFound, match="belongs to another clip"):
        clips.select_take(hero.id, take_of(house, other).id)


# the whole film


def test_clips_are_listed_as_the_film_shows_them(clips: ClipService) -> None:
    clips.create_clip("chorus", ClipCreateDTO(name="Last"))
    create(clips, "Second", at=24)
    create(clips, "First", at=0)
    assert [clip.name for clip in clips.list_clips().items] == ["First", "Second", "Last"]
    assert [clip.film_frame for clip in clips.list_clips().items] == [0, 24, 48]
    assert [clip.name for clip in clips.list_clips(scene="chorus").items] == ["Last"]


# several people at once


def test_clips_that_are_added_at_once_do_not_overlap(house: House) -> None:
    with ThreadPoolExecutor(8) as crew:
        list(crew.map(lambda number: create(house.app.clips, f"Clip {number}"), range(8)))
    placed = sorted(house.clips.find_many({}), key=lambda clip: clip.position)
    assert len(placed) == 8
    assert all(before.end <= after.position for before, after in pairwise(placed))


def test_a_place_that_somebody_else_takes_meanwhile_is_refused_and_nothing_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips, look = house.app.clips, SceneLayout.refuse_overlap

    def look_too_early(layout: SceneLayout, *arguments: Any) -> None:
        monkeypatch.setattr(SceneLayout, "refuse_overlap", look)
        look(layout, *arguments)
        create(clips, "First", at=0)

    monkeypatch.setattr(SceneLayout, "refuse_overlap", look_too_early)
    with pytest.raises(TimelineOverlap):
        create(clips, "Second", at=12)
    assert [clip.name for clip in house.clips.find_many({})] == ["First"]
