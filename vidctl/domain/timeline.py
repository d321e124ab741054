"""The film laid out in frames of the project's rate. All arithmetic is in integers; seconds appear at the border."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from vidctl.domain.asset import MediaFacts
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import TitleCard
from vidctl.domain.scene import Scene


class Fill(StrEnum):
    """What a slot shows: a take, a still held, a drawn title card, or nothing."""

    VIDEO = "video"
    STILL = "still"
    CARD = "card"
    BLACK = "black"


@dataclass(frozen=True)
class Slot:
    """A stretch of the film that shows one thing: `frames` frames from film frame `start` on.

    `media` and its `sha256` and `facts` are set for VIDEO and STILL; `media_start` frames (of the film's rate) of a
    video are skipped; `card` is set for CARD, whose first `card_start` frames are skipped. `label` is the clip's path,
    `prompt` what it was to show.
    """

    start: int
    frames: int
    fill: Fill
    label: str = ""
    media: Path | None = None
    sha256: str = ""
    media_start: int = 0
    card: TitleCard | None = None
    card_start: int = 0
    facts: MediaFacts | None = None
    prompt: str = ""


@dataclass(frozen=True)
class Timeline:
    """Slots that cover the film from frame 0 to its end without hole or overlap, and the song under them: its file,
    the name that a person gave it, and what decoding it showed."""

    title: str
    rate: Fraction
    width: int
    height: int
    slots: tuple[Slot, ...]
    music: Path | None = None
    music_name: str = ""
    song: MediaFacts | None = None

    @property
    def frames(self) -> int:
        """Length of the film in frames."""
        return sum(slot.frames for slot in self.slots)


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of frames; `end` is the first frame after it. Spans sort by their start, then their end."""

    start: int
    end: int

    @property
    def frames(self) -> int:
        return self.end - self.start

    def shifted(self, frames: int) -> Span:
        """The same stretch so many frames later."""
        return Span(self.start + frames, self.end + frames)

    def overlaps(self, other: Span) -> bool:
        """Whether they share a frame. Touching is not overlapping."""
        return self.start < other.end and other.start < self.end


def span_of(clip: Clip) -> Span:
    """A clip's place, counted from its scene's start."""
    return Span(clip.position, clip.end)


def film_order(scenes: Iterable[Scene]) -> list[Scene]:
    """Scenes as the film shows them, alternates behind all others."""
    return sorted(scenes, key=lambda s: (s.is_alternate, s.order, s.created_at, s.id))


def place_scenes(scenes: Iterable[Scene]) -> dict[str, Span]:
    """Where each scene lies on the film, by scene id: from its fixed start, else from the end of the scene before it
    in order, to the end of its last clip. An alternate takes no room of its own: it lies where its original does."""
    placed: dict[str, Span] = {}
    cursor = 0
    for scene in film_order(scenes):
        original = placed.get(scene.original_id) if scene.original_id else None
        start = original.start if original else cursor if scene.start is None else scene.start
        placed[scene.id] = Span(start, start + scene.length)
        if not scene.is_alternate:
            cursor = start + scene.length
    return placed


def conflicts(wanted: Span, others: Iterable[Clip]) -> list[Clip]:
    """The clips that a span would overlap, in order of time."""
    return sorted((c for c in others if wanted.overlaps(span_of(c))), key=lambda c: (c.position, c.id))


def nearest_free(wanted: Span, others: Iterable[Clip]) -> int:
    """The free position for a clip of that length that is nearest to the wanted one; the later of two equally near."""
    taken = sorted(span_of(clip) for clip in others)
    latest = max([wanted.start, *(span.end for span in taken)])
    found = nearest_hole(wanted, taken, latest)
    assert found is not None  # behind the last one there is always room
    return found


def nearest_hole(wanted: Span, taken: Iterable[Span], latest: int) -> int | None:
    """The start nearest to the wanted one, from 0 to `latest`, at which a span of that length meets none of some that
    are in order; the later of two equally near. None if there is none."""
    best: int | None = None
    for first, last in _holes(taken, wanted.frames, latest):
        start = min(max(wanted.start, first), last)
        if best is None or abs(start - wanted.start) <= abs(best - wanted.start):
            best = start
        if first >= wanted.start:
            break  # those that follow are farther away
    return best


def _holes(taken: Iterable[Span], frames: int, latest: int) -> Iterator[tuple[int, int]]:
    """The first and the last start in each hole that has room for so many frames."""
    cursor = 0
    for span in taken:
        last = min(span.start - frames, latest)
        if last >= cursor:
            yield cursor, last
        cursor = max(cursor, span.end)
    if latest >= cursor:
        yield cursor, latest


def lay_slots(shots: Iterable[Slot], total: int) -> tuple[Slot, ...]:
    """Slots that cover frames 0 to `total` exactly. Where shots overlap the one that starts later is seen, as on an
    editor's upper track (of two that start together, the later given); where there is none, BLACK."""
    ordered = list(shots)
    cuts = sorted({0, total, *(f for s in ordered for f in (s.start, s.start + s.frames) if 0 < f < total)})
    waiting = sorted(range(len(ordered)), key=lambda i: ordered[i].start, reverse=True)
    visible: list[tuple[int, int]] = []
    pieces: list[tuple[int, int, int | None]] = []
    for start, end in pairwise(cuts):
        while waiting and ordered[waiting[-1]].start <= start:
            index = waiting.pop()
            heapq.heappush(visible, (-ordered[index].start, -index))
        while visible and _ends(ordered[-visible[0][1]]) <= start:
            heapq.heappop(visible)
        top = -visible[0][1] if visible else None
        if pieces and pieces[-1][2] == top:
            start = pieces.pop()[0]
        pieces.append((start, end, top))
    return tuple(_piece(start, end, None if top is None else ordered[top]) for start, end, top in pieces)


def _ends(slot: Slot) -> int:
    return slot.start + slot.frames


def _piece(start: int, end: int, shot: Slot | None) -> Slot:
    if shot is None:
        return Slot(start, end - start, Fill.BLACK)
    skipped = start - shot.start
    return replace(
        shot,
        start=start,
        frames=end - start,
        media_start=shot.media_start + (skipped if shot.fill is Fill.VIDEO else 0),
        card_start=shot.card_start + (skipped if shot.fill is Fill.CARD else 0),
    )
