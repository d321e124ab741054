"""The film as bars: what fills which columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vidctl.cli.output.views.gantt import LEAST_WIDTH, gantt
from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import GapKind, Placed, gaps, overlaps
from vidctl.dtos.timeline_dtos import (
    GapDTO,
    OverlapDTO,
    PlacedClipDTO,
    ProjectTimelineDTO,
    SpanDTO,
    TimedLyricDTO,
    TimelineSceneDTO,
)

FPS = 10


def told(span: Span) -> dict[str, object]:
    return {
        "start": span.start / FPS, "end": span.end / FPS, "duration": span.frames / FPS, "start_frame": span.start,
        "end_frame": span.end, "frames": span.frames, "start_timecode": "", "end_timecode": "",
    }  # fmt: skip


def a_timeline(clips: list[Placed], song: int | None = None, lyrics: tuple[int, ...] = ()) -> ProjectTimelineDTO:
    end = max([song or 0, *(clip.span.end for clip in clips)])
    shown = [
        PlacedClipDTO(**told(c.span), id=c.id, path=f"film/verse/{c.id}", name=c.id, position=0, position_frame=0,
                      locked=False)
        for c in clips
    ]  # fmt: skip
    pairs = [
        OverlapDTO(**told(o.span), first=o.first.id, first_id=o.first.id, second=o.second.id, second_id=o.second.id)
        for o in overlaps(clips)
    ]
    last = max((clip.span.end for clip in clips), default=0)
    verse = TimelineSceneDTO(
        **told(Span(0, last)), id="v", path="film/verse", slug="verse", name="V", start_is_fixed=False, clips=shown
    )
    return ProjectTimelineDTO(
        **told(Span(0, end)), project_id="p", path="film", fps=str(FPS), drop_frame=False,
        song=SpanDTO(**told(Span(0, song))) if song else None,
        lyrics=[TimedLyricDTO(**told(Span(at, at + 10)), text="la") for at in lyrics],
        scenes=[verse] if clips else [], overlaps=pairs,
        gaps=[GapDTO(**told(g.span), kind=GapKind.BETWEEN, before=None, after=None) for g in gaps(clips, song)],
    )  # fmt: skip


def a_clip(name: str, start: int, frames: int) -> Placed:
    return Placed(name, name, Span(start, start + frames))


clips = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), min_size=1, max_size=6).map(
    lambda raw: [a_clip(f"clip-{i}", start, frames) for i, (start, frames) in enumerate(raw)]
)


def test_a_film_is_drawn_to_scale() -> None:
    film = a_timeline([a_clip("hero", 0, 100), a_clip("crowd", 90, 110), a_clip("end", 300, 100)], 500, (100, 250))
    assert gantt(film, 58) == [
        "film    0:00      0:10      0:20      0:30      0:40",
        "song    ──────────┬──────────────┬────────────────────────",
        "gaps                        ░░░░░░░░░░          ░░░░░░░░░░",
        "verse   ├──────────────────────────────────────┤",
        "  hero  █████████╳",
        "  crowd          ╳██████████",
        "  end                                 ██████████",
        "",
        "╳ overlaps",
    ]  # fmt: skip


@given(clips, st.none() | st.integers(1, 5000), st.integers(10, 200))
def test_no_line_is_wider_than_wanted_and_no_clip_is_left_out(
    placed: list[Placed], song: int | None, width: int
) -> None:
    lines = gantt(a_timeline(placed, song), width)
    assert max(map(len, lines)) <= max(width, LEAST_WIDTH)
    rows = [line for line in lines if line.startswith("  ")]
    assert len(rows) == len(placed)
    assert all("█" in row or "╳" in row for row in rows)


@given(clips)
def test_overlaps_are_marked_where_there_are_any(placed: list[Placed]) -> None:
    assert ("╳ overlaps" in gantt(a_timeline(placed), 80)) == bool(list(overlaps(placed)))


def test_clips_that_touch_share_no_column() -> None:
    *_, first, second = gantt(a_timeline([a_clip("a", 0, 333), a_clip("b", 333, 334)]), 100)
    assert not {i for i, c in enumerate(first) if c == "█"} & {i for i, c in enumerate(second) if c == "█"}


def test_a_clip_shorter_than_a_column_is_still_seen() -> None:
    lines = gantt(a_timeline([a_clip("long", 0, 9000), a_clip("flash", 9000, 1)]), 60)
    assert lines[-1].count("█") == 1


def test_a_film_without_anything_is_a_line() -> None:
    assert gantt(a_timeline([]), 80) == ["film 0:00"]


def test_long_names_leave_room_for_bars() -> None:
    lines = gantt(a_timeline([a_clip("a-name-that-would-take-all-the-room-there-is", 0, 100)]), 60)
    assert lines[-1] == f"  a-name-that-would… {'█' * 39}"
