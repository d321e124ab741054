"""What a layout looks like and where its clips could go instead: told by the rules, frame by frame."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import (
    GapKind,
    Measure,
    Placed,
    beyond,
    count_overlaps,
    gaps,
    in_order,
    measure,
    meets,
    merged,
    overlaps,
)
from vidctl.domain.timeline_suggestions import SceneBlock, apply, suggest, suggest_starts

FAR = 10_000
places = st.tuples(st.integers(0, 60), st.integers(1, 25), st.booleans())
scenes = st.lists(st.tuples(st.none() | st.integers(0, 80), st.lists(places, max_size=4)), max_size=5)


def a_clip(name: str, start: int, frames: int, *, fixed: bool = False) -> Placed:
    return Placed(name, name, Span(start, start + frames), fixed)


def clips_of(raw: list[tuple[int, int, bool]], *, fixing: bool = False) -> list[Placed]:
    return [a_clip(f"c{i}", start, frames, fixed=fixing and fixed) for i, (start, frames, fixed) in enumerate(raw)]


layouts = st.lists(places, max_size=9).map(clips_of)
layouts_with_fixed = st.lists(places, max_size=9).map(lambda raw: clips_of(raw, fixing=True))


def frames_of(span: Span) -> set[int]:
    return set(range(span.start, span.end))


def shown(clips: list[Placed]) -> set[int]:
    return set().union(*(frames_of(clip.span) for clip in clips))


# overlaps


@given(layouts)
def test_every_pair_that_shares_frames_is_found_once_with_just_those_frames(clips: list[Placed]) -> None:
    found = {frozenset((o.first.id, o.second.id)): frames_of(o.span) for o in overlaps(clips)}
    shared = {(a.id, b.id): frames_of(a.span) & frames_of(b.span) for a, b in combinations(clips, 2)}
    assert found == {frozenset(pair): frames for pair, frames in shared.items() if frames}
    assert len(list(overlaps(clips))) == len(found) == count_overlaps(clips)


@given(layouts)
def test_the_second_of_two_that_overlap_starts_later(clips: list[Placed]) -> None:
    order = in_order(clips)
    assert all(order.index(o.first) < order.index(o.second) for o in overlaps(clips))


def test_clips_that_touch_do_not_overlap() -> None:
    clips = [a_clip("a", 0, 10), a_clip("b", 10, 10)]
    assert (list(overlaps(clips)), count_overlaps(clips)) == ([], 0)


# gaps


@given(layouts, st.none() | st.integers(0, 120))
def test_gaps_are_just_the_frames_that_no_clip_covers(clips: list[Placed], until: int | None) -> None:
    end = max([until or 0, *(clip.span.end for clip in clips)])
    found = gaps(clips, until)
    assert set().union(*(frames_of(gap.span) for gap in found)) == set(range(end)) - shown(clips)
    assert merged(gap.span for gap in found) == [gap.span for gap in found]  # whole, and in order


@given(layouts, st.integers(0, 120))
def test_what_lies_beside_a_gap_touches_it(clips: list[Placed], until: int) -> None:
    for gap in gaps(clips, until):
        assert gap.span.start == (gap.before.span.end if gap.before else 0)
        assert gap.span.end == (gap.after.span.start if gap.after else until)


def test_a_long_clip_fills_the_gaps_between_short_ones() -> None:
    clips = [a_clip("long", 0, 100), a_clip("a", 10, 20), a_clip("b", 40, 20)]
    assert gaps(clips) == []


def test_gaps_are_told_by_where_they_are() -> None:
    clips = [a_clip("a", 5, 5), a_clip("b", 20, 5)]
    assert [(gap.kind, gap.span) for gap in gaps(clips, 40)] == [
        (GapKind.LEAD_IN, Span(0, 5)),
        (GapKind.BETWEEN, Span(10, 20)),
        (GapKind.TAIL, Span(25, 40)),
    ]


def test_without_clips_all_is_lead_in() -> None:
    assert [(gap.kind, gap.span) for gap in gaps([], 40)] == [(GapKind.LEAD_IN, Span(0, 40))]
    assert gaps([]) == []


def test_gaps_may_be_counted_from_a_scenes_start() -> None:
    clips = [a_clip("a", 105, 5)]
    assert [(gap.kind, gap.span) for gap in gaps(clips, since=100)] == [(GapKind.LEAD_IN, Span(100, 105))]


def test_a_clip_that_ends_with_the_song_is_not_beyond_it() -> None:
    clips = [a_clip("late", 50, 5), a_clip("over", 35, 6), a_clip("fits", 30, 10)]
    assert [clip.id for clip in beyond(clips, 40)] == ["over", "late"]


# measures


@given(layouts)
def test_a_layout_is_measured_in_frames(clips: list[Placed]) -> None:
    assert measure(clips) == Measure(
        clips=len(clips),
        end=max((clip.span.end for clip in clips), default=0),
        shown=sum(clip.span.frames for clip in clips),
        covered=len(shown(clips)),
    )


@given(layouts, st.integers(0, 90), st.integers(1, 20))
def test_whether_a_span_meets_others_is_told_frame_by_frame(clips: list[Placed], start: int, frames: int) -> None:
    span = Span(start, start + frames)
    assert meets(merged(clip.span for clip in clips), span) == bool(shown(clips) & frames_of(span))


# suggestions for clips


@given(layouts)
def test_who_takes_all_suggestions_has_no_overlap_left(clips: list[Placed]) -> None:
    assert list(overlaps(apply(clips, suggest(clips, FAR)))) == []


@given(layouts)
def test_a_suggestion_is_free_and_none_nearer_is_once_those_before_it_are_taken(clips: list[Placed]) -> None:
    now = clips
    for suggestion in suggest(clips, FAR):
        others = shown([clip for clip in now if clip.id != suggestion.clip.id])
        start, frames = suggestion.clip.span.start, suggestion.clip.span.frames

        def is_free(at: int, frames: int = frames, others: set[int] = others) -> bool:
            return at >= 0 and not others & set(range(at, at + frames))

        assert is_free(suggestion.position)
        distance = abs(suggestion.position - start)
        assert not any(is_free(start + d) or is_free(start - d) for d in range(distance))
        now = apply(now, [suggestion])


@given(layouts)
def test_only_clips_that_overlap_an_earlier_one_are_to_move_and_each_once(clips: list[Placed]) -> None:
    moved = [suggestion.clip.id for suggestion in suggest(clips, FAR)]
    assert len(moved) == len(set(moved))
    assert set(moved) <= {overlap.second.id for overlap in overlaps(clips)}


@given(layouts, st.integers(0, 60))
def test_no_suggestion_leaves_the_timeline(clips: list[Placed], latest: int) -> None:
    assert all(0 <= suggestion.position <= latest for suggestion in suggest(clips, latest))


@given(layouts_with_fixed)
def test_fixed_clips_stay_and_all_others_find_a_place_beside_them(clips: list[Placed]) -> None:
    suggestions = suggest(clips, FAR)
    assert not any(suggestion.clip.fixed for suggestion in suggestions)
    left = list(overlaps(apply(clips, suggestions)))
    assert all(overlap.first.fixed and overlap.second.fixed for overlap in left)


def test_a_clip_whose_only_rival_moves_away_stays() -> None:
    clips = [a_clip("a", 0, 10), a_clip("b", 5, 10), a_clip("c", 12, 8)]
    assert [(s.clip.id, s.position) for s in suggest(clips, FAR)] == [("b", 20)]


def test_of_two_places_equally_near_the_later_is_suggested() -> None:
    clips = [a_clip("a", 10, 10), a_clip("b", 10, 10)]
    assert [(s.clip.id, s.position) for s in suggest(clips, FAR)] == [("b", 20)]


def test_a_place_before_is_suggested_where_it_is_nearer() -> None:
    clips = [a_clip("a", 20, 50), a_clip("b", 22, 10)]
    assert [s.position for s in suggest(clips, FAR)] == [10]


def test_where_there_is_no_room_nothing_is_suggested() -> None:
    assert suggest([a_clip("a", 0, 10), a_clip("b", 0, 10)], latest=9) == []


# suggestions for scenes


def laid_out(blocks: list[SceneBlock], starts: dict[str, int]) -> list[Placed]:
    """All clips on the film, as the film places its scenes."""
    found: list[Placed] = []
    cursor = 0
    for block in blocks:
        given_start = starts.get(block.id, block.start)
        start = cursor if given_start is None else given_start
        found += [a_clip(f"{block.id}/{c.id}", start + c.span.start, c.span.frames) for c in block.clips]
        cursor = start + block.length
    return found


def blocks_of(raw: list[tuple[int | None, list[tuple[int, int, bool]]]]) -> list[SceneBlock]:
    """Scenes whose clips do not overlap within them."""
    blocks = []
    for number, (start, places) in enumerate(raw):
        clips = clips_of(places)
        blocks.append(SceneBlock(f"s{number}", f"s{number}", start, apply(clips, suggest(clips, FAR))))
    return blocks


@settings(max_examples=150)
@given(scenes)
def test_scenes_that_take_their_suggested_starts_do_not_overlap(
    raw: list[tuple[int | None, list[tuple[int, int, bool]]]],
) -> None:
    blocks = blocks_of(raw)
    starts = {each.scene.id: each.start for each in suggest_starts(blocks, FAR)}
    assert list(overlaps(laid_out(blocks, starts))) == []
    if not list(overlaps(laid_out(blocks, {}))):
        assert starts == {}


def test_a_scene_that_starts_too_early_is_to_start_behind_the_one_before_it() -> None:
    verse = SceneBlock("v", "verse", None, [a_clip("a", 0, 100)])
    chorus = SceneBlock("c", "chorus", 80, [a_clip("b", 0, 50)])
    assert [(each.scene.id, each.start) for each in suggest_starts([verse, chorus], FAR)] == [("c", 100)]


def test_scenes_may_be_cut_into_one_another() -> None:
    verse = SceneBlock("v", "verse", None, [a_clip("a", 0, 10), a_clip("b", 30, 10)])
    insert = SceneBlock("i", "insert", 10, [a_clip("c", 0, 20)])
    assert suggest_starts([verse, insert], FAR) == []
