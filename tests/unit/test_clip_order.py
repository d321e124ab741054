"""Clips are in order of time: their order follows their position, whatever is done to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import rising, time_key, wrong_orders
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.errors import InvalidInput, Locked

PLACES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6)


@given(PLACES)
def test_orders_follow_positions_and_leave_clips_that_start_together_as_they_were(
    places: list[tuple[int, int]],
) -> None:
    clips = [
        Clip(project_id="p", scene_id="s", name="x", slug="x", length=1, position=position, order=order)
        for position, order in places
    ]
    orders = wrong_orders(clips)
    settled = [clip.model_copy(update={"order": orders.get(clip.id, clip.order)}) for clip in clips]
    in_time = sorted(settled, key=time_key)
    assert all(one.order < two.order for one, two in pairwise(in_time))
    assert [clip.id for clip in in_time] == [clip.id for clip in sorted(clips, key=time_key)]
    assert wrong_orders(settled) == {}


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], []),
        ([0, 3, 7], [0, 3, 7]),
        ([0, None, 7, None], [0, 1, 7, 8]),
        ([None, None], [0, 1]),
        ([0, None, 1], [0, 1, 2]),
        ([4, 4], [0, 1]),
        ([7, 3], [0, 1]),
    ],
)
def test_orders_that_rise_are_kept(orders: Sequence[int | None], expected: list[int]) -> None:
    assert rising(orders) == expected


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """verse: a, b, c, one behind the other, whose orders say otherwise, as older stores have them."""
    with House(tmp_path, project="film", rate=1000) as opened:
        verse = opened.scene(opened.project("film"), "verse")
        for number, slug in enumerate("abc"):
            opened.clip(verse, slug, position=24 * number, order=9 - number)
        yield opened


def orders(house: House) -> dict[str, int]:
    return {clip.slug: clip.order for clip in sorted(house.clips.find_many({}), key=time_key)}


def move(house: House, slug: str, **place: str | bool) -> int:
    return house.app.clips.move_clip(f"verse/{slug}", ClipTimelineUpdateDTO(**place)).clip.order


def test_a_store_whose_orders_differ_is_read_in_order_of_time_and_settled_by_the_next_move(house: House) -> None:
    assert [clip.slug for clip in house.app.clips.list_clips("film").items] == ["a", "b", "c"]
    assert move(house, "b", position="200f") == 2
    assert orders(house) == {"a": 0, "c": 1, "b": 2}


def test_an_alternate_has_the_order_of_its_original(house: House) -> None:
    alternate = house.app.clip_arranger.make_alternate("verse/a", None)
    assert alternate.order == orders(house)["a"] == 0
    move(house, "a", position="200f")
    assert orders(house) == {"b": 0, "c": 1, "a": 2, "a-a1": 2}


def test_a_clip_that_is_deleted_leaves_the_others_alone(house: House) -> None:
    move(house, "b", position="200f")
    before = {clip.slug: clip.revision for clip in house.clips.find_many({})}
    house.app.clips.delete_clips(["verse/c"])
    assert {clip.slug: clip.revision for clip in house.clips.find_many({})} == {each: before[each] for each in "ab"}


def test_the_order_of_a_locked_clip_follows_what_is_moved_around_it(house: House) -> None:
    house.app.clips.lock_clips(["verse/b"], locked=True)
    move(house, "a", position="200f")
    assert orders(house) == {"b": 0, "c": 1, "a": 2}


def test_a_new_order_is_no_work_of_a_person_that_stands_in_the_way_of_taking_back(house: House) -> None:
    house.app.clips.update_clip("verse/b", ClipUpdateDTO(lyrics="la"))
    moved = move(house, "c", before="verse/a")
    assert (moved, orders(house)) == (0, {"c": 0, "a": 1, "b": 2})
    house.app.history.undo(None, None)
    assert orders(house) == {"a": 0, "b": 1, "c": 2}
    house.app.history.undo(None, None)
    assert house.app.clips.get_clip("verse/b").lyrics == ""


def test_a_clip_goes_back_under_what_it_had_been_forced_onto_though_that_got_another_order(house: House) -> None:
    move(house, "a", position="30f", force=True)
    move(house, "a", position="200f")
    house.app.history.undo(None, None)
    assert house.app.clips.get_clip("verse/a").position_frame == 30


def test_a_new_clip_gets_the_order_of_its_place(house: House) -> None:
    made = house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="1f", before="verse/b"))
    assert made.order == 1
    assert orders(house) == {"a": 0, "new": 1, "b": 2, "c": 3}


def test_clips_that_start_together_can_be_put_in_order(house: House) -> None:
    for slug in "bc":
        move(house, slug, position="0f", force=True)
    assert orders(house) == {"b": 0, "a": 1, "c": 2}
    assert house.app.clips.update_clip("verse/c", ClipUpdateDTO(order=0)).order == 0
    assert orders(house) == {"c": 0, "b": 1, "a": 2}
    house.app.history.undo(None, None)
    assert orders(house) == {"b": 0, "a": 1, "c": 2}
    house.app.clips.lock_clips(["verse/b"], locked=True)
    with pytest.raises(Locked):
        house.app.clips.update_clip("verse/a", ClipUpdateDTO(order=0))


def test_an_order_that_is_not_that_of_time_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="start on the same frame") as refused:
        house.app.clips.update_clip("verse/a", ClipUpdateDTO(order=1))
    assert "--before" in refused.value.fix
    assert house.app.clips.update_clip("verse/a", ClipUpdateDTO(order=9, name="A!")).name == "A!"


def test_a_copy_of_a_scene_is_in_order(house: House) -> None:
    house.app.scene_arranger.duplicate("film/verse", name="Copy", with_takes=False)
    copies = house.clips.list_by_scene(house.app.references.scene("film/copy").id)
    assert {clip.slug: clip.order for clip in copies} == {"a": 0, "b": 1, "c": 2}
