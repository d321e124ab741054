"""The timeline's arithmetic: what is shown at each frame, and where a clip may go."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.clip import Clip
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Fill, Slot, Span, conflicts, lay_slots, nearest_free, place_scenes, span_of

spans = st.tuples(st.integers(0, 60), st.integers(1, 30))


def a_clip(position: int, length: int, name: str = "c") -> Clip:
    return Clip(project_id="p", scene_id="s", name=name, slug=name, position=position, length=length)


def a_shot(start: int, frames: int, label: str) -> Slot:
    return Slot(start, frames, Fill.VIDEO, label=label)


def shown_at(frame: int, shots: list[Slot]) -> str:
    """The rule itself, told frame by frame: the shot that starts last is seen."""
    covering = [(s.start, i, s.label) for i, s in enumerate(shots) if s.start <= frame < s.start + s.frames]
    return max(covering)[2] if covering else ""


@given(st.lists(spans, max_size=8), st.integers(1, 100))
def test_slots_cover_the_film_and_show_the_shot_that_starts_last(raw: list[tuple[int, int]], total: int) -> None:
    shots = [a_shot(start, frames, f"shot{i}") for i, (start, frames) in enumerate(raw)]
    slots = lay_slots(shots, total)
    assert slots[0].start == 0
    assert sum(s.frames for s in slots) == total
    assert all(a.start + a.frames == b.start for a, b in pairwise(slots))
    for slot in slots:
        for frame in range(slot.start, slot.start + slot.frames):
            assert slot.label == shown_at(frame, shots)


def test_a_shot_that_is_covered_in_the_middle_goes_on_where_it_would_have_been() -> None:
    slots = lay_slots([a_shot(0, 30, "long"), a_shot(10, 5, "short")], 30)
    assert [(s.label, s.start, s.frames, s.media_start) for s in slots] == [
        ("long", 0, 10, 0),
        ("short", 10, 5, 0),
        ("long", 15, 15, 15),
    ]


@given(st.lists(spans, max_size=8), spans)
def test_the_suggested_position_is_free_and_none_nearer_is(raw: list[tuple[int, int]], asked: tuple[int, int]) -> None:
    others = [a_clip(start, length, f"c{i}") for i, (start, length) in enumerate(raw)]
    wanted = Span(asked[0], asked[0] + asked[1])
    found = nearest_free(wanted, others)

    def is_free(start: int) -> bool:
        return start >= 0 and not conflicts(Span(start, start + wanted.frames), others)

    assert is_free(found)
    distance = abs(found - wanted.start)
    assert not any(is_free(wanted.start + d) or is_free(wanted.start - d) for d in range(distance))


def test_touching_is_not_overlapping() -> None:
    assert conflicts(Span(10, 20), [a_clip(0, 10), a_clip(20, 5)]) == []
    assert [c.name for c in conflicts(Span(9, 20), [a_clip(0, 10, "before")])] == ["before"]


def test_a_scene_without_a_start_follows_the_one_before_it() -> None:
    first = Scene(project_id="p", name="a", slug="a", order=0, length=24)
    second = Scene(project_id="p", name="b", slug="b", order=1, length=16)
    fixed = Scene(project_id="p", name="c", slug="c", order=2, start=100, length=5)
    last = Scene(project_id="p", name="d", slug="d", order=3)
    placed = place_scenes([last, fixed, second, first])
    assert [placed[s.id] for s in (first, second, fixed, last)] == [
        Span(0, 24),
        Span(24, 40),
        Span(100, 105),
        Span(105, 105),
    ]


def test_an_alternate_scene_lies_where_its_original_does_and_moves_nothing() -> None:
    first = Scene(project_id="p", name="a", slug="a", order=0, length=24)
    variant = Scene(project_id="p", name="a A1", slug="a-a1", length=99, original_id=first.id, alternate_number=1)
    second = Scene(project_id="p", name="b", slug="b", order=1, length=16)
    placed = place_scenes([variant, second, first])
    assert [placed[s.id] for s in (first, variant, second)] == [Span(0, 24), Span(0, 99), Span(24, 40)]


def test_a_clips_span_ends_on_the_first_frame_after_it() -> None:
    assert span_of(a_clip(5, 10)) == Span(5, 15)
