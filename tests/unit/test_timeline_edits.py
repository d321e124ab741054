"""Edits that move many clips: the order is kept, nothing comes to lie on anything, no length changes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import Placed, gaps, measure, merged, overlaps
from vidctl.domain.timeline_edits import (
    SnapPoint,
    close_gaps,
    edges,
    landings,
    ripple_delete,
    ripple_insert,
    snap,
    whole_seconds,
)
from vidctl.errors import InvalidInput, TimelineOverlap

NTSC = Fraction(30000, 1001)


def a_clip(name: str, start: int, frames: int) -> Placed:
    return Placed(name, name, Span(start, start + frames))


layouts = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=9).map(
    lambda raw: [a_clip(f"c{i}", start, frames) for i, (start, frames) in enumerate(raw)]
)
spans = st.builds(lambda start, frames: Span(start, start + frames), st.integers(0, 90), st.integers(1, 30))


def edited(clips: list[Placed], positions: dict[str, int]) -> list[Placed]:
    return [
        replace(c, span=Span(positions[c.id], positions[c.id] + c.span.frames)) if c.id in positions else c
        for c in clips
    ]


def how_they_overlap(clips: list[Placed]) -> list[tuple[str, str, int]]:
    return [(o.first.id, o.second.id, o.span.frames) for o in overlaps(clips)]


def starts(clips: list[Placed]) -> dict[str, int]:
    return {clip.id: clip.span.start for clip in clips}


def in_time(clips: list[Placed]) -> list[str]:
    return [clip.id for clip in sorted(clips, key=lambda clip: clip.span.start)]


def empty_frames(clips: list[Placed]) -> int:
    return sum(gap.span.frames for gap in gaps(clips))


# what holds for every edit


@given(layouts, st.integers(0, 100), st.integers(1, 50), spans)
def test_no_edit_changes_order_overlaps_or_lengths(clips: list[Placed], at: int, frames: int, span: Span) -> None:
    edits = [close_gaps(clips), ripple_delete(clips, span)]
    if not any(clip.span.start < at < clip.span.end for clip in clips):
        edits.append(ripple_insert(clips, at, frames))
    for positions in edits:
        after = edited(clips, positions)
        assert in_time(after) == in_time(clips)
        assert how_they_overlap(after) == how_they_overlap(clips)
        assert measure(after).shown == measure(clips).shown
        assert measure(after).covered == measure(clips).covered
        assert min(starts(after).values(), default=0) >= 0


@given(layouts, spans)
def test_only_clips_that_move_are_named(clips: list[Placed], span: Span) -> None:
    for positions in (close_gaps(clips), ripple_delete(clips, span), ripple_insert(clips, 200, 5)):
        assert all(positions[clip.id] != clip.span.start for clip in clips if clip.id in positions)


# inserting


@given(layouts, st.integers(0, 100), st.integers(1, 50))
def test_inserted_time_is_empty_and_all_behind_it_is_later_by_it(clips: list[Placed], at: int, frames: int) -> None:
    assume(not any(clip.span.start < at < clip.span.end for clip in clips))
    after = edited(clips, ripple_insert(clips, at, frames))
    assert not any(clip.span.overlaps(Span(at, at + frames)) for clip in after)
    assert starts(after) == {c.id: c.span.start + (frames if c.span.start >= at else 0) for c in clips}


def test_no_time_is_inserted_in_the_middle_of_a_clip() -> None:
    clips = [a_clip("hero", 10, 10)]
    with pytest.raises(TimelineOverlap, match="hero") as caught:
        ripple_insert(clips, 15, 5)
    assert "10f or 20f" in caught.value.fix


def test_at_least_a_frame_is_inserted() -> None:
    with pytest.raises(InvalidInput):
        ripple_insert([a_clip("hero", 10, 10)], 0, 0)


@given(layouts, st.integers(0, 100), st.integers(1, 50))
def test_deleting_what_was_inserted_brings_all_back(clips: list[Placed], at: int, frames: int) -> None:
    assume(not any(clip.span.start < at < clip.span.end for clip in clips))
    after = edited(clips, ripple_insert(clips, at, frames))
    assert starts(edited(after, ripple_delete(after, Span(at, at + frames)))) == starts(clips)


# deleting


def test_the_hole_that_a_clip_leaves_is_closed() -> None:
    left = [a_clip("a", 0, 10), a_clip("c", 30, 10), a_clip("d", 45, 5)]
    assert ripple_delete(left, Span(10, 30)) == {"c": 10, "d": 25}


def test_what_others_show_within_a_span_stays() -> None:
    left = [a_clip("a", 0, 12), a_clip("b", 25, 10), a_clip("c", 40, 5)]
    assert ripple_delete(left, Span(10, 30)) == {"b": 12, "c": 27}


@given(layouts, spans)
def test_a_deleted_span_takes_out_its_empty_frames_and_no_others(clips: list[Placed], span: Span) -> None:
    shown = {frame for clip in clips for frame in range(clip.span.start, clip.span.end)}
    end = measure(clips).end
    empty = [frame for frame in range(span.start, min(span.end, end)) if frame not in shown]
    after = edited(clips, ripple_delete(clips, span))
    assert empty_frames(after) == empty_frames(clips) - len(empty)


# closing gaps


@given(layouts)
def test_no_gap_is_left_once_gaps_are_closed(clips: list[Placed]) -> None:
    after = edited(clips, close_gaps(clips))
    assert gaps(after) == []
    assert measure(after).end == measure(clips).covered
    assert close_gaps(after) == {}


@given(layouts, st.lists(spans, max_size=3))
def test_gaps_are_closed_within_spans_as_span_by_span(clips: list[Placed], raw: list[Span]) -> None:
    within = merged(raw)
    after = clips
    for span in reversed(within):
        after = edited(after, ripple_delete(after, span))
    assert starts(edited(clips, close_gaps(clips, within))) == starts(after)


def test_clips_that_overlap_move_together() -> None:
    clips = [a_clip("a", 5, 10), a_clip("b", 10, 10), a_clip("c", 30, 5)]
    assert close_gaps(clips) == {"a": 0, "b": 5, "c": 15}


# snapping


@given(st.integers(0, 100), st.lists(st.integers(0, 100), max_size=8), st.integers(0, 20))
def test_the_nearest_point_wins_and_of_two_the_earlier(frame: int, raw: list[int], within: int) -> None:
    found = snap(frame, [SnapPoint(each, "x") for each in raw], within)
    near = [each for each in raw if abs(each - frame) <= within]
    if found is None:
        assert not near
    else:
        nearest = min(abs(each - frame) for each in near)
        assert found.frame == (frame - nearest if frame - nearest in near else frame + nearest)


def test_of_two_points_equally_near_the_earlier_wins() -> None:
    assert snap(10, [SnapPoint(12, "b"), SnapPoint(8, "a")], 5) == SnapPoint(8, "a")


def test_of_two_points_on_one_frame_the_first_is_told() -> None:
    points = [SnapPoint(10, "the end of a"), SnapPoint(10, "the start of b")]
    assert snap(9, points, 5) == points[0]


def test_a_clip_snaps_by_its_start_or_its_end() -> None:
    next_clip = a_clip("next", 100, 10)
    assert snap(78, landings(edges([next_clip]), 20), 5) == SnapPoint(80, "the start of next")
    assert snap(112, landings(edges([next_clip]), 20), 5) == SnapPoint(110, "the end of next")


def test_no_clip_snaps_to_before_the_beginning() -> None:
    assert list(landings([SnapPoint(5, "x")], 10)) == [SnapPoint(5, "x")]
    assert list(landings([SnapPoint(10, "x")], 10)) == [SnapPoint(10, "x"), SnapPoint(0, "x")]


def test_whole_seconds_lie_on_either_side_of_a_frame() -> None:
    assert list(whole_seconds(40, Fraction(24))) == [SnapPoint(24, "1 s"), SnapPoint(48, "2 s")]
    assert [point.frame for point in whole_seconds(2000, NTSC)] == [1978, 2008]
