"""Edits of a layout that move many clips: what they come to, as {id: new position} of the clips that move.

No edit changes a length, the order of the clips or how far two of them overlap. Time is put in only where no clip is
shown or clips meet: a clip that goes on across that frame would have to be split first, which is another command. Time
is taken out only where no clip is shown, so that nothing is moved onto anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from vidctl.domain.frames import frames_to_seconds, seconds_to_frames
from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import Placed, gaps, in_order
from vidctl.errors import InvalidInput, TimelineOverlap


@dataclass(frozen=True)
class SnapPoint:
    """A frame worth meeting, and what is there."""

    frame: int
    what: str


def snap(frame: int, candidates: Iterable[SnapPoint], within: int) -> SnapPoint | None:
    """The nearest candidate that is at most `within` frames away; the earlier of two equally near, the one given first
    of two on the same frame. None if there is none."""
    near = (point for point in candidates if abs(point.frame - frame) <= within)
    return min(near, key=lambda point: (abs(point.frame - frame), point.frame), default=None)


def edges(clips: Iterable[Placed]) -> Iterator[SnapPoint]:
    """The starts and ends of clips."""
    for clip in clips:
        yield SnapPoint(clip.span.start, f"the start of {clip.label}")
        yield SnapPoint(clip.span.end, f"the end of {clip.label}")


def whole_seconds(frame: int, rate: Fraction) -> Iterator[SnapPoint]:
    """The whole seconds before and after a frame, each on the frame nearest to it."""
    second = int(frames_to_seconds(frame, rate))
    for each in (second, second + 1):
        yield SnapPoint(seconds_to_frames(Fraction(each), rate), f"{each} s")


def landings(points: Iterable[SnapPoint], frames: int) -> Iterator[SnapPoint]:
    """Where a clip of that many frames may start so that its start, or its end, meets one of some points."""
    for point in points:
        yield point
        if point.frame >= frames:
            yield SnapPoint(point.frame - frames, point.what)


def ripple_insert(clips: Iterable[Placed], at: int, frames: int) -> dict[str, int]:
    """Make room for `frames` frames at frame `at`: whatever starts there or later moves that much later.

    Raises TimelineOverlap if a clip starts before `at` and goes on after it, InvalidInput for less than a frame.
    """
    if frames < 1:
        raise InvalidInput("there is no time to insert", cause=f"{frames} frames are less than one")
    known = in_order(clips)
    for clip in known:
        if clip.span.start < at < clip.span.end:
            raise TimelineOverlap(
                f"no time can be inserted in the middle of {clip.label}",
                cause=f"it is shown from frame {clip.span.start} to {clip.span.end} of its scene",
                fix=f"split it first, or insert at {clip.span.start}f or {clip.span.end}f",
                neighbours=[clip.label],
            )
    return {clip.id: clip.span.start + frames for clip in known if clip.span.start >= at}


def ripple_delete(clips: Iterable[Placed], span: Span) -> dict[str, int]:
    """Take a span's time out: what starts behind it moves up. Where one of `clips` is shown within it, that part of
    the span stays."""
    return close_gaps(clips, [span])


def close_gaps(clips: Iterable[Placed], within: Sequence[Span] | None = None) -> dict[str, int]:
    """Take out the time in which nothing is shown, that before the first clip too: all of it, or what lies within
    some spans, that are in order and apart. Clips that overlap move together."""
    known = list(clips)
    empty = [gap.span for gap in gaps(known)]
    return _without(known, empty if within is None else list(_shared(empty, within)))


def _shared(some: Sequence[Span], others: Sequence[Span]) -> Iterator[Span]:
    """The frames that are in both of two rows of spans, each in order and apart."""
    at = 0
    for span in some:
        while at < len(others) and others[at].end <= span.start:
            at += 1
        for other in others[at:]:
            if other.start >= span.end:
                break
            yield Span(max(span.start, other.start), min(span.end, other.end))


def _without(clips: Iterable[Placed], holes: Sequence[Span]) -> dict[str, int]:
    """Positions once holes, that are in order, apart and empty, are gone."""
    ends = [hole.end for hole in holes]
    gone = [0, *accumulate(hole.frames for hole in holes)]
    earlier = ((clip, gone[bisect_right(ends, clip.span.start)]) for clip in clips)
    return {clip.id: clip.span.start - frames for clip, frames in earlier if frames}
