"""The check before a file is handed over notices what is wrong in it."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.cuts import cut, hour_one, mixed
from vidctl.domain.timeline import Timeline
from vidctl.errors import ExportFailed
from vidctl.exporters.check import check
from vidctl.exporters.editors import FORMATS

DAMAGE = [
    ("fcpxml", r"<gap .*?/>", "", "what is before it ends"),
    ("fcpxml", r'id="r4"', 'id="r2"', "an id is there twice"),
    ("fcpxml", r'ref="r5"', 'ref="r55"', "nothing has the id r55"),
    ("fcpxml", r'duration="7/24s"', 'duration="6/24s"', "reaches past the end of its file"),
    ("fcpxml", r'duration="4/24s"', 'duration="9/50s"', "is not on a frame"),
    ("fcpxml", r'start="2/24s"', 'start="0.083s"', "has the start '0.083s'"),
    ("fcpxml", r'tcStart="3600s"', 'tcStart="0s"', "it starts at 0 s"),
    ("fcpxml", r'(<sequence .*?duration=)"32/24s"', r'\1"33/24s"', "not as long as its spine"),
    ("fcpxml", r"slow\.mp4", "slaw.mp4", "instead of"),
    ("fcpxml", r'lane="-1" offset="0s"', 'lane="-1" offset="1s"', "instead of"),
    ("fcpxml", r"</fcpxml>", "", "no element found"),
    ("edl", r"TITLE: ", "", "no head"),
    ("edl", r"NON-DROP", "DROP", "no head"),
    ("edl", r"(?m)^003  BL.*\r\n", "", "is not event 3"),
    ("edl", r"(?m)^\* COMMENT: verse/hero\r$", "hero\r", "is not event 3"),
    ("edl", r"00:00:00:07 01:00", "00:00:00:08 01:00", "event 002 takes 8 frames for 7"),
    ("edl", r"(?m)^M2 .*\r\n", "", "event 004 takes 1 frames for 4"),
    ("edl", r"\* SOURCE FILE: .*slow\.mp4\r\n", "", "event 005 has 0 files"),
    ("edl", r"01:00:00:16\r", "01:00:00;16\r", "own way of counting"),
    ("edl", r"01:00:00:07 01:00:00:12", "01:00:00:07 01:00:00:11", "takes 5 frames for 4"),
    ("resolve", r'("global_start_time".*?"value": )86400.0', r"\g<1>0.0", "it starts elsewhere"),
    ("resolve", r'"value": 6.0', '"value": 6.5', "is not a frame of the film"),
    ("resolve", r'"value": 9.0', '"value": 8.0', "reaches past the end of its file"),
    ("resolve", r"slow\.mp4", "slaw.mp4", "instead of"),
    ("resolve", r'"Audio"', '"Video"', "instead of"),
]


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    return cut(mixed(Fraction(24)), song=media.song(tmp_path / "song.wav"))


@pytest.mark.parametrize(("form", "pattern", "put", "told"), DAMAGE)
def test_damage_is_noticed_and_named(timeline: Timeline, form: str, pattern: str, put: str, told: str) -> None:
    clock = hour_one(Fraction(24))
    sound = FORMATS[form].write(timeline, clock)
    check(sound, FORMATS[form].read, timeline, clock)
    damaged = re.sub(pattern, put, sound, count=1, flags=re.DOTALL if "start" in pattern else 0)
    assert damaged != sound
    with pytest.raises(ExportFailed) as noticed:
        check(damaged, FORMATS[form].read, timeline, clock)
    assert told in noticed.value.cause
