"""The film laid out in frames of the project's rate. All arithmetic is in integers; seconds appear at the border."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from vidctl.domain.recipe import TitleCard


class Fill(StrEnum):
    """What a slot shows: a take, a still held, a drawn title card, or nothing."""

    VIDEO = "video"
    STILL = "still"
    CARD = "card"
    BLACK = "black"


@dataclass(frozen=True)
class Slot:
    """A stretch of the film that shows one thing: `frames` frames from film frame `start` on.

    `media` and its `sha256` are set for VIDEO and STILL; `media_start` frames (of the film's rate) of a video are
    skipped; `card` is set for CARD, whose first `card_start` frames are skipped. `label` is the clip's path.
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


@dataclass(frozen=True)
class Timeline:
    """Slots that cover the film from frame 0 to its end without hole or overlap, and the song under them."""

    title: str
    rate: Fraction
    width: int
    height: int
    slots: tuple[Slot, ...]
    music: Path | None = None

    @property
    def frames(self) -> int:
        """Length of the film in frames."""
        return sum(slot.frames for slot in self.slots)
