"""Whole clips and scenes: duplicate, split, merge, alternate, promote, insert, move. And taking it all back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import wrong_orders
from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.domain.timeline import span_of
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.errors import Conflict, InvalidInput, Locked, NotFound, TimelineOverlap, VidctlError
from vidctl.services.gallery_manager import GalleryManager


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A film "film" with the scenes verse (a 0-24, b 24-48, c 48-72) and chorus (d 0-24); it is the current one."""
    with House(tmp_path, project="film") as opened:
        film = opened.project()
        verse, chorus = opened.scene(film, "verse", order=0), opened.scene(film, "chorus", order=1)
        for number, slug in enumerate("abc"):
            opened.clip(verse, slug, position=24 * number, order=number, image_prompt=f"prompt {slug}")
        opened.clip(chorus, "d")
        yield opened


def a_take(house: House, slug: str, kind: MediaKind = MediaKind.VIDEO, *, select: bool = True) -> Take:
    clip = house.app.references.clip(slug)
    take = house.takes.create(Take(project_id=clip.project_id, clip_id=clip.id, kind=kind, asset_id="a" * 64))
    if select:
        house.choose(clip.id, kind, take.id)
    return take


def places(house: House, scene: str = "verse") -> dict[str, tuple[int, int]]:
    found = house.clips.list_by_scene(house.app.references.scene(scene).id)
    return {clip.slug: (clip.position, clip.end) for clip in found if not clip.is_alternate}


def length_of(house: House, scene: str) -> int:
    return house.app.references.scene(scene).length


def the(house: House, slug: str) -> Clip:
    return house.app.references.clip(slug)


# inserting and moving


def test_a_clip_in_front_of_another_makes_what_follows_give_room(house: House) -> None:
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="10f", before="b"))
    assert places(house) == {"a": (0, 24), "new": (24, 34), "b": (34, 58), "c": (58, 82)}
    assert length_of(house, "verse") == 82


def test_a_clip_behind_another_makes_what_follows_give_room(house: House) -> None:
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="10f", after="b"))
    assert places(house) == {"a": (0, 24), "b": (24, 48), "new": (48, 58), "c": (58, 82)}


def test_the_next_free_place_is_taken_where_that_is_wanted(house: House) -> None:
    made = house.app.clips.create_clip(
        "verse", ClipCreateDTO(name="New", length="10f", timeline_position="30f", next_free=True)
    )
    assert made.position_frame == 72


def test_a_clip_has_one_place_only(house: House) -> None:
    with pytest.raises(InvalidInput, match="one place only"):
        house.app.clips.create_clip("verse", ClipCreateDTO(name="New", timeline_position="1f", before="b"))
    with pytest.raises(InvalidInput, match="one place only"):
        house.app.clips.move_clip("a", ClipTimelineUpdateDTO(before="b", after="c"))
    with pytest.raises(InvalidInput, match="no place"):
        house.app.clips.move_clip("a", ClipTimelineUpdateDTO())
    with pytest.raises(InvalidInput, match="needs a position"):
        house.app.clips.create_clip("verse", ClipCreateDTO(name="New", next_free=True))


def test_a_clip_changes_its_place_among_its_neighbours(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(after="c"))
    assert places(house) == {"b": (0, 24), "c": (24, 48), "a": (48, 72)}
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(before="b"))
    assert places(house) == {"a": (0, 24), "b": (24, 48), "c": (48, 72)}
    house.app.clips.move_clip("c", ClipTimelineUpdateDTO(before="b"))
    assert places(house) == {"a": (0, 24), "c": (24, 48), "b": (48, 72)}


def test_a_clip_moves_to_another_scene_and_leaves_no_hole_where_it_is_put_beside_a_clip(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(before="d"))
    assert places(house) == {"b": (0, 24), "c": (24, 48)}
    assert places(house, "chorus") == {"a": (0, 24), "d": (24, 48)}
    assert (length_of(house, "verse"), length_of(house, "chorus")) == (48, 48)


def test_a_clip_moves_to_the_end_of_another_scene(house: House) -> None:
    house.app.clips.move_clip("b", ClipTimelineUpdateDTO(scene="chorus"))
    assert places(house) == {"a": (0, 24), "c": (48, 72)}
    assert places(house, "chorus") == {"d": (0, 24), "b": (24, 48)}


def test_a_clip_does_not_move_where_its_name_is_taken(house: House) -> None:
    house.clip(house.app.references.scene("chorus"), "b", position=24)
    before = places(house)
    with pytest.raises(VidctlError, match="a clip of this name"):
        house.app.clips.move_clip("verse/b", ClipTimelineUpdateDTO(scene="chorus"))
    assert places(house) == before


def test_a_clip_does_not_move_to_another_film(house: House) -> None:
    house.scene(house.project("other"), "finale")
    with pytest.raises(InvalidInput, match="another film"):
        house.app.clips.move_clip("a", ClipTimelineUpdateDTO(scene="other/finale"))
    with pytest.raises(InvalidInput, match="beside itself"):
        house.app.clips.move_clip("a", ClipTimelineUpdateDTO(before="a"))


def test_a_locked_clip_stands_where_it_is_and_so_does_everything(house: House) -> None:
    house.app.clips.lock_clips(["c"], locked=True)
    before = places(house)
    with pytest.raises(Locked):
        house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="10f", before="b"))
    assert places(house) == before


def test_with_ripple_a_deletion_leaves_no_hole(house: House) -> None:
    house.app.clips.delete_clips(["b"], ripple=True)
    assert places(house) == {"a": (0, 24), "c": (24, 48)}


# marks


def test_several_clips_are_marked_at_once_or_none(house: House) -> None:
    house.app.clips.lock_clips(["c"], locked=True)
    with pytest.raises(Locked):
        house.app.clips.tag_clips(["scene:verse"], ["night"], [])
    assert the(house, "a").tags == []
    house.app.clips.tag_clips(["scene:verse -is:locked"], ["Night", "rain"], [])
    house.app.clips.tag_clips(["a"], ["night"], ["RAIN"])
    assert (the(house, "a").tags, the(house, "b").tags) == (["night"], ["night", "rain"])


def test_clips_of_a_status_are_found(house: House) -> None:
    house.app.clips.mark_clips("clip status", ["a", "d"], ClipUpdateDTO(status="approved"))
    found = house.app.clips.list_clips(where="status:approved")
    assert ([clip.slug for clip in found.items], found.total) == (["a", "d"], 2)


# duplicating, splitting and merging


def test_a_duplicate_has_the_texts_and_no_takes(house: House) -> None:
    a_take(house, "a")
    copy = house.app.clip_arranger.duplicate("a", name=None, scene=None, at=None, with_takes=False)
    assert (copy.slug, copy.position_frame, copy.image_prompt, copy.videos) == ("a-copy", 72, "prompt a", 0)
    again = house.app.clip_arranger.duplicate("a", name=None, scene=None, at=None, with_takes=False)
    assert again.slug == "a-copy-2"


def test_a_duplicate_with_takes_has_the_same_chosen(house: House) -> None:
    a_take(house, "a", select=False)
    chosen = a_take(house, "a")
    copy = house.app.clip_arranger.duplicate("a", name="Twin", scene="chorus", at=None, with_takes=True)
    assert (copy.path, copy.videos) == ("film/chorus/twin", 2)
    mine = house.takes.find_by_id(copy.selected_video_id or "")
    assert (mine.asset_id, mine.id != chosen.id, mine.clip_id) == (chosen.asset_id, True, copy.id)


def test_a_split_keeps_every_frame_where_it_was(house: House) -> None:
    a_take(house, "b")
    first, later = house.app.clip_arranger.split("b", "30f").items
    assert places(house) == {"a": (0, 24), "b": (24, 30), "b-2": (30, 48), "c": (48, 72)}
    assert (first.source_start, later.source_start, later.videos) == (0, 6, 1)
    last = house.app.clip_arranger.split("b-2", "40f").items[1]
    assert (last.slug, last.source_start) == ("b-2-2", 16)


def test_the_lines_of_a_split_clip_go_where_their_time_lies(house: House) -> None:
    house.clips.update_by_id(the(house, "a").id, {"$set": {"lyrics": "one\ntwo\nthree\nfour"}})
    first, later = house.app.clip_arranger.split("a", "6f").items
    assert (first.lyrics, later.lyrics) == ("one", "two\nthree\nfour")


@pytest.mark.parametrize("at", ["24f", "48f", "0f", "100f"])
def test_a_clip_is_split_inside_only(house: House, at: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be split"):
        house.app.clip_arranger.split("b", at)


def test_another_video_begins_at_its_own_start(house: House) -> None:
    a_take(house, "b")
    later = house.app.clip_arranger.split("b", "30f").items[1]
    other = a_take(house, "b-2", select=False)
    assert house.app.clips.select_take("b-2", later.selected_video_id or "").source_start == 6
    assert house.app.clips.select_take("b-2", other.id).source_start == 0


def test_merged_parts_are_what_the_whole_was(house: House) -> None:
    chosen = a_take(house, "b")
    house.app.clip_arranger.split("b", "30f")
    merged = house.app.clip_arranger.merge(["b-2", "b"])
    assert places(house) == {"a": (0, 24), "b": (24, 48), "c": (48, 72)}
    assert (merged.slug, merged.selected_video_id, merged.source_start, merged.videos) == ("b", chosen.id, 0, 2)


def test_merging_closes_gaps_and_gathers_what_people_made(house: House) -> None:
    house.clips.update_by_id(the(house, "a").id, {"$set": {"lyrics": "la", "tags": ["x"], "length": 20}})
    house.clips.update_by_id(the(house, "b").id, {"$set": {"lyrics": "lu", "tags": ["y", "x"]}})
    still = a_take(house, "b", MediaKind.IMAGE)
    merged = house.app.clip_arranger.merge(["a", "b"])
    assert (merged.position_frame, merged.frames) == (0, 48)
    assert (merged.lyrics, merged.tags, merged.image_prompt) == ("la\nlu", ["x", "y"], "prompt a")
    assert merged.selected_image_id == still.id


def test_clips_with_another_between_them_are_not_merged(house: House) -> None:
    with pytest.raises(Conflict, match="b lies between"):
        house.app.clip_arranger.merge(["a", "c"])
    with pytest.raises(InvalidInput, match="different scenes"):
        house.app.clip_arranger.merge(["a", "d"])
    with pytest.raises(InvalidInput, match="only one clip"):
        house.app.clip_arranger.merge(["a", "a"])


# alternates


def test_alternates_are_numbered_in_one_family_and_overlap_nothing(house: House) -> None:
    first = house.app.clip_arranger.make_alternate("b", None)
    second = house.app.clip_arranger.make_alternate(first.id, None)
    assert [(a.name, a.slug, a.alternate_number) for a in (first, second)] == [("B A1", "b-a1", 1), ("B A2", "b-a2", 2)]
    assert first.original_id == second.original_id == the(house, "b").id
    assert length_of(house, "verse") == 72
    assert [clip.slug for clip in house.app._films.load(house.app.references.project()).in_order()] == list("abcd")
    house.app.clips.update_clip("b-a1", ClipUpdateDTO(length="100f"))
    assert length_of(house, "verse") == 72


def test_alternates_go_where_their_original_goes(house: House) -> None:
    house.app.clip_arranger.make_alternate("b", None)
    house.app.clips.move_clip("b", ClipTimelineUpdateDTO(after="c"))
    assert the(house, "b-a1").position == the(house, "b").position == 48
    house.app.clips.move_clip("b", ClipTimelineUpdateDTO(scene="chorus"))
    assert the(house, "b-a1").scene_id == the(house, "d").scene_id


def test_a_promoted_alternate_takes_place_and_name(house: House) -> None:
    original = the(house, "b")
    house.app.clip_arranger.make_alternate("b", None)
    chosen = house.app.clip_arranger.make_alternate("b", None)
    promoted = house.app.clip_arranger.promote("b-a2")
    assert (promoted.id, promoted.slug, promoted.name, promoted.original_id) == (chosen.id, "b", "B", None)
    left, other = the(house, "b-a2"), the(house, "b-a1")
    assert (left.id, left.original_id, left.alternate_number) == (original.id, chosen.id, 2)
    assert (other.original_id, other.alternate_number) == (chosen.id, 1)
    house.app.clip_arranger.promote("b-a2")
    assert the(house, "b").id == original.id


def test_an_alternate_that_is_too_long_is_not_promoted(house: House) -> None:
    house.app.clip_arranger.make_alternate("b", None)
    house.app.clips.update_clip("b-a1", ClipUpdateDTO(length="30f"))
    with pytest.raises(TimelineOverlap, match="would overlap C"):
        house.app.clip_arranger.promote("b-a1")
    with pytest.raises(Conflict, match="is no alternate"):
        house.app.clip_arranger.promote("b")


def test_an_alternate_scene_has_copies_of_the_clips_and_takes_no_room(house: House) -> None:
    house.app.clip_arranger.make_alternate("b", None)
    made = house.app.scene_arranger.make_alternate("verse", None)
    assert (made.slug, made.start_frame, made.frames) == ("verse-a1", 0, 72)
    copies = house.clips.list_by_scene(made.id)
    assert sorted(clip.slug for clip in copies) == ["a", "b", "b-a1", "c"]
    (variant,) = [clip for clip in copies if clip.is_alternate]
    assert variant.original_id in {clip.id for clip in copies}
    assert house.app.scenes.get_scene("chorus").start_frame == 72


def test_a_promoted_scene_takes_its_originals_place_in_the_film(house: House) -> None:
    house.app.scene_arranger.make_alternate("verse", None)
    house.app.clips.delete_clips(["verse-a1/c"])
    promoted = house.app.scene_arranger.promote("verse-a1")
    assert (promoted.slug, promoted.name, promoted.frames) == ("verse", "Verse", 48)
    assert house.app.scenes.get_scene("chorus").start_frame == 48
    assert house.app.scenes.get_scene("verse-a1").original_id == promoted.id
    house.app.scene_arranger.promote("verse-a1")
    assert house.app.scenes.get_scene("chorus").start_frame == 72


def test_a_locked_clip_does_not_leave_the_film_with_its_scene(house: House) -> None:
    house.app.scene_arranger.make_alternate("verse", None)
    house.app.clips.lock_clips(["verse/b"], locked=True)
    with pytest.raises(Locked, match="would leave the film"):
        house.app.scene_arranger.promote("verse-a1")


def test_a_duplicated_scene_stands_at_the_end_with_its_clips(house: House) -> None:
    a_take(house, "a")
    made = house.app.scene_arranger.duplicate("verse", name=None, with_takes=True)
    assert (made.slug, made.start_frame, made.frames) == ("verse-copy", 96, 72)
    assert house.app.clips.get_clip("verse-copy/a").videos == 1


def test_scenes_are_put_in_order(house: House) -> None:
    house.app.scenes.create_scene(None, SceneCreateDTO(name="Intro", before="verse"))
    house.app.scenes.create_scene(None, SceneCreateDTO(name="Bridge", after="verse"))
    assert [s.slug for s in house.app.scenes.list_scenes(None).items] == ["intro", "verse", "bridge", "chorus"]
    house.app.scenes.move_scene("chorus", before="intro", after=None)
    assert [s.slug for s in house.app.scenes.list_scenes(None).items] == ["chorus", "intro", "verse", "bridge"]
    house.app.scenes.reorder_scenes(None, ["bridge", "verse"])
    assert [s.slug for s in house.app.scenes.list_scenes(None).items] == ["bridge", "verse", "chorus", "intro"]
    with pytest.raises(InvalidInput, match="named twice"):
        house.app.scenes.reorder_scenes(None, ["verse", "verse"])
    with pytest.raises(NotFound):
        house.app.scenes.move_scene("verse", before="nowhere", after=None)


def test_an_alternate_is_not_split(house: House) -> None:
    house.app.clip_arranger.make_alternate("a", None)
    with pytest.raises(Conflict, match="is an alternate and cannot be split"):
        house.app.clip_arranger.split("a-a1", "12f")


def test_an_alternate_stays_in_the_scene_of_its_original(house: House) -> None:
    house.app.clip_arranger.make_alternate("a", None)
    with pytest.raises(Conflict, match="stays in the scene of its original"):
        house.app.clips.move_clip("a-a1", ClipTimelineUpdateDTO(scene="chorus"))


def test_beside_an_alternate_means_beside_its_original(house: House) -> None:
    house.app.clip_arranger.make_alternate("c", None)
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(after="c-a1"))
    assert places(house) == {"b": (0, 24), "c": (24, 48), "a": (48, 72)}
    with pytest.raises(InvalidInput, match="beside itself"):
        house.app.clips.move_clip("c", ClipTimelineUpdateDTO(after="c-a1"))


def test_an_alternate_scene_stands_for_its_original_in_the_order(house: House) -> None:
    house.app.scene_arranger.make_alternate("verse", None)
    house.app.scenes.move_scene("verse-a1", before=None, after="chorus")
    assert [s.slug for s in house.app.scenes.list_scenes(None).items] == ["chorus", "verse", "verse-a1"]
    with pytest.raises(InvalidInput, match="beside itself"):
        house.app.scenes.move_scene("verse", before="verse-a1", after=None)


def test_what_is_being_rendered_for_a_merged_clip_lands_on_the_whole(house: House) -> None:
    house.server()
    job = house.job(the(house, "b"))
    house.app.clip_arranger.merge(["a", "b"])
    house.work()
    assert house.again(job).status is JobStatus.SUCCEEDED
    (take,) = house.takes.find_many({})
    assert take.clip_id == the(house, "a").id


def test_a_take_lands_on_the_whole_if_its_clip_is_merged_at_that_moment(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.server()
    house.job(the(house, "b"))
    add = GalleryManager.add_take

    def merge_first(gallery: GalleryManager, take: Take, sidecar: Any) -> Take:
        monkeypatch.setattr(GalleryManager, "add_take", add)
        house.app.clip_arranger.merge(["a", "b"])
        return add(gallery, take, sidecar)

    monkeypatch.setattr(GalleryManager, "add_take", merge_first)
    house.work()
    (take,) = house.takes.find_many({})
    assert take.clip_id == the(house, "a").id
    assert the(house, "a").selected_image_id == take.id


# whatever is done, the film stays sound, and can be taken back

OPERATIONS = st.one_of(
    st.tuples(st.just("create"), st.integers(1, 30), st.sampled_from("abc")),
    st.tuples(st.just("move"), st.sampled_from("abc"), st.integers(0, 90)),
    st.tuples(st.just("beside"), st.sampled_from("abc"), st.sampled_from("abcd")),
    st.tuples(st.just("split"), st.sampled_from("abc"), st.integers(0, 90)),
    st.tuples(st.just("merge"), st.sampled_from("abc"), st.sampled_from("abc")),
    st.tuples(st.just("alternate"), st.sampled_from("abc"), st.just(0)),
    st.tuples(st.just("promote"), st.sampled_from("abc"), st.just(0)),
    st.tuples(st.just("length"), st.sampled_from("abc"), st.integers(1, 60)),
    st.tuples(st.just("delete"), st.sampled_from("abc"), st.booleans()),
)


def run(house: House, step: tuple[Any, Any, Any]) -> None:
    verb, one, two = step
    app = house.app
    match verb:
        case "create":
            slug = f"n{house.clips.count({})}"
            app.clips.create_clip("verse", ClipCreateDTO(name="New", slug=slug, length=f"{one}f", before=two))
        case "move":
            app.clips.move_clip(one, ClipTimelineUpdateDTO(position=f"{two}f"))
        case "beside":
            app.clips.move_clip(one, ClipTimelineUpdateDTO(before=two))
        case "split":
            app.clip_arranger.split(one, f"{two}f")
        case "merge":
            app.clip_arranger.merge([one, two])
        case "alternate":
            app.clip_arranger.make_alternate(one, None)
        case "promote":
            app.clip_arranger.promote(f"{one}-a1")
        case "length":
            app.clips.update_clip(one, ClipUpdateDTO(length=f"{two}f"))
        case "delete":
            app.clips.delete_clips([one], ripple=two)


def state(house: House) -> Any:
    left_out = {"revision", "updated_at", "version", "order"}
    clips = {clip.id: clip.model_dump(exclude=left_out) for clip in house.clips.find_many({})}
    return clips, {scene.slug: scene.length for scene in house.scenes.find_many({})}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(OPERATIONS, max_size=8))
def test_whatever_is_done_nothing_overlaps_and_scenes_know_their_length_and_order(
    tmp_path: Path, steps: list[Any]
) -> None:
    with House(tmp_path, project="film", rate=1000) as house:
        film = house.project()
        verse, chorus = house.scene(film, "verse"), house.scene(film, "chorus", order=1)
        for number, slug in enumerate("abc"):
            house.clip(verse, slug, position=24 * number, order=number)
        house.clip(chorus, "d")
        for step in steps:
            before, sets = state(house), house.app._change_sets.count({})
            try:
                run(house, step)
            except VidctlError:
                assert state(house) == before
            for scene in house.scenes.find_many({}):
                shown = [clip for clip in house.clips.list_by_scene(scene.id) if not clip.is_alternate]
                assert scene.length == max((clip.end for clip in shown), default=0)
                spans = sorted((span_of(clip) for clip in shown), key=lambda span: span.start)
                assert not any(one.overlaps(two) for one, two in pairwise(spans))
                assert wrong_orders(house.clips.list_by_scene(scene.id)) == {}
            if house.app._change_sets.count({}) > sets and step[0] in ("move", "beside", "length", "promote", "delete"):
                house.app.history.undo(None, None)
                assert state(house) == before
