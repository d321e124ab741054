"""What an editor's program is told of the film: edits one after the other, in film frames, and the song under them.

An edit never shows more than its file holds. Where a take is too short for its clip a gap follows, as programs refuse,
or shift, what reaches past a file's end.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidctl.domain.asset import AssetKind, MediaFacts
from vidctl.domain.timeline import Slot, Timeline

_SAMPLES = 48_000  # songs are measured in samples per second of this rate, in which most film rates' frames are whole
_FLOAT_ERROR = Fraction(1, 1_000_000)  # seconds
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's control characters, lone surrogates, line separators
_NO_CHARACTERS = frozenset("\ufffe\uffff")


@dataclass(frozen=True)
class Source:
    """A file that edits show or play."""

    path: Path
    facts: MediaFacts

    @property
    def url(self) -> str:
        """The file:// URL, non-ASCII letters and spaces percent-encoded."""
        return self.path.absolute().as_uri()

    @property
    def is_still(self) -> bool:
        return self.facts.kind is AssetKind.IMAGE

    @property
    def rate(self) -> Fraction | None:
        """Its own frames per second; None for stills and songs."""
        return Fraction(self.facts.fps) if self.facts.fps else None

    @property
    def seconds(self) -> Fraction:
        """How long it runs, exactly where its frames last equally long; 0 for a still, which can be held for ever."""
        duration = Fraction(self.facts.duration or 0)
        if self.rate and self.facts.frames:
            even = self.facts.frames / self.rate
            if abs(even - duration) < _FLOAT_ERROR:
                return even
        return Fraction(round(duration * _SAMPLES), _SAMPLES)

    def fills(self, rate: Fraction) -> int:
        """How many whole frames of a film it can fill."""
        return math.floor(self.seconds * rate)


@dataclass(frozen=True)
class Edit:
    """`frames` film frames from film frame `start` on that show `source` without its first `skip` (film) frames, or
    nothing. `name` is the clip's path within the project, empty where there is no clip; `prompt` what it is to show."""

    start: int
    frames: int
    name: str = ""
    source: Source | None = None
    skip: int = 0
    prompt: str = ""


def edits_of(timeline: Timeline) -> tuple[Edit, ...]:
    """The film's pictures from frame 0 to its end without hole or overlap."""
    return tuple(edit for slot in timeline.slots for edit in _edits(slot, timeline.rate))


def _edits(slot: Slot, rate: Fraction) -> Iterator[Edit]:
    name, missing = name_of(slot), shortage(slot, rate)
    if missing < slot.frames:
        frames = slot.frames - missing
        yield Edit(slot.start, frames, name, source_of(slot), slot.media_start, one_line(slot.prompt))
    if missing:
        yield Edit(slot.start + slot.frames - missing, missing, name)


def source_of(slot: Slot) -> Source | None:
    """The file that a slot shows; None where it shows nothing, or a card that is still to be drawn."""
    return None if slot.media is None or slot.facts is None else Source(slot.media, slot.facts)


def name_of(slot: Slot) -> str:
    """scene/clip, empty where there is no clip."""
    return one_line(slot.label.partition("/")[2] or slot.label)


def shortage(slot: Slot, rate: Fraction) -> int:
    """How many frames at a slot's end its take does not reach."""
    source = source_of(slot)
    if source is None or source.is_still:
        return 0
    return min(slot.frames, max(0, slot.media_start + slot.frames - source.fills(rate)))


def song_of(timeline: Timeline) -> Edit | None:
    """The song from frame 0 on, not longer than the film; None for a silent film or a shorter song."""
    if timeline.music is None or timeline.song is None:
        return None
    song = Source(timeline.music, timeline.song)
    frames = min(timeline.frames, song.fills(timeline.rate))
    return Edit(0, frames, one_line(timeline.music_name) or "song", song) if frames else None


def one_line(text: str) -> str:
    """A text that no format can take for a line of its own, nor XML refuse: controls and line ends become spaces."""
    kept = (c if unicodedata.category(c) not in _NO_TEXT and c not in _NO_CHARACTERS else " " for c in text)
    return " ".join("".join(kept).split())


def ascii_line(text: str) -> str:
    """The same in ASCII: letters reduced to their base letter, or "?" where they have none."""
    plain = unicodedata.normalize("NFKD", one_line(text))
    return one_line("".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c)))
