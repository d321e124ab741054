"""What was written is read back before it is handed over: each format by a reader that knows its rules.

The readers share nothing with the writers but the list of edits that both must agree on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from vidctl.domain.frames import parse_time
from vidctl.domain.timeline import Timeline
from vidctl.errors import ExportFailed, InvalidInput
from vidctl.exporters.edits import edits_of, song_of
from vidctl.exporters.record_clock import RecordClock


@dataclass(frozen=True)
class Placed:
    """An edit as a file tells it: all in film frames, `start` counted from the film's first."""

    track: str
    start: int
    frames: int
    skip: int = 0
    url: str = ""


Reader = Callable[[str, RecordClock], Iterator[Placed]]


def check(text: str, read: Reader, timeline: Timeline, clock: RecordClock) -> None:
    """Raises ExportFailed if what a file tells is not the film, or breaks the format's rules."""
    try:
        found = sorted(read(text, clock), key=_in_order)
    except (InvalidInput, ElementTree.ParseError) as error:
        raise _wrong(str(error)) from error
    for wanted, told in zip_longest(sorted(_wanted(timeline), key=_in_order), found):
        if wanted != told:
            raise _wrong(f"{told} instead of {wanted}")


def _wrong(cause: str) -> ExportFailed:
    return ExportFailed(
        "the file for the editor came out wrong, so it was not kept", cause=cause, fix="export in another format"
    )


def _in_order(placed: Placed) -> tuple[str, int]:
    return placed.track, placed.start


def _wanted(timeline: Timeline) -> Iterator[Placed]:
    for edit in edits_of(timeline):
        yield Placed("video", edit.start, edit.frames, edit.skip, edit.source.url if edit.source else "")
    if (song := song_of(timeline)) and song.source:
        yield Placed("audio", 0, song.frames, 0, song.source.url)


def read_fcpxml(text: str, clock: RecordClock) -> Iterator[Placed]:
    """The edits of an FCPXML: ids are unique and found, times lie on frames, the spine has no hole and no overlap, and
    nothing reaches past its asset's end."""
    root = ElementTree.fromstring(text)
    resources = {each.get("id", ""): each for each in _only(root, "resources")}
    if len(resources) != len(_only(root, "resources")):
        raise _wrong("an id is there twice")
    used = {element.get(name) for element in root.iter() for name in ("ref", "format")} - {None}
    if lost := used - resources.keys():
        raise _wrong(f"nothing has the id {', '.join(sorted(map(str, lost)))}")
    sequence = _only(root, ".//sequence")
    cursor = _seconds(sequence, "tcStart")
    if cursor != clock.start / clock.rate:
        raise _wrong(f"it starts at {cursor} s")
    for element in _only(sequence, "spine"):
        begin = _seconds(element, "offset")
        if begin != cursor:
            raise _wrong(f"{element.get('name')} is at {begin} s, what is before it ends at {cursor} s")
        cursor += _seconds(element, "duration")
        yield _xml_edit("video", element, begin, resources, clock)
        for song in element.findall("asset-clip"):
            behind = _seconds(song, "offset") - _seconds(element, "start")
            yield _xml_edit("audio", song, begin + behind, resources, clock)
    if cursor - clock.start / clock.rate != _seconds(sequence, "duration"):
        raise _wrong("the sequence is not as long as its spine")


def _xml_edit(
    track: str, element: Element, begin: Fraction, resources: dict[str, Element], clock: RecordClock
) -> Placed:
    start, skip, length = (
        begin - clock.start / clock.rate,
        _seconds(element, "start", "0s"),
        _seconds(element, "duration"),
    )
    url = ""
    if element.tag != "gap":
        asset = resources[element.attrib["ref"]]
        url = _only(asset, "media-rep").attrib["src"]
        if element.tag == "asset-clip" and skip + length > _seconds(asset, "duration"):
            raise _wrong(f"{element.get('name')} reaches past the end of its file")
    frames = [time * clock.rate for time in (start, length, skip)]
    if any(frame.denominator != 1 for frame in frames):
        raise _wrong(f"{element.get('name')} is not on a frame")
    return Placed(track, int(frames[0]), int(frames[1]), int(frames[2]), url)


def _only(parent: Element, path: str) -> Element:
    found = parent.findall(path)
    if len(found) != 1:
        raise _wrong(f"{len(found)} {path} in {parent.tag}")
    return found[0]


def _seconds(element: Element, name: str, default: str = "") -> Fraction:
    text = element.get(name, default)
    if not re.fullmatch(r"\d+(/[1-9]\d*)?s", text):
        raise _wrong(f"{element.tag} has the {name} {text!r}")
    return Fraction(text[:-1])


_EVENT = re.compile(
    r"(\d{3})  ([A-Z0-9]{1,8}) +(V|AA) +C        (\S{11}) (\S{11}) (\S{11}) (\S{11})", re.ASCII
)  # number, reel, track, source in and out, record in and out
_SOURCE_FILE = "* SOURCE FILE: "


def read_edl(text: str, clock: RecordClock) -> Iterator[Placed]:
    """The events of an EDL: numbered from 001 on, sources as long as what is recorded of them, or frozen."""
    title, mode, empty, *lines = text.removesuffix("\r\n").split("\r\n")
    if not title.startswith("TITLE: ") or mode != f"FCM: {'' if clock.drop else 'NON-'}DROP FRAME" or empty:
        raise _wrong("it has no head")
    events = [number for number, line in enumerate(lines) if not line.startswith(("* ", "M2   "))]
    for number, (first, end) in enumerate(zip(events, [*events[1:], len(lines)], strict=True), 1):
        match = _EVENT.fullmatch(lines[first])
        if not match or int(match[1]) != number:
            raise _wrong(f"{lines[first]!r} is not event {number}")
        yield _edl_event(match, lines[first + 1 : end], clock)


def _edl_event(match: re.Match[str], comments: list[str], clock: RecordClock) -> Placed:
    skip, source_end, start, end = (_frame(match[group], clock) for group in range(4, 8))
    frozen = any(line.startswith("M2 ") for line in comments)
    if source_end - skip != (1 if frozen else end - start):
        raise _wrong(f"event {match[1]} takes {source_end - skip} frames for {end - start}")
    files = [line.removeprefix(_SOURCE_FILE) for line in comments if line.startswith(_SOURCE_FILE)]
    if len(files) != (match[2] != "BL"):
        raise _wrong(f"event {match[1]} has {len(files)} files")
    track = "video" if match[3] == "V" else "audio"
    return Placed(track, start - clock.start, end - start, skip, Path(files[0]).as_uri() if files else "")


def _frame(text: str, clock: RecordClock) -> int:
    if (";" in text) != clock.drop:
        raise _wrong(f"{text} is not in the list's own way of counting")
    return parse_time(text, clock.rate)


def read_otio(text: str, clock: RecordClock) -> Iterator[Placed]:
    """The items of an OpenTimelineIO file: whole frames of the film's rate, within what their files hold."""
    document = json.loads(text)
    if _whole(document["global_start_time"], clock.rate) != clock.start:
        raise _wrong("it starts elsewhere")
    for track in document["tracks"]["children"]:
        cursor = 0
        for item in track["children"]:
            skip, frames = _span(item["source_range"], clock.rate)
            yield Placed(track["kind"].lower(), cursor, frames, skip, _url(item, skip + frames, clock))
            cursor += frames


def _url(item: dict[str, Any], end: int, clock: RecordClock) -> str:
    if item["OTIO_SCHEMA"] == "Gap.1":
        return ""
    media = item["media_references"][item["active_media_reference_key"]]
    available = media["available_range"]
    if available:
        length = available["duration"]
        if end / clock.rate > Fraction(length["value"]) / _exact(length["rate"]):
            raise _wrong(f"{item['name']} reaches past the end of its file")
    return str(media["target_url"])


def _span(found: dict[str, Any], rate: Fraction) -> tuple[int, int]:
    return _whole(found["start_time"], rate), _whole(found["duration"], rate)


def _whole(time: dict[str, Any], rate: Fraction) -> int:
    if time["rate"] != float(rate) or time["value"] != int(time["value"]):
        raise _wrong(f"{time['value']} at {time['rate']} is not a frame of the film")
    return int(time["value"])


def _exact(rate: float) -> Fraction:
    """The rate that a float stands for: NTSC's have no more than 1001 below the line."""
    return Fraction(rate).limit_denominator(1001)
