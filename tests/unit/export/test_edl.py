"""The EDL: lines that a machine of 1978 could read, and no event that nobody made."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data import media
from tests.fakes.cuts import MEDIA, cut, hour_one, mixed, still, take
from tests.fakes.film_studio import gap
from vidctl.domain.timeline import Timeline
from vidctl.errors import InvalidInput
from vidctl.exporters.edits import edits_of
from vidctl.exporters.edl import edl, reel_names

NTSC = Fraction(30000, 1001)


def lines(timeline: Timeline, drop: bool = False) -> list[str]:
    text = edl(timeline, hour_one(timeline.rate, drop))
    assert text.endswith("\r\n")
    return text.split("\r\n")[:-1]


def events(timeline: Timeline, drop: bool = False) -> list[str]:
    return [line for line in lines(timeline, drop) if line[:3].isdecimal()]


def test_a_cut_in_full(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.wav")
    assert lines(cut(mixed(Fraction(24)), song=song, title="Été & nuit")) == [
        "TITLE: Ete & nuit",
        "FCM: NON-DROP FRAME",
        "",
        "001  AX       AA    C        00:00:00:00 00:00:01:08 01:00:00:00 01:00:01:08",
        "* FROM CLIP NAME: song.wav",
        f"* SOURCE FILE: {song}",
        "* COMMENT: song.wav",
        "002  HERO001  V     C        00:00:00:00 00:00:00:07 01:00:00:00 01:00:00:07",
        "* FROM CLIP NAME: hero.mp4",
        f"* SOURCE FILE: {MEDIA / 'hero.mp4'}",
        "* COMMENT: verse/hero",
        "* LOC: 01:00:00:00 BLUE    she turns",
        "003  BL       V     C        00:00:00:00 00:00:00:05 01:00:00:07 01:00:00:12",
        "004  STILL002 V     C        00:00:00:00 00:00:00:01 01:00:00:12 01:00:00:16",
        "M2   STILL002       000.0                00:00:00:00",
        "* FROM CLIP NAME: still.png",
        f"* SOURCE FILE: {MEDIA / 'still.png'}",
        "* COMMENT: verse/still",
        "005  SLOW003  V     C        00:00:00:02 00:00:00:08 01:00:00:16 01:00:00:22",
        "* FROM CLIP NAME: slow.mp4",
        f"* SOURCE FILE: {MEDIA / 'slow.mp4'}",
        "* COMMENT: verse/slow",
        "006  SHORT004 V     C        00:00:00:01 00:00:00:09 01:00:00:22 01:00:01:06",
        "* FROM CLIP NAME: short.mp4",
        f"* SOURCE FILE: {MEDIA / 'short.mp4'}",
        "* COMMENT: verse/short",
        "007  BL       V     C        00:00:00:00 00:00:00:02 01:00:01:06 01:00:01:08",
        "* COMMENT: verse/short",
    ]


def test_drop_frame_leaves_out_the_first_labels_of_a_minute() -> None:
    timeline = cut([gap(1799), take(1, rate=NTSC), take(1, rate=NTSC)], NTSC)
    assert lines(timeline, drop=True)[1] == "FCM: DROP FRAME"
    assert [event[-23:] for event in events(timeline, drop=True)] == [
        "01:00:00;00 01:00:59;29",
        "01:00:59;29 01:01:00;02",
        "01:01:00;02 01:01:00;03",
    ]
    assert [event[-23:] for event in events(timeline)][1:] == ["01:00:59:29 01:01:00:00", "01:01:00:00 01:01:00:01"]


def test_beside_the_events_timecode_is_written_with_colons_in_drop_frame_too() -> None:
    found = lines(cut([gap(1800), take(9, rate=NTSC, prompt="rain"), still(1)], NTSC), drop=True)
    assert "* LOC: 01:01:00:02 BLUE    rain" in found
    assert "M2   STILL002       000.0                00:00:00:00" in found


def test_a_prompt_of_many_lines_makes_no_event_and_no_long_line() -> None:
    evil = "rain\r\n002  EVIL     V     C        00:00:00:00 00:00:09:00 00:00:00:00 00:00:09:00\n" * 20
    found = lines(cut([take(5, prompt=evil, name=f"film/verse/{evil}")]))
    assert len(found) == 8
    assert max(map(len, found)) <= 80
    assert len(events(cut([take(5, prompt=evil)]))) == 1


def test_999_events_are_written_and_one_more_is_refused() -> None:
    assert events(cut([take(1)] * 999))[-1].startswith("999  ")
    with pytest.raises(InvalidInput, match="1000 events") as refused:
        edl(cut([take(1)] * 1000), hour_one(Fraction(24)))
    assert "vidctl export fcpxml" in refused.value.fix


def test_the_song_counts_as_an_event(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="1000 events"):
        edl(cut([take(1)] * 999, song=media.song(tmp_path / "song.wav")), hour_one(Fraction(24)))


def test_a_rate_of_three_digits_is_refused() -> None:
    with pytest.raises(InvalidInput, match="120 frames a second"):
        edl(cut([take(1)], 120), hour_one(Fraction(120)))


names = st.text(st.characters(exclude_characters="/"), max_size=12)


@given(st.lists(names, min_size=1, max_size=30))
def test_reels_are_short_plain_and_unlike_each_other(clips: list[str]) -> None:
    slots = [take(1, name=f"film/verse/{name}", path=MEDIA / f"{n}.mp4") for n, name in enumerate(clips)]
    reels = reel_names(edits_of(cut(slots)))
    assert len(set(reels)) == len(reels)
    assert all(len(reel) <= 8 and reel.isascii() and reel.isalnum() and reel.upper() == reel for reel in reels)
    assert not {"BL", "AX"} & set(reels)


def test_one_file_is_one_reel_and_nothing_is_black() -> None:
    slots = [take(1), gap(1), still(1), take(1, skip=5)]
    assert reel_names(edits_of(cut(slots))) == ["HERO001", "BL", "STILL002", "HERO001"]
