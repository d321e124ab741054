"""Frames, seconds and timecode, exactly: rates are fractions, and only the border speaks of seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from vidctl.errors import InvalidInput

#: What people write for the NTSC rates, which are all n * 1000 / 1001 (SMPTE ST 12-1).
NTSC_RATES = MappingProxyType(
    {
        "23.976": Fraction(24000, 1001),
        "23.98": Fraction(24000, 1001),
        "29.97": Fraction(30000, 1001),
        "47.95": Fraction(48000, 1001),
        "47.952": Fraction(48000, 1001),
        "59.94": Fraction(60000, 1001),
        "119.88": Fraction(120000, 1001),
    }
)
MAX_RATE = 240
#: Rates that have drop-frame timecode -> labels left out at each minute that is not a tenth.
DROPPED_LABELS = MappingProxyType({Fraction(30000, 1001): 2, Fraction(60000, 1001): 4})

_RATE = re.compile(r"\d{1,6}(\.\d{1,6})?|\d{1,9}/0{0,9}[1-9]\d{0,8}", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})s?", re.ASCII)
_FRAMES = re.compile(r"(\d{1,12})f", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2}(?:\.\d{1,9})?)", re.ASCII)
_TIMECODE = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;])(\d{2,3})", re.ASCII)
_TIME_FORMS = (
    "12.5 or 12.5s (seconds), 300f (frames), 1:02.5 (minutes), 00:00:12:12 (timecode; 00:00:12;12 drops frames)"
)


@dataclass(frozen=True)
class FrameGrid:
    """The counts of frames that a model can make: offset + step * n, n = 0, 1, 2 ..."""

    offset: int
    step: int

    def __post_init__(self) -> None:
        if self.offset < 0 or self.step < 1:
            raise ValueError("a frame grid has an offset of 0 or more and a step of 1 or more")

    def contains(self, frames: int) -> bool:
        """Whether the model can make exactly that many."""
        return self.round_up(frames) == frames

    def round_up(self, frames: int) -> int:
        """The smallest count of at least `frames`, and of at least one frame."""
        wanted = max(frames, 1)
        return self.offset + self.step * max(0, -((self.offset - wanted) // self.step))


def frames_for(film_frames: int, film_rate: Fraction, model_fps: Fraction, grid: FrameGrid | None = None) -> int:
    """How many frames a model must make at its rate to cover `film_frames` frames of the film, rounded up."""
    needed = -(-film_frames * model_fps // film_rate)
    return grid.round_up(needed) if grid else max(needed, 1)


def snap_size(width: int, height: int, multiple: int) -> tuple[int, int]:
    """Width and height in pixels, each moved to the nearest multiple (up from the middle; at least one multiple)."""
    return _nearest(width, multiple), _nearest(height, multiple)


def _nearest(value: int, multiple: int) -> int:
    return max(1, (2 * value + multiple) // (2 * multiple)) * multiple


def parse_rate(text: str) -> Fraction:
    """Frames per second from "24", "12.5", "30000/1001" or an NTSC name such as "23.976". Raises InvalidInput."""
    plain = text.strip()
    if plain in NTSC_RATES:
        return NTSC_RATES[plain]
    if not _RATE.fullmatch(plain):
        raise InvalidInput(f"{text!r} is not a frame rate", fix="write it like 24, 23.976 or 30000/1001")
    rate = Fraction(plain)
    if not 0 < rate <= MAX_RATE:
        raise InvalidInput(f"a frame rate of {text} is out of range", cause=f"it may be above 0 and at most {MAX_RATE}")
    return rate


def seconds_to_frames(seconds: Fraction | float, rate: Fraction) -> int:
    """The frame nearest to a time (the later one from the middle)."""
    return (Fraction(seconds) * rate * 2 + 1) // 2


def frames_to_seconds(frames: int, rate: Fraction) -> Fraction:
    """When a frame starts, in seconds."""
    return frames / rate


def parse_time(text: str, rate: Fraction) -> int:
    """Frames from what a person typed: seconds, minutes, frames or timecode. Raises InvalidInput."""
    plain = text.strip()
    if match := _SECONDS.fullmatch(plain):
        return seconds_to_frames(Fraction(match[1]), rate)
    if match := _FRAMES.fullmatch(plain):
        return int(match[1])
    if match := _CLOCK.fullmatch(plain):
        return _clock_frames(match, rate)
    # some editors write 00;00;12;12 for what others write 00:00:12;12
    if match := _TIMECODE.fullmatch(plain.replace(";", ":", 2) if plain.count(";") == 3 else plain):
        return _timecode_frames(match, rate)
    raise InvalidInput(f"{text!r} is not a time", fix=f"write {_TIME_FORMS}")


def _clock_frames(match: re.Match[str], rate: Fraction) -> int:
    hours, minutes, seconds = int(match[1] or 0), int(match[2]), Fraction(match[3])
    if seconds >= 60 or (match[1] and minutes >= 60):
        raise InvalidInput(f"{match[0]!r} is not a time", cause="minutes and seconds end at 59")
    return seconds_to_frames(hours * 3600 + minutes * 60 + seconds, rate)


def _timecode_frames(match: re.Match[str], rate: Fraction) -> int:
    hours, minutes, seconds, frames = int(match[1]), int(match[2]), int(match[3]), int(match[5])
    nominal = nominal_rate(rate)
    if minutes >= 60 or seconds >= 60 or frames >= nominal:
        raise InvalidInput(
            f"{match[0]!r} is not a timecode at {rate}", cause=f"frames end at {nominal - 1}, the rest at 59"
        )
    labels = (hours * 3600 + minutes * 60 + seconds) * nominal + frames
    if match[4] == ":":
        return labels
    dropped = _dropped_labels(rate)
    if minutes % 10 and seconds == 0 and frames < dropped:
        raise InvalidInput(
            f"{match[0]!r} does not exist", cause=f"drop frame leaves out the first {dropped} of this minute"
        )
    whole_minutes = hours * 60 + minutes
    return labels - dropped * (whole_minutes - whole_minutes // 10)


def timecode(frame: int, rate: Fraction, drop: bool = False) -> str:
    """HH:MM:SS:FF of a frame, HH:MM:SS;FF with `drop`. Raises InvalidInput below 0, from 100 hours on, and for drop
    frame at a rate that has none."""
    nominal = nominal_rate(rate)
    label = _drop_label(frame, nominal, _dropped_labels(rate)) if drop else frame
    seconds, frames = divmod(label, nominal)
    hours, rest = divmod(seconds, 3600)
    if not 0 <= hours < 100:
        raise InvalidInput(f"frame {frame} has no timecode", cause="timecode runs from 00:00:00:00 to 99:59:59")
    digits = 2 if nominal <= 100 else 3
    return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{';' if drop else ':'}{frames:0{digits}d}"


def nominal_rate(rate: Fraction) -> int:
    """How many frame labels a second of timecode has: 24 for 23.976, 30 for 29.97."""
    return max(1, (2 * rate + 1) // 2)


def has_drop_frame(rate: Fraction) -> bool:
    """Whether there is drop-frame timecode at a rate: at 29.97 and 59.94 (SMPTE ST 12-1)."""
    return rate in DROPPED_LABELS


def _dropped_labels(rate: Fraction) -> int:
    if not has_drop_frame(rate):
        raise InvalidInput(f"there is no drop frame at a rate of {rate}", fix="only 29.97 and 59.94 have it; use ':'")
    return DROPPED_LABELS[rate]


def _drop_label(frame: int, nominal: int, dropped: int) -> int:
    """The number of a frame when labels are left out: `dropped` in every minute that is not a tenth."""
    in_minute = nominal * 60 - dropped
    tens, rest = divmod(frame, nominal * 600 - 9 * dropped)
    minutes = max(0, (rest - dropped) // in_minute)
    return frame + dropped * (9 * tens + minutes)
