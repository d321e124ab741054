"""Timed lyrics: what LRC and SRT files say, and which line a clip shows on which frame.

There is no standard of LRC; decided here are the habits of its players: a positive offset shows lines earlier, a line
lasts until the next one begins (but MAX_SHOWN at most), and a time without words clears the screen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field

from vidctl.domain.frames import seconds_to_frames
from vidctl.domain.recipe import LyricLine
from vidctl.errors import InvalidInput

#: A line of LRC has no end of its own; after 8 s of instrumental it has left the screen.
MAX_SHOWN = 8000

_ROW_END = re.compile(r"\r\n|\r|\n")
_LRC_TIME = re.compile(r"\[\s*(\d{1,3}):(\d{2})(?:[.:](\d{1,3}))?\s*\]", re.ASCII)
_LRC_OTHER = re.compile(r"\[\s*([A-Za-z#][A-Za-z0-9 _#-]*):([^\]]*)\]\s*")
_WORD_TIME = re.compile(r"<\d{1,3}:\d{2}(?:[.:]\d{1,3})?>", re.ASCII)
_SRT_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[,.](\d{1,3}))?"
_SRT_TIMES = re.compile(rf"{_SRT_TIME}\s*-->\s*{_SRT_TIME}(?:\s.*)?", re.ASCII)
_SRT_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|\{\\[^}]*\}")


class TimedLine(BaseModel):
    """A line of the song, shown from `start_ms` to `end_ms` (exclusive) in milliseconds from the song's beginning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)
    text: str


def parse_lyrics(text: str, name: str) -> tuple[TimedLine, ...]:
    """The lines of an LRC or SRT file, in the order of their times.

    Which of the two it is, is told by its content; `name` is the file's, for messages. Raises InvalidInput with the
    number of the line that cannot be read, and for a file without any timed line.
    """
    rows = _ROW_END.split(text.removeprefix("\ufeff"))
    is_srt = any("-->" in row and not row.lstrip().startswith("[") for row in rows)
    lines = _parse_srt(rows, name) if is_srt else _parse_lrc(rows, name)
    if not lines:
        raise InvalidInput(
            f"{name} has no timed line",
            cause="no line has both a time and words",
            fix="write lines like [00:12.50]Words",
        )
    return tuple(sorted(lines, key=lambda line: (line.start_ms, line.end_ms)))


def lines_within(lines: Iterable[TimedLine], start_frame: int, frames: int, rate: Fraction) -> tuple[LyricLine, ...]:
    """What shows during a clip of `frames` frames that starts on film frame `start_frame`, in frames of the clip.

    A time is moved to the nearest frame of `rate` frames per second. Lines that began before the clip start at its
    frame 0; lines that go on after it end with it.
    """
    within = (
        LyricLine(start=max(0, first - start_frame), end=min(frames, end - start_frame), text=line.text)
        for line in lines
        for first, end in [frames_of_line(line, rate)]
    )
    return tuple(line for line in within if line.start < line.end)


def frames_of_line(line: TimedLine, rate: Fraction) -> tuple[int, int]:
    """The film frame on which a line appears, and that on which it is gone."""
    return _frame(line.start_ms, rate), _frame(line.end_ms, rate)


def _frame(milliseconds: int, rate: Fraction) -> int:
    return seconds_to_frames(Fraction(milliseconds, 1000), rate)


def _parse_lrc(rows: list[str], name: str) -> list[TimedLine]:
    offset = 0
    words: list[tuple[int, str]] = []
    for number, row in enumerate(rows, 1):
        times, rest = _leading_times(row.strip(), number, name)
        if times:
            words += [(time, _plain(_WORD_TIME.sub(" ", rest))) for time in times]
        elif tag := _LRC_OTHER.fullmatch(rest):
            offset = _offset(tag, offset, number, name)
        elif rest:
            raise _unreadable(name, number, row, "it does not begin with a time", "write it like [00:12.50]Words")
    return list(_lasting([(max(0, time - offset), line) for time, line in words]))


def _leading_times(row: str, number: int, name: str) -> tuple[list[int], str]:
    """The milliseconds of all time tags that a row begins with, and what follows them."""
    times = []
    while tag := _LRC_TIME.match(row):
        times.append(_milliseconds(None, *tag.groups(), number=number, name=name))
        row = row[tag.end() :].lstrip()
    return times, row


def _offset(tag: re.Match[str], offset: int, number: int, name: str) -> int:
    if tag[1].strip().lower() != "offset":
        return offset
    try:
        return int(tag[2])
    except ValueError as error:
        raise _unreadable(
            name, number, tag[0], "the offset is not a whole number", "write it like [offset:+250]"
        ) from error


def _lasting(words: list[tuple[int, str]]) -> Iterator[TimedLine]:
    """Each line until the next later time; times without words only end the line before."""
    starts = sorted({start for start, _ in words})
    following = dict(pairwise(starts))
    for start, line in words:
        if line:
            end = min(following.get(start, start + MAX_SHOWN), start + MAX_SHOWN)
            yield TimedLine(start_ms=start, end_ms=end, text=line)


def _parse_srt(rows: list[str], name: str) -> list[TimedLine]:
    """Everything between two lines of times is text, but for the number that announces the second."""
    timings = [(index, _srt_times(row.strip(), index + 1, name)) for index, row in enumerate(rows) if "-->" in row]
    for index, row in enumerate(rows[: timings[0][0]]):
        if row.strip() and not row.strip().isdecimal():
            raise _unreadable(name, index + 1, row, "text stands before the first time", "remove it")
    ends = [index for index, _ in timings[1:]] + [len(rows)]
    lines = []
    for (index, (start, end)), following in zip(timings, ends, strict=True):
        text = _plain(_SRT_MARKUP.sub("", " ".join(_without_index(rows[index + 1 : following], following < len(rows)))))
        if text:
            lines.append(TimedLine(start_ms=start, end_ms=end, text=text))
    return lines


def _without_index(block: list[str], announces: bool) -> list[str]:
    return block[:-1] if announces and block and block[-1].strip().isdecimal() else block


def _srt_times(row: str, number: int, name: str) -> tuple[int, int]:
    match = _SRT_TIMES.fullmatch(row)
    if match is None:
        raise _unreadable(name, number, row, "these are not two times", "write them like 00:00:12,500 --> 00:00:15,000")
    parts = match.groups()
    start = _milliseconds(*parts[:4], number=number, name=name)
    end = _milliseconds(*parts[4:], number=number, name=name)
    if end <= start:
        raise _unreadable(name, number, row, "it ends before it starts", "exchange the two times")
    return start, end


def _milliseconds(
    hours: str | None, minutes: str, seconds: str, fraction: str | None, *, number: int, name: str
) -> int:
    """A time from its digits; the fraction's digits are decimals: 5 is 500 ms, 05 is 50 ms."""
    if int(seconds) >= 60 or (hours and int(minutes) >= 60):
        raise _unreadable(name, number, f"{minutes}:{seconds}", "minutes and seconds end at 59", "correct the time")
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _plain(text: str) -> str:
    """One line without control characters and doubled spaces."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def _unreadable(name: str, number: int, row: str, cause: str, fix: str) -> InvalidInput:
    shown = row.strip()[:60]
    return InvalidInput(f"line {number} of {name} cannot be read: {shown!r}", cause=cause, fix=fix, line=number)
