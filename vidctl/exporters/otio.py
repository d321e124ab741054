"""The cut as OpenTimelineIO JSON, which DaVinci Resolve reads natively since 18.5.

Schemas and their versions are those that opentimelineio 0.15 to 0.18 write.
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from vidctl.domain.timeline import Timeline
from vidctl.exporters.edits import Edit, Source, edits_of, one_line, song_of
from vidctl.exporters.record_clock import RecordClock

ACTIVE = "DEFAULT_MEDIA"

_Json = dict[str, Any]

_ITEM: _Json = {"effects": [], "enabled": True, "color": None, "markers": []}


def otio(timeline: Timeline, clock: RecordClock) -> str:
    """The whole document, for a film that begins at the clock's start."""
    rate, song = timeline.rate, song_of(timeline)
    tracks = [_track("V1", "Video", [_item(edit, rate) for edit in edits_of(timeline)])]
    if song:
        tracks.append(_track("A1", "Audio", [_item(song, rate)]))
    document = _schema(
        "Timeline.1",
        one_line(timeline.title),
        global_start_time=_time(clock.start, rate),
        tracks=_schema("Stack.1", "tracks", **_ITEM, source_range=None, children=tracks),
    )
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _schema(schema: str, name: str, **fields: Any) -> _Json:
    return {"OTIO_SCHEMA": schema, "metadata": {}, "name": name, **fields}


def _track(name: str, kind: str, children: list[_Json]) -> _Json:
    return _schema("Track.1", name, **_ITEM, source_range=None, kind=kind, children=children)


def _item(edit: Edit, rate: Fraction) -> _Json:
    fields = {**_ITEM, "source_range": _range(edit.skip, edit.frames, rate)}
    if edit.prompt:
        fields["markers"] = [_marker(edit, rate)]
    if edit.source is None:
        return _schema("Gap.1", edit.name, **fields)
    media = {ACTIVE: _reference(edit.source, rate)}
    return _schema("Clip.2", edit.name, **fields, media_references=media, active_media_reference_key=ACTIVE)


def _reference(source: Source, rate: Fraction) -> _Json:
    """The file. Of a still no range is told, as it can be held for ever; of a take its own frames at its own rate."""
    if source.is_still:
        available = None
    elif source.rate:
        available = _range(0, int(source.seconds * source.rate), source.rate)
    else:
        available = _range(0, source.fills(rate), rate)
    return _schema(
        "ExternalReference.1",
        "",
        target_url=source.url,
        available_range=available,
        available_image_bounds=None,
    )


def _marker(edit: Edit, rate: Fraction) -> _Json:
    """The prompt, on the edit's first frame."""
    return _schema("Marker.2", edit.name, color="BLUE", comment=edit.prompt, marked_range=_range(edit.skip, 1, rate))


def _range(start: int, frames: int, rate: Fraction) -> _Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, rate), "duration": _time(frames, rate)}


def _time(frames: int, rate: Fraction) -> _Json:
    """Frames are whole; the rate is the nearest float, as the format has no other."""
    return {"OTIO_SCHEMA": "RationalTime.1", "value": float(frames), "rate": float(rate)}
