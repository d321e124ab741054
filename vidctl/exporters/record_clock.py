"""Where an editor's timeline begins: the timecode of the film's first frame, and of every frame after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from vidctl.domain.frames import DROPPED_LABELS, parse_time, timecode
from vidctl.errors import InvalidInput

#: Films begin at one hour, so that there is room for a leader before them (common practice).
DEFAULT_START = "01:00:00:00"

_TIMECODE = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d[:;]\d{2,3}", re.ASCII)


@dataclass(frozen=True)
class RecordClock:
    """Timecode at `rate` frames per second; the film's first frame is frame `start` of the day."""

    rate: Fraction
    start: int
    drop: bool = False

    @classmethod
    def reading(cls, text: str, rate: Fraction, *, drop: bool) -> RecordClock:
        """The clock of a film that begins at a timecode as it was typed; the last colon need not be a semicolon for
        drop frame. Raises InvalidInput."""
        if drop and rate not in DROPPED_LABELS:
            raise InvalidInput(
                f"there is no drop frame at {float(rate):g} fps",
                cause="only films of 29.97 and 59.94 fps have it",
                fix="leave out --drop-frame",
            )
        if not _TIMECODE.fullmatch(text):
            raise InvalidInput(f"{text!r} is not a timecode", fix=f"write it like {DEFAULT_START}")
        if ";" in text and not drop:
            raise InvalidInput(f"{text!r} is a drop-frame timecode", fix="add --drop-frame, or write it with colons")
        return cls(rate, parse_time(f"{text[:8]}{_separator(drop)}{text[9:]}", rate), drop)

    def check_day(self, frames: int) -> None:
        """Raises InvalidInput for a film of that many frames that runs past midnight, where timecode starts anew."""
        if self.start + frames > parse_time(f"24:00:00{_separator(self.drop)}00", self.rate):
            raise InvalidInput(
                "the film would run past 24:00:00:00",
                cause=f"it starts at {self.at(0)} and lasts {frames} frames",
                fix="choose an earlier --start-tc",
            )

    def at(self, frame: int) -> str:
        """The timecode of a film frame."""
        return timecode(self.start + frame, self.rate, self.drop)

    def within(self, frame: int) -> str:
        """The timecode of a frame counted from a source's first, as sources have no timecode of their own."""
        return timecode(frame, self.rate, self.drop)


def _separator(drop: bool) -> str:
    return ";" if drop else ":"
