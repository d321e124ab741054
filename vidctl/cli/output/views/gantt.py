"""A film as bars over time: a row for the song, each scene and each clip, drawn to any width.

A bar is never empty: what is shorter than a column still fills one. What overlaps is crossed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from vidctl.domain.frames import parse_rate, seconds_to_frames
from vidctl.dtos.timeline_dtos import ProjectTimelineDTO, SpanDTO

LEAST_WIDTH = 40
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_TICK_COLUMNS = 9  # room for 1:23:45 and a blank


def gantt(timeline: ProjectTimelineDTO, width: int) -> list[str]:
    """The film in lines of at most `width` letters (but of LEAST_WIDTH at least)."""
    rows = list(_names(timeline))
    label = min(max(map(len, rows)), max(width, LEAST_WIDTH) // 3)
    scale = _Scale(max(timeline.frames, 1), max(width, LEAST_WIDTH) - label - 1)
    bars = [_ruler(parse_rate(timeline.fps), scale), *_bars(timeline, scale)]
    note = ["", "╳ overlaps"] if timeline.overlaps else []
    return [f"{_cut(name, label):<{label}} {bar}".rstrip() for name, bar in zip(rows, bars, strict=True)] + note


@dataclass(frozen=True)
class _Scale:
    """`frames` frames drawn in so many columns."""

    frames: int
    columns: int

    def at(self, frame: int) -> int:
        """The column a frame begins in."""
        return min(frame * self.columns // self.frames, self.columns - 1)

    def stretch(self, span: SpanDTO) -> range:
        """The columns of a span: one at least, and none that it shares with a span that it only touches, if there is
        room for both."""
        first = self.at(span.start_frame)
        return range(first, max(first + 1, min(span.end_frame * self.columns // self.frames, self.columns)))


def _names(timeline: ProjectTimelineDTO) -> Iterator[str]:
    yield timeline.path
    yield from ["song"] if timeline.song or timeline.lyrics else []
    yield from ["gaps"] if timeline.gaps else []
    for scene in timeline.scenes:
        yield scene.slug
        yield from (f"  {clip.path.rpartition('/')[2]}" for clip in scene.clips)


def _bars(timeline: ProjectTimelineDTO, scale: _Scale) -> Iterator[str]:
    if timeline.song or timeline.lyrics:
        yield _song(timeline, scale)
    if timeline.gaps:
        yield _drawn(scale, [(gap, "░") for gap in timeline.gaps])
    crossed: dict[str, list[SpanDTO]] = {}
    for overlap in timeline.overlaps:
        crossed.setdefault(overlap.first_id, []).append(overlap)
        crossed.setdefault(overlap.second_id, []).append(overlap)
    for scene in timeline.scenes:
        yield _bracket(scene, scale)
        for clip in scene.clips:
            yield _drawn(scale, [(clip, "█"), *((span, "╳") for span in crossed.get(clip.id, ()))])


def _drawn(scale: _Scale, marks: Iterable[tuple[SpanDTO, str]]) -> str:
    """Spans filled with letters; what comes later is drawn over what came before."""
    cells = [" "] * scale.columns
    for span, letter in marks:
        for column in scale.stretch(span):
            cells[column] = letter
    return "".join(cells)


def _song(timeline: ProjectTimelineDTO, scale: _Scale) -> str:
    cells = list(_drawn(scale, [(timeline.song, "─")] if timeline.song else []))
    for line in timeline.lyrics:
        cells[scale.at(line.start_frame)] = "┬"
    return "".join(cells)


def _bracket(span: SpanDTO, scale: _Scale) -> str:
    columns = scale.stretch(span)
    inner = "├" + "─" * (len(columns) - 2) + "┤" if len(columns) > 1 else "│"
    return " " * columns.start + inner


def _ruler(rate: Fraction, scale: _Scale) -> str:
    """Whole seconds, as far apart as their labels need."""
    seconds = scale.frames / rate
    step = next((tick for tick in _TICKS if tick * scale.columns >= _TICK_COLUMNS * seconds), _TICKS[-1])
    text = ""
    for second in range(0, int(seconds) + 1, step):
        column = scale.at(seconds_to_frames(Fraction(second), rate))
        label = _clock(second)
        if len(text) <= column <= scale.columns - len(label):
            text = f"{text:<{column}}{label}"
    return text


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
