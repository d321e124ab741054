"""Where what overlaps could go instead.

As few clips as the order of time allows are moved: a clip stays if it overlaps none of those before it that stay. A
suggested place is free in the whole layout as it is once the suggestions before it are taken, so it does not matter
how far one follows them; whoever takes them all has no overlap left, but for those of clips that must not be moved.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vidctl.domain.timeline import Span, nearest_hole
from vidctl.domain.timeline_analysis import Placed, in_order, meets, merged


@dataclass(frozen=True)
class Suggestion:
    """Move `clip` so that it starts at frame `position`."""

    clip: Placed
    position: int


@dataclass(frozen=True)
class SceneBlock:
    """A scene with its clips, whose places count from its start. `start` None puts it behind the scene before it."""

    id: str
    label: str
    start: int | None
    clips: Sequence[Placed]

    @property
    def length(self) -> int:
        """Where its last clip ends."""
        return max((clip.span.end for clip in self.clips), default=0)


@dataclass(frozen=True)
class SceneStart:
    """Let a scene begin at film frame `start`."""

    scene: SceneBlock
    start: int


def suggest(clips: Iterable[Placed], latest: int) -> list[Suggestion]:
    """For each clip that has to give way the free place nearest to its own, forward or backward, from 0 to `latest`;
    the later of two equally near. A clip for which there is none is left out."""
    ordered = in_order(clips)
    taken = sorted(clip.span for clip in ordered)
    found = []
    for clip in _giving_way(ordered):
        del taken[bisect_left(taken, clip.span)]
        position = nearest_hole(clip.span, taken, latest)
        if position is not None:
            found.append(Suggestion(clip, position))
        insort(taken, clip.span if position is None else _moved(clip.span, position))
    return found


def apply(clips: Iterable[Placed], suggestions: Iterable[Suggestion]) -> list[Placed]:
    """The layout with suggestions taken."""
    positions = {each.clip.id: each.position for each in suggestions}
    return [
        replace(clip, span=_moved(clip.span, positions[clip.id])) if clip.id in positions else clip for clip in clips
    ]


def suggest_starts(scenes: Iterable[SceneBlock], latest: int) -> list[SceneStart]:
    """For scenes (in the film's order) whose clips overlap those of scenes before them: the nearest start, from 0 to
    `latest`, at which the whole scene is clear of those. Each counts on the ones before it being taken."""
    found = []
    shown: list[Span] = []
    blocks: list[Span] = []
    cursor = 0
    for scene in scenes:
        start = cursor if scene.start is None else scene.start
        if any(meets(shown, clip) for clip in _shifted(scene, start)):
            free = nearest_hole(Span(start, start + scene.length), sorted(blocks), latest)
            if free is not None:
                found.append(SceneStart(scene, free))
                start = free
        shown = merged([*shown, *_shifted(scene, start)])
        blocks.append(Span(start, start + scene.length))
        cursor = start + scene.length
    return found


def _giving_way(ordered: Iterable[Placed]) -> list[Placed]:
    """Those that overlap a fixed clip, or one before them that stays."""
    clips = list(ordered)
    fixed = merged(clip.span for clip in clips if clip.fixed)
    end, found = 0, []
    for clip in clips:
        if clip.fixed:
            continue
        if clip.span.start < end or meets(fixed, clip.span):
            found.append(clip)
        else:
            end = clip.span.end
    return found


def _moved(span: Span, position: int) -> Span:
    return Span(position, position + span.frames)


def _shifted(scene: SceneBlock, start: int) -> list[Span]:
    return [clip.span.shifted(start) for clip in scene.clips]
