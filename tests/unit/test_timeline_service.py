"""Timelines of scenes and films: absolute places, what is wrong, what would help, and edits of many clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.lyrics import TimedLine
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.dtos.clip_dtos import ClipTimelineUpdateDTO
from vidctl.dtos.scene_dtos import SceneUpdateDTO
from vidctl.dtos.timeline_dtos import RippleInsertDTO, SuggestionDTO
from vidctl.errors import InvalidInput, Locked, TimelineOverlap
from vidctl.services.timeline_views import MOST_OVERLAPS


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film") as house:
        yield house


def a_film(house: House, *, seconds: float | None = None, **fields: object) -> tuple[Project, Scene, Scene]:
    """A film of 24 fps with the scenes verse and chorus, and a song of that many seconds."""
    project = house.project("film", music_duration=seconds, **fields)
    return project, house.scene(project, "verse", order=0), house.scene(project, "chorus", order=1)


def a_clip(house: House, scene: Scene, slug: str, at: int, frames: int, **fields: object) -> Clip:
    return house.clip(scene, slug, position=at, length=frames, **fields)


def positions(house: House) -> dict[str, int]:
    return {clip.slug: clip.position for clip in house.clips.find_many({})}


def follow(house: House, suggestion: SuggestionDTO) -> None:
    """Do what a suggestion's command does."""
    at = f"{suggestion.position_frame}f"
    if suggestion.kind == "clip":
        house.app.clips.move_clip(suggestion.id, ClipTimelineUpdateDTO(position=at))
    else:
        house.app.scenes.update_scene(suggestion.id, SceneUpdateDTO(start=at))


# analysis


def test_places_are_told_on_the_films_clock(house: House) -> None:
    _, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 0, 48)
    a_clip(house, chorus, "hero", 12, 24)
    a_clip(house, chorus, "crowd", 24, 24)
    found = house.app.timeline.scene_analysis("chorus")
    [overlap] = found.overlaps
    assert (overlap.first, overlap.second) == ("film/chorus/hero", "film/chorus/crowd")
    assert (overlap.start_frame, overlap.frames, overlap.start, overlap.start_timecode) == (72, 12, 3, "00:00:03:00")
    [gap] = found.gaps
    assert (gap.kind, gap.start_frame, gap.end_frame) == ("lead_in", 48, 60)
    assert (found.scene_id, found.total_clips, found.summary.end_frame) == (chorus.id, 2, 96)


def test_a_suggestion_is_a_command_that_works(house: House) -> None:
    _, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 0, 48)
    a_clip(house, verse, "sky", 30, 48)
    a_clip(house, chorus, "hero", 0, 24)
    a_clip(house, chorus, "crowd", 0, 24, order=1)
    house.scenes.update_by_id(chorus.id, {"$set": {"start": 40}})
    found = house.app.timeline.project_analysis(None)
    assert found.summary.overlaps == 6
    assert [each.command for each in found.suggestions] == [
        "vidctl clip move film/verse/sky --at 48f",
        "vidctl clip move film/chorus/crowd --at 24f",
        "vidctl scene update film/chorus --at 96f",
    ]
    for suggestion in found.suggestions:
        follow(house, suggestion)
    after = house.app.timeline.project_analysis(None)
    assert (after.overlaps, after.suggestions, after.has_issues) == ([], [], False)


def test_the_cut_is_compared_with_the_song(house: House) -> None:
    _, verse, _ = a_film(house, seconds=10)
    a_clip(house, verse, "street", 24, 48)
    found = house.app.timeline.project_analysis(None)
    assert [(gap.kind, gap.start, gap.end) for gap in found.gaps] == [("lead_in", 0, 1), ("tail", 3, 10)]
    assert (found.summary.song, found.summary.song_frames, found.has_issues) == (10, 240, False)


def test_a_clip_beyond_the_song_is_a_warning(house: House) -> None:
    _, verse, _ = a_film(house, seconds=2)
    a_clip(house, verse, "street", 0, 40)
    a_clip(house, verse, "sky", 40, 20)
    a_clip(house, verse, "late", 60, 24)
    found = house.app.timeline.project_analysis(None)
    assert [(clip.path, clip.over_frames) for clip in found.beyond_song] == [
        ("film/verse/sky", 12),
        ("film/verse/late", 24),
    ]
    assert [(issue.code, issue.severity) for issue in found.issues] == [("beyond_song", "warning")] * 2
    assert found.has_issues
    assert house.app.timeline.scene_analysis("verse").summary.beyond_song == 2


@pytest.mark.parametrize(("last", "late", "tail"), [(47, 0, 1), (48, 0, 0), (49, 0, 0), (50, 1, 0)])
def test_the_songs_last_frame_may_be_shown_though_it_is_heard_in_part(
    house: House, last: int, late: int, tail: int
) -> None:
    _, verse, _ = a_film(house, seconds=48.3 / 24)
    a_clip(house, verse, "street", 0, last)
    numbers = house.app.timeline.project_analysis(None).summary
    assert (numbers.beyond_song, numbers.gaps) == (late, tail)


def test_alternates_count_nowhere(house: House) -> None:
    project, verse, _ = a_film(house)
    hero = a_clip(house, verse, "hero", 0, 24)
    a_clip(house, verse, "hero-a1", 0, 24, original_id=hero.id, alternate_number=1)
    aside = house.scene(project, "verse-a1", order=0, original_id=verse.id, alternate_number=1)
    a_clip(house, aside, "other", 0, 96)
    found = house.app.timeline.project_analysis(None)
    assert (found.total_clips, found.has_issues, found.summary.end_frame) == (1, False, 24)
    assert [s.slug for s in house.app.timeline.project_timeline(None).scenes] == ["verse", "chorus"]
    assert house.app.timeline.scene_analysis("verse-a1").total_clips == 1


def test_a_locked_clip_is_not_suggested_to_move(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "hero", 0, 24)
    a_clip(house, verse, "held", 12, 24, locked=True)
    [suggestion] = house.app.timeline.scene_analysis("verse").suggestions
    assert suggestion.path == "film/verse/hero"
    follow(house, suggestion)
    assert not house.app.timeline.scene_analysis("verse").has_issues


def test_a_film_of_which_all_overlaps_is_told_in_part(house: House) -> None:
    _, verse, _ = a_film(house)
    for number in range(50):
        a_clip(house, verse, f"c{number}", 0, 24)
    found = house.app.timeline.project_analysis(None)
    assert (found.summary.overlaps, len(found.overlaps)) == (1225, MOST_OVERLAPS)


def test_a_film_without_anything_is_all_gap(house: House) -> None:
    a_film(house, seconds=2)
    found = house.app.timeline.project_analysis(None)
    assert [(gap.kind, gap.frames) for gap in found.gaps] == [("lead_in", 48)]
    assert (found.total_clips, found.summary.covered, found.has_issues) == (0, 0, False)


# the timeline


def test_a_timeline_lasts_until_the_song_or_the_cut_ends(house: House) -> None:
    line = TimedLine(start_ms=500, end_ms=1500, text="Neon nights")
    _, verse, chorus = a_film(house, seconds=3, lyrics=[line])
    a_clip(house, verse, "street", 0, 24)
    a_clip(house, chorus, "hero", 0, 24)
    found = house.app.timeline.project_timeline(None)
    assert (found.end_frame, found.song and found.song.end_frame) == (72, 72)
    assert [(line.text, line.start_frame, line.end_frame) for line in found.lyrics] == [("Neon nights", 12, 36)]
    assert [(s.slug, s.start_frame, [c.start_frame for c in s.clips]) for s in found.scenes] == [
        ("verse", 0, [0]),
        ("chorus", 24, [24]),
    ]
    a_clip(house, chorus, "crowd", 24, 48)
    assert house.app.timeline.project_timeline(None).end_frame == 96


@pytest.mark.parametrize(
    ("fps", "drop", "told"),
    [
        ("30000/1001", True, "00:01:00;02"),
        ("30000/1001", False, "00:01:00:00"),
        ("24", True, "00:01:15:00"),
    ],
)
def test_timecode_drops_frames_where_the_film_wants_it_and_its_rate_has_it(
    house: House, fps: str, drop: bool, told: str
) -> None:
    _, verse, _ = a_film(house, fps=fps, drop_frame=drop)
    a_clip(house, verse, "street", 1800, 24)
    [scene, _] = house.app.timeline.project_timeline(None).scenes
    assert scene.clips[0].start_timecode == told


# ripple


def test_time_that_is_put_in_moves_what_is_behind_it(house: House) -> None:
    _, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 0, 24)
    sky = a_clip(house, verse, "sky", 24, 24)
    a_clip(house, verse, "sky-a1", 24, 24, original_id=sky.id, alternate_number=1)
    a_clip(house, chorus, "hero", 0, 24)
    done = house.app.timeline_edits.ripple_insert("verse", RippleInsertDTO(at="1", by="12f"))
    assert positions(house) == {"street": 0, "sky": 36, "sky-a1": 36, "hero": 0}
    assert [(clip.path, clip.old_position_frame, clip.position_frame) for clip in done.moved] == [
        ("film/verse/sky", 24, 36)
    ]
    assert (done.frames, done.applied, [gap.start_frame for gap in done.gaps]) == (12, True, [24])
    assert house.app.timeline.project_timeline(None).scenes[1].start_frame == 60


def test_no_time_is_put_into_the_middle_of_a_clip(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 0, 24)
    with pytest.raises(TimelineOverlap, match="street"):
        house.app.timeline_edits.ripple_insert("verse", RippleInsertDTO(at="6f", by="12f"))


def test_no_time_is_put_in_that_takes_clips_off_the_timeline(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 24, 24)
    with pytest.raises(InvalidInput, match="street would start too far back"):
        house.app.timeline_edits.ripple_insert("verse", RippleInsertDTO(at="0", by="10000"))
    assert positions(house) == {"street": 24}


def test_nothing_moves_if_a_locked_clip_would_have_to(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 0, 24)
    a_clip(house, verse, "held", 48, 24, locked=True)
    with pytest.raises(Locked, match="Held"):
        house.app.timeline_edits.ripple_insert("verse", RippleInsertDTO(at="0", by="12f"))
    assert positions(house) == {"street": 0, "held": 48}


def test_no_scene_grows_into_one_with_a_fixed_start(house: House) -> None:
    _, verse, chorus = a_film(house)
    house.scenes.update_by_id(chorus.id, {"$set": {"start": 48}})
    a_clip(house, verse, "street", 0, 48)
    a_clip(house, chorus, "hero", 0, 24)
    with pytest.raises(TimelineOverlap, match="film/verse/street would overlap film/chorus/hero"):
        house.app.timeline_edits.ripple_insert("verse", RippleInsertDTO(at="0", by="12f"))
    assert positions(house) == {"street": 0, "hero": 0}


# closing gaps


def test_gaps_are_closed_in_all_scenes_and_those_behind_move_up(house: House) -> None:
    _, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 12, 24)
    a_clip(house, verse, "sky", 48, 24)
    a_clip(house, chorus, "hero", 24, 24)
    done = house.app.timeline_edits.close_gaps(None, None, dry_run=False)
    assert positions(house) == {"street": 0, "sky": 24, "hero": 0}
    assert (done.frames, done.gaps, len(done.moved)) == (-48, [], 3)
    assert house.app.timeline.project_analysis(None).gaps == []


def test_gaps_of_one_scene_are_closed_alone(house: House) -> None:
    _, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 12, 24)
    a_clip(house, chorus, "hero", 24, 24)
    done = house.app.timeline_edits.close_gaps(None, "chorus", dry_run=False)
    assert positions(house) == {"street": 12, "hero": 0}
    assert [gap.kind for gap in done.gaps] == ["lead_in"]


def test_a_dry_run_tells_all_and_moves_nothing(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 12, 24)
    done = house.app.timeline_edits.close_gaps(None, None, dry_run=True)
    assert (done.applied, [clip.position_frame for clip in done.moved], done.frames) == (False, [0], -12)
    assert positions(house) == {"street": 12}


def test_what_another_scene_fills_is_no_gap(house: House) -> None:
    _, verse, chorus = a_film(house)
    house.scenes.update_by_id(chorus.id, {"$set": {"start": 24}})
    a_clip(house, verse, "street", 0, 24)
    a_clip(house, verse, "sky", 48, 24)
    a_clip(house, chorus, "hero", 0, 24)
    assert house.app.timeline_edits.close_gaps(None, None, dry_run=False).moved == []


def test_a_gap_is_not_closed_over_a_scene_with_a_fixed_start(house: House) -> None:
    _, verse, chorus = a_film(house)
    house.scenes.update_by_id(chorus.id, {"$set": {"start": 36}})
    a_clip(house, verse, "street", 0, 24)
    a_clip(house, verse, "sky", 48, 24)
    a_clip(house, chorus, "hero", 0, 12)
    with pytest.raises(TimelineOverlap, match="fixed start"):
        house.app.timeline_edits.close_gaps(None, None, dry_run=False)


def test_an_edit_of_many_clips_is_one_change_that_can_be_taken_back(house: House) -> None:
    project, verse, chorus = a_film(house)
    a_clip(house, verse, "street", 12, 24)
    a_clip(house, chorus, "hero", 24, 24)
    house.app.timeline_edits.close_gaps(None, None, dry_run=False)
    [change] = house.app._change_sets.find_many({"project_id": project.id})
    assert (change.action, change.counts) == ("project close-gaps", {"clips": 2})


# deleting with ripple


def test_the_holes_that_clips_leave_are_closed_and_no_other_gap_is(house: House) -> None:
    _, verse, _ = a_film(house)
    for slug, at in (("a", 0), ("b", 24), ("c", 48), ("d", 96)):
        a_clip(house, verse, slug, at, 24)
    house.app.clips.delete_clips(["verse/a", "verse/b"], ripple=True)
    assert positions(house) == {"c": 0, "d": 48}


def test_what_others_show_of_a_deleted_clips_time_stays(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "a", 0, 24)
    a_clip(house, verse, "b", 12, 24)
    a_clip(house, verse, "c", 36, 24)
    house.app.clips.delete_clips(["verse/b"], ripple=True)
    assert positions(house) == {"a": 0, "c": 24}


# snapping


def landed(house: House, clip: str, at: int, *, force: bool = False) -> tuple[int, str | None]:
    moved = house.app.clips.move_clip(clip, ClipTimelineUpdateDTO(position=f"{at}f", snap=True, force=force))
    return moved.clip.position_frame, moved.snapped_to


def test_a_clip_snaps_to_its_neighbours_edges_by_either_end(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 0, 50)
    a_clip(house, verse, "sky", 115, 24)
    a_clip(house, verse, "hero", 200, 26)
    assert landed(house, "hero", 53) == (50, "the end of street")
    assert landed(house, "hero", 85) == (89, "the start of sky")


def test_a_clip_does_not_snap_to_where_it_would_overlap(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 0, 50)
    a_clip(house, verse, "hero", 200, 31)
    assert landed(house, "hero", 47) == (50, "the end of street")  # 48, a whole second, is nearer
    assert landed(house, "hero", 47, force=True) == (48, "2 s")


def test_a_clip_snaps_to_the_songs_lines_and_its_end(house: House) -> None:
    line = TimedLine(start_ms=2600, end_ms=4000, text="Neon nights")
    _, verse, chorus = a_film(house, seconds=6.4, lyrics=[line])
    a_clip(house, verse, "street", 0, 20)
    a_clip(house, chorus, "hero", 200, 13)
    assert landed(house, "hero", 41) == (62 - 20, "the line 'Neon nights'")
    assert landed(house, "hero", 119) == (154 - 20 - 13, "the song's end")


def test_a_clip_snaps_to_where_another_scene_starts(house: House) -> None:
    _, verse, chorus = a_film(house)
    house.scenes.update_by_id(chorus.id, {"$set": {"start": 110}})
    a_clip(house, verse, "street", 0, 13)
    assert landed(house, "street", 100) == (97, "the start of chorus")


def test_a_clip_that_nothing_is_near_to_goes_where_it_was_told(house: House) -> None:
    project = house.project("film", fps="1")
    scene = house.scene(project, "verse")
    a_clip(house, scene, "street", 0, 10)
    assert landed(house, "street", 7) == (7, "7 s")
    a_clip(house, scene, "other", 30, 10)
    with pytest.raises(TimelineOverlap):
        landed(house, "street", 32)


def test_snapping_needs_a_position(house: House) -> None:
    _, verse, _ = a_film(house)
    a_clip(house, verse, "street", 0, 24)
    with pytest.raises(InvalidInput, match="--snap"):
        house.app.clips.move_clip("street", ClipTimelineUpdateDTO(scene="chorus", snap=True))
