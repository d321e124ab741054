"""The cut as FCPXML 1.9: the oldest version with media-rep, so that DaVinci Resolve and older Final Cuts read it too.

All times are rational and lie on the film's frames. Element order follows Apple's published DTD.
"""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from vidctl.domain.timeline import Timeline
from vidctl.exporters.edits import Edit, Source, edits_of, one_line, song_of
from vidctl.exporters.record_clock import RecordClock
from vidctl.gateways.probing import sound_shape

VERSION = "1.9"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_REC_709 = "1-1-1 (Rec. 709)"
_STILL_FORMAT = "FFVideoFormatRateUndefined"

#: The rates that the DTD's conform-rate can name.
RATE_NAMES = MappingProxyType(
    {
        Fraction(24000, 1001): "23.98",
        Fraction(24): "24",
        Fraction(25): "25",
        Fraction(30000, 1001): "29.97",
        Fraction(30): "30",
        Fraction(48000, 1001): "47.95",
        Fraction(48): "48",
        Fraction(50): "50",
        Fraction(60000, 1001): "59.94",
        Fraction(60): "60",
    }
)
#: The rates that Final Cut Pro's projects can have: they need no word of their own about 47.95 and 48.
PROJECT_RATES = frozenset(RATE_NAMES) - {Fraction(48000, 1001), Fraction(48)}


def fcpxml(timeline: Timeline, clock: RecordClock) -> str:
    """The whole document, for a film that begins at the clock's start."""
    resources = _Resources(timeline)
    spine = Element("spine")
    song = song_of(timeline)
    for edit in edits_of(timeline):
        element = _story(edit, timeline.rate, clock, resources)
        if song and not edit.start:
            element.append(_connected(song, element, timeline.rate, resources))
        if edit.prompt:
            element.append(_marker(edit, timeline.rate))
        spine.append(element)
    return _HEAD + _document(timeline, clock, resources, spine)


def _document(timeline: Timeline, clock: RecordClock, resources: _Resources, spine: Element) -> str:
    root = Element("fcpxml", version=VERSION)
    root.append(resources.element)
    title = one_line(timeline.title)
    project = SubElement(SubElement(SubElement(root, "library"), "event", name=title), "project", name=title)
    sequence = SubElement(
        project,
        "sequence",
        format=resources.film,
        duration=_time(timeline.frames / timeline.rate, timeline.rate),
        tcStart=_time(clock.start / timeline.rate, timeline.rate),
        tcFormat=_tc_format(clock),
        audioLayout="stereo",
        audioRate="48k",
    )
    sequence.append(spine)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


class _Resources:
    """Formats and assets, each once, with their ids."""

    def __init__(self, timeline: Timeline) -> None:
        self.element = Element("resources")
        self._ids: dict[object, str] = {}
        self.film = self.format(timeline.rate, timeline.width, timeline.height)

    def format(self, rate: Fraction | None, width: int, height: int) -> str:
        """The id of a picture's format; without a rate it is a still's."""
        key = rate, width, height
        if key not in self._ids:
            timing = {"frameDuration": _time(1 / rate, rate)} if rate else {"name": _STILL_FORMAT}
            self._add(
                key, Element("format", {**timing, "width": str(width), "height": str(height), "colorSpace": _REC_709})
            )
        return self._ids[key]

    def asset(self, name: str, source: Source) -> str:
        """The id of a file. `name` is the clip's that shows it first."""
        if source.path not in self._ids:
            facts, picture, sound = source.facts, {}, {}
            if facts.width and facts.height:
                picture = {
                    "hasVideo": "1",
                    "format": self.format(source.rate, facts.width, facts.height),
                    "videoSources": "1",
                }
            if facts.has_audio:
                channels, samples = sound_shape(source.path)
                sound = {
                    "hasAudio": "1",
                    "audioSources": "1",
                    "audioChannels": str(channels),
                    "audioRate": str(samples),
                }
            length = _time(source.seconds, source.rate or Fraction(1))
            asset = Element("asset", {"name": name, "start": "0s", "duration": length, **picture, **sound})
            SubElement(asset, "media-rep", kind="original-media", src=source.url)
            self._add(source.path, asset)
        return self._ids[source.path]

    def _add(self, key: object, element: Element) -> None:
        self._ids[key] = f"r{len(self._ids) + 1}"
        self.element.append(element)
        attributes = {"id": self._ids[key], **element.attrib}
        element.attrib.clear()
        element.attrib.update(attributes)


def _story(edit: Edit, rate: Fraction, clock: RecordClock, resources: _Resources) -> Element:
    """An edit as an element of the spine: a gap, a still or a clip."""
    source = edit.source
    place = {
        "name": edit.name or "gap",
        # offsets within a sequence count from its timecode's zero
        "offset": _time((clock.start + edit.start) / rate, rate),
        "start": _time(edit.skip / rate, rate),
        "duration": _time(edit.frames / rate, rate),
    }
    if source is None:
        return Element("gap", place)
    place["ref"] = resources.asset(edit.name, source)
    if source.is_still:
        return Element("video", place)
    shape = {"format": resources.format(source.rate, source.facts.width or 0, source.facts.height or 0)}
    silence = {"srcEnable": "video"} if source.facts.has_audio else {}
    clip = Element("asset-clip", {**place, **shape, "tcFormat": _tc_format(clock), **silence})
    if source.rate != rate:
        # not scaled: the take keeps its own speed, as in the MP4
        name = RATE_NAMES.get(source.rate or rate)
        SubElement(clip, "conform-rate", {"scaleEnabled": "0", **({"srcFrameRate": name} if name else {})})
    return clip


def _connected(song: Edit, first: Element, rate: Fraction, resources: _Resources) -> Element:
    """The song below the film's first element, from its first frame on, which is told in that element's own time."""
    assert song.source is not None
    return Element(
        "asset-clip",
        name=song.name,
        ref=resources.asset(song.name, song.source),
        lane="-1",
        offset=first.get("start", "0s"),
        duration=_time(song.frames / rate, rate),
        audioRole="music",
    )


def _marker(edit: Edit, rate: Fraction) -> Element:
    """The prompt, on the edit's first frame."""
    start, length = _time(edit.skip / rate, rate), _time(1 / rate, rate)
    return Element("marker", start=start, duration=length, value=edit.prompt)


def _tc_format(clock: RecordClock) -> str:
    return "DF" if clock.drop else "NDF"


def _time(seconds: Fraction, rate: Fraction) -> str:
    """Seconds as Apple writes them: whole, or as a fraction, over the rate's ticks where they lie on its frames."""
    if seconds.denominator == 1:
        return f"{seconds}s"
    if rate.numerator % seconds.denominator == 0:
        return f"{seconds * rate.numerator}/{rate.numerator}s"
    return f"{seconds}s"
