"""The cut as a CMX 3600 edit decision list: one picture track and the song, in lines of timecode.

An EDL knows neither paths nor names beyond its reels; they stand in comments, which editors match files by. Everything
is ASCII but the path, which must stay what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from vidctl.domain.frames import nominal_rate
from vidctl.domain.timeline import Timeline
from vidctl.errors import InvalidInput
from vidctl.exporters.edits import Edit, ascii_line, edits_of, one_line, song_of
from vidctl.exporters.record_clock import RecordClock

MAX_EVENTS = 999  # an event's number has three digits
BLACK, AUXILIARY = "BL", "AX"  # reels that CMX 3600 sets aside: nothing, and a source without timecode
_TITLE = 70  # characters
_LINE = 80  # characters of a comment that older readers take
_REEL = 8  # characters


def edl(timeline: Timeline, clock: RecordClock) -> str:
    """The whole list, for a film that begins at the clock's start. Raises InvalidInput for a film that no EDL holds."""
    edits, song = edits_of(timeline), song_of(timeline)
    _check_fits(timeline, len(edits) + bool(song))
    reels = reel_names(edits)
    numbers = count(1)
    lines = [f"TITLE: {ascii_line(timeline.title)[:_TITLE]}", f"FCM: {'' if clock.drop else 'NON-'}DROP FRAME", ""]
    if song:
        lines += _event(next(numbers), AUXILIARY, "AA", song, clock)
    for edit, reel in zip(edits, reels, strict=True):
        lines += _event(next(numbers), reel, "V", edit, clock)
    return "\r\n".join(lines) + "\r\n"


def reel_names(edits: Sequence[Edit]) -> list[str]:
    """A reel for each edit: BL where nothing is shown, else one for each file, readable and unlike any other."""
    files = list(dict.fromkeys(edit.source.path for edit in edits if edit.source))
    digits = max(3, len(str(len(files))))
    reels: dict[object, str] = {}
    for edit in edits:
        if edit.source and edit.source.path not in reels:
            letters = "".join(c for c in ascii_line(edit.name.rpartition("/")[2]).upper() if c.isalnum())
            reels[edit.source.path] = f"{letters[: _REEL - digits]}{len(reels) + 1:0{digits}d}"
    return [reels[edit.source.path] if edit.source else BLACK for edit in edits]


def _check_fits(timeline: Timeline, events: int) -> None:
    instead = "use vidctl export fcpxml or vidctl export resolve"
    if events > MAX_EVENTS:
        raise InvalidInput(
            f"{timeline.title} is too long for an EDL",
            cause=f"it has {events} events; an EDL numbers {MAX_EVENTS}",
            fix=instead,
        )
    if nominal_rate(timeline.rate) > 100:
        raise InvalidInput(
            f"an EDL cannot count {float(timeline.rate):g} frames a second", cause="it has two digits", fix=instead
        )


def _event(number: int, reel: str, track: str, edit: Edit, clock: RecordClock) -> Iterator[str]:
    """An event's line, and what is to be known of it in the comments below."""
    is_still = edit.source is not None and edit.source.is_still
    first, last = clock.within(edit.skip), clock.within(edit.skip + (1 if is_still else edit.frames))
    begin, end = clock.at(edit.start), clock.at(edit.start + edit.frames)
    yield f"{number:03d}  {reel:<{_REEL}} {track:<5} C        {first} {last} {begin} {end}"
    if is_still:
        yield f"M2   {reel:<{_REEL}}       000.0                {_beside(first)}"  # at no speed: one frame, held
    if edit.source:
        yield f"* FROM CLIP NAME: {ascii_line(edit.source.path.name)}"
        yield f"* SOURCE FILE: {one_line(str(edit.source.path.absolute()))}"
    if edit.name:
        yield f"* COMMENT: {ascii_line(edit.name)}"[:_LINE]
    if edit.prompt:
        yield f"* LOC: {_beside(begin)} BLUE    {ascii_line(edit.prompt)}"[:_LINE]


def _beside(timecode: str) -> str:
    """A timecode beside an event's own four, with colons: FCM says how to count, and readers miss a semicolon here."""
    return timecode.replace(";", ":")
