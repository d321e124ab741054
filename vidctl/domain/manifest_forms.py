"""How a manifest writes single values: slugs, times, sizes, rates, paths of files, lines of lyrics.

What a value in another form would mean is said by the error, never guessed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from vidctl.domain.frames import NTSC_RATES, frames_to_seconds, parse_rate
from vidctl.domain.limits import check_film_rate
from vidctl.domain.lyrics import TimedLine
from vidctl.domain.names import MAX_SLUG, SLUG, slugify
from vidctl.errors import InvalidInput

_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})", re.ASCII)
_SIZES = range(16, 8193)
_LYRIC_LINE = re.compile(r"(\d{2,6}):([0-5]\d)\.(\d{3}) --> (\d{2,6}):([0-5]\d)\.(\d{3}) (.*)", re.ASCII | re.DOTALL)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _is_slug(text: str) -> str:
    if not SLUG.fullmatch(text) or len(text) > MAX_SLUG:
        raise ValueError(f"is no slug (lower-case letters, digits and dashes): write {slugify(text)}")
    return text


def _is_reference(text: str) -> str:
    scene, slash, clip = text.rpartition("/")
    return f"{_is_slug(scene)}/{_is_slug(clip)}" if slash else _is_slug(clip)


def _number_as_text(value: Any) -> Any:
    """12.5 for "12.5": numbers are seconds and rates, too."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _is_size(text: str) -> str:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError("is no size: write it like 1280x720")
    width, height = int(found[1]), int(found[2])
    if width not in _SIZES or height not in _SIZES:
        raise ValueError(f"is out of range: from {_SIZES[0]} to {_SIZES[-1]} pixels")
    if width % 2 or height % 2:
        raise ValueError("is odd: use an even width and height")
    return text


def _is_rate(text: str) -> str:
    try:
        check_film_rate(parse_rate(text))
    except InvalidInput as error:
        raise ValueError(f"{error}; {error.fix}" if error.fix else str(error)) from error
    return text


def _is_relative(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("is no path of a file")
    if PurePosixPath(text).is_absolute() or "\\" in text or re.match("[A-Za-z]:", text):
        raise ValueError(
            "is no path that every machine has: write it from the manifest's folder, with / between folders"
        )
    return text


def _is_hash(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError("is no SHA-256: it has 64 letters, 0-9 and a-f")
    return text


def _is_lyric_line(text: str) -> str:
    try:
        read_lyric_line(text)
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    return text


Slug = Annotated[str, AfterValidator(_is_slug)]
Reference = Annotated[str, AfterValidator(_is_reference)]
TimeText = Annotated[str, BeforeValidator(_number_as_text), Field(max_length=40)]
FilePath = Annotated[str, Field(max_length=1024), AfterValidator(_is_relative)]
Hash = Annotated[str, AfterValidator(_is_hash)]
SizeText = Annotated[str, AfterValidator(_is_size)]
RateText = Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_rate)]
LyricLine = Annotated[str, AfterValidator(_is_lyric_line)]


def write_frames(frames: int, rate: Fraction) -> str:
    """A time of so many frames in the form that reads best and is exact: "2.5s", else "61f"."""
    milliseconds = frames_to_seconds(frames, rate) * 1000
    if milliseconds.denominator != 1:
        return f"{frames}f"
    seconds, rest = divmod(int(milliseconds), 1000)
    return f"{seconds}.{rest:03d}".rstrip("0").rstrip(".") + "s"


def write_rate(rate: Fraction) -> str:
    """ "29.97" for 30000/1001."""
    return next((name for name, known in NTSC_RATES.items() if known == rate), str(rate))


def write_lyric_line(line: TimedLine) -> str:
    """ "00:12.500 --> 00:15.000 Words" """
    return f"{_clock(line.start_ms)} --> {_clock(line.end_ms)} {line.text}"


def read_lyric_line(text: str) -> TimedLine:
    """The opposite. Raises InvalidInput."""
    found = _LYRIC_LINE.fullmatch(text)
    if found is None:
        raise InvalidInput("is no timed line", cause="write it like 00:12.500 --> 00:15.000 Words")
    start, end = (_milliseconds(*found.groups()[first : first + 3]) for first in (0, 3))
    if end < start:
        raise InvalidInput("ends before it starts", cause="exchange the two times")
    return TimedLine(start_ms=start, end_ms=end, text=found[7])


def _milliseconds(minutes: str, seconds: str, milliseconds: str) -> int:
    return (int(minutes) * 60 + int(seconds)) * 1000 + int(milliseconds)


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
