"""What a layout looks like: who overlaps whom, where nothing is shown, what hangs over the song's end.

Clips that touch do not overlap. A gap is a stretch that no clip at all covers, so that one long clip fills it for all.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vidctl.domain.clip import Clip
from vidctl.domain.timeline import Span, span_of


@dataclass(frozen=True)
class Placed:
    """Something that lies on a timeline: of it only the place matters here, and what to call it. It has a frame at
    least. A `fixed` one is not to be moved."""

    id: str
    label: str
    span: Span
    fixed: bool = False


def place_of(clip: Clip) -> Placed:
    """A clip in its scene: its place counts from the scene's start, a locked one stays where it is."""
    return Placed(clip.id, clip.slug, span_of(clip), clip.locked)


@dataclass(frozen=True)
class Overlap:
    """Two that share the frames of `span`; `second` starts later (of two that start together, the one given later)."""

    first: Placed
    second: Placed
    span: Span


class GapKind(StrEnum):
    """Before the first clip, between clips, or between the last clip and the end that was to be reached."""

    LEAD_IN = "lead_in"
    BETWEEN = "between"
    TAIL = "tail"


@dataclass(frozen=True)
class Gap:
    """A stretch that nothing covers, and what lies on either side of it."""

    span: Span
    before: Placed | None
    after: Placed | None

    @property
    def kind(self) -> GapKind:
        """LEAD_IN also where there is no clip at all."""
        if self.before is None:
            return GapKind.LEAD_IN
        return GapKind.TAIL if self.after is None else GapKind.BETWEEN


def in_order(clips: Iterable[Placed]) -> list[Placed]:
    """By their starts; those that start together stay as given."""
    return sorted(clips, key=lambda clip: clip.span.start)


def overlaps(clips: Iterable[Placed]) -> Iterator[Overlap]:
    """Every pair that overlaps, in order of the second's start, then the first's. n log n, and a step for each pair."""
    running: list[tuple[int, int, Placed]] = []
    for number, clip in enumerate(in_order(clips)):
        while running and running[0][0] <= clip.span.start:
            heapq.heappop(running)
        for end, _, other in sorted(running, key=lambda entry: entry[1]):
            yield Overlap(other, clip, Span(clip.span.start, min(end, clip.span.end)))
        heapq.heappush(running, (clip.span.end, number, clip))


def count_overlaps(clips: Iterable[Placed]) -> int:
    """How many pairs overlap, without going through them: all pairs but those of which one ends before the other."""
    spans = [clip.span for clip in clips]
    ends = sorted(span.end for span in spans)
    apart = sum(bisect_right(ends, span.start) for span in spans)
    return len(spans) * (len(spans) - 1) // 2 - apart


def gaps(clips: Iterable[Placed], until: int | None = None, *, since: int = 0) -> list[Gap]:
    """The stretches from frame `since` on that no clip covers, up to the last clip's end, and to `until` if that is
    later. All clips start at `since` or later."""
    found: list[Gap] = []
    covered, before = since, None
    for clip in in_order(clips):
        if clip.span.start > covered:
            found.append(Gap(Span(covered, clip.span.start), before, clip))
        if clip.span.end > covered:
            covered, before = clip.span.end, clip
    if until is not None and until > covered:
        found.append(Gap(Span(covered, until), before, None))
    return found


def beyond(clips: Iterable[Placed], end: int) -> list[Placed]:
    """The clips that are still shown at frame `end` or start after it, in order."""
    return [clip for clip in in_order(clips) if clip.span.end > end]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same frames as spans that neither overlap nor touch, in order."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def meets(apart: Sequence[Span], span: Span) -> bool:
    """Whether a span shares a frame with any of some that are `merged`."""
    following = bisect_right(apart, span.start, key=lambda other: other.end)
    return following < len(apart) and apart[following].start < span.end


@dataclass(frozen=True)
class Measure:
    """A layout in numbers, all of them frames: `end` is where the last clip ends, `shown` the sum of all lengths,
    `covered` how many frames show something."""

    clips: int
    end: int
    shown: int
    covered: int


def measure(clips: Iterable[Placed]) -> Measure:
    """The numbers of a layout."""
    spans = [clip.span for clip in clips]
    return Measure(
        clips=len(spans),
        end=max((span.end for span in spans), default=0),
        shown=sum(span.frames for span in spans),
        covered=sum(span.frames for span in merged(spans)),
    )
