"""OpenTimelineIO: whole frames beside float rates, files with their own ranges, gaps, markers."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from tests.fakes.cuts import MEDIA, cut, hour_one, mixed, take
from vidctl.domain.timeline import Timeline
from vidctl.exporters.otio import otio


def items(timeline: Timeline) -> list[dict[str, Any]]:
    document = json.loads(otio(timeline, hour_one(timeline.rate)))
    [track] = document["tracks"]["children"]
    found: list[dict[str, Any]] = track["children"]
    return found


def time(value: float, rate: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate}


def span(start: float, frames: float, rate: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(frames, rate)}


def test_the_film_starts_at_one_hour_of_its_rate() -> None:
    document = json.loads(otio(cut([take(5)], Fraction(24000, 1001)), hour_one(Fraction(24000, 1001))))
    assert (document["OTIO_SCHEMA"], document["name"]) == ("Timeline.1", "A film")
    assert document["global_start_time"] == time(86400.0, 24000 / 1001)


def test_clips_and_gaps_follow_each_other() -> None:
    found = items(cut(mixed(Fraction(24))))
    assert [(item["OTIO_SCHEMA"], item["name"]) for item in found] == [
        ("Clip.2", "verse/hero"),
        ("Gap.1", ""),
        ("Clip.2", "verse/still"),
        ("Clip.2", "verse/slow"),
        ("Clip.2", "verse/short"),
        ("Gap.1", "verse/short"),
    ]
    assert found[3]["source_range"] == span(2, 6, 24)


def test_a_file_tells_its_own_frames_and_a_still_none() -> None:
    references = [
        item["media_references"]["DEFAULT_MEDIA"]
        for item in items(cut(mixed(Fraction(25))))
        if "media_references" in item
    ]
    assert [reference["available_range"] for reference in references] == [
        span(0, 7, 25),
        None,
        span(0, 81, 16),
        span(0, 9, 25),
    ]
    assert references[2]["target_url"] == (MEDIA / "slow.mp4").as_uri()


def test_a_prompt_is_a_marker_on_the_first_frame_shown() -> None:
    [item] = items(cut([take(5, skip=2, prompt="wet\nstreet")]))
    [marker] = item["markers"]
    assert (marker["comment"], marker["marked_range"]) == ("wet street", span(2, 1, 24))
