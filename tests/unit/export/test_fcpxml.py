"""FCPXML: rational times on the film's frames, each file once, the song hung below the first element."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tests.data import media
from tests.fakes.cuts import cut, hour_one, mixed, still, take
from tests.fakes.film_studio import gap
from vidctl.domain.timeline import Timeline
from vidctl.exporters.fcpxml import fcpxml

NTSC = Fraction(30000, 1001)


def document(timeline: Timeline, drop: bool = False) -> Element:
    return ElementTree.fromstring(fcpxml(timeline, hour_one(timeline.rate, drop)))


def attributes(root: Element, path: str, *names: str) -> list[tuple[str | None, ...]]:
    return [tuple(element.get(name) for name in names) for element in root.iterfind(path)]


def test_it_names_its_version_and_its_type() -> None:
    text = fcpxml(cut([take(5)]), hour_one(Fraction(24)))
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.9">\n')


def test_times_are_counted_in_the_ticks_of_the_rate() -> None:
    root = document(cut([take(4, rate=NTSC), gap(30), take(3, rate=NTSC, skip=2)], NTSC))
    assert attributes(root, ".//spine/*", "offset", "start", "duration") == [
        ("108108000/30000s", "0s", "4004/30000s"),
        ("108112004/30000s", "0s", "30030/30000s"),
        ("108142034/30000s", "2002/30000s", "3003/30000s"),
    ]
    assert attributes(root, ".//format", "frameDuration") == [("1001/30000s",)]


@pytest.mark.parametrize(
    ("drop", "start", "form"), [(True, "107999892/30000s", "DF"), (False, "108108000/30000s", "NDF")]
)
def test_drop_frame_is_told_and_moves_the_start(drop: bool, start: str, form: str) -> None:
    root = document(cut([take(4, rate=NTSC)], NTSC), drop)
    assert attributes(root, ".//sequence", "tcStart", "tcFormat") == [(start, form)]
    assert attributes(root, ".//asset-clip", "offset", "tcFormat") == [(start, form)]


def test_each_file_is_an_asset_once_with_its_own_length_and_format() -> None:
    root = document(cut([*mixed(Fraction(24)), take(3, rate=24, count=7)]))
    assert attributes(root, ".//asset", "name", "duration", "format") == [
        ("verse/hero", "7/24s", "r1"),
        ("verse/still", "0s", "r3"),
        ("verse/slow", "81/16s", "r5"),
        ("verse/short", "9/24s", "r1"),
    ]
    assert attributes(root, ".//format", "id", "frameDuration", "name", "width") == [
        ("r1", "1/24s", None, "64"),
        ("r3", None, "FFVideoFormatRateUndefined", "80"),
        ("r5", "1/16s", None, "64"),
    ]


@pytest.mark.parametrize(
    ("rate", "told"),
    [(24, []), (25, [("0", "25")]), (Fraction(24000, 1001), [("0", "23.98")]), (16, [("0", None)])],
)
def test_a_take_at_another_rate_keeps_its_speed(rate: Fraction, told: list[tuple[str, str | None]]) -> None:
    assert attributes(document(cut([take(4, rate=rate)])), ".//conform-rate", "scaleEnabled", "srcFrameRate") == told


def test_a_still_is_a_picture_and_a_gap_is_a_gap() -> None:
    assert [element.tag for element in document(cut([still(3), gap(2), take(4)])).iterfind(".//spine/*")] == [
        "video",
        "gap",
        "asset-clip",
    ]


@pytest.mark.parametrize("first", [take(48, skip=10), gap(48), still(48)], ids=["take", "gap", "still"])
def test_the_song_hangs_below_the_first_element_in_that_ones_time(first: object, tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.wav", rate=44_100)
    root = document(cut([first, take(30)], song=song))  # type: ignore[list-item]
    [held, _] = root.iterfind(".//spine/*")
    assert attributes(held, "asset-clip", "name", "lane", "offset", "duration", "audioRole") == [
        ("song.wav", "-1", held.get("start"), "2s", "music")
    ]
    assert attributes(root, ".//asset[@hasAudio]", "duration", "audioChannels", "audioRate") == [("2s", "1", "44100")]


def test_the_sound_of_a_take_is_told_but_not_heard(tmp_path: Path) -> None:
    talking = tmp_path / "talk.mp4"
    song, silent = media.song(tmp_path / "song.wav"), media.video(tmp_path / "silent.mp4")
    media.ffmpeg("-i", silent, "-i", song, "-c:v", "copy", "-shortest", talking)
    root = document(cut([take(4, path=talking, has_audio=True), take(4)]))
    assert attributes(root, ".//spine/asset-clip", "srcEnable") == [("video",), (None,)]
    assert attributes(root, ".//asset", "hasAudio") == [("1",), (None,)]


def test_a_prompt_is_a_marker_on_the_first_frame_shown() -> None:
    root = document(cut([take(4, skip=3, prompt="a <wet>\nstreet"), gap(2)]))
    assert attributes(root, ".//marker", "start", "duration", "value") == [("3/24s", "1/24s", "a <wet> street")]


def test_what_is_in_a_clip_stands_in_the_order_of_the_dtd(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.wav")
    [first] = document(cut([take(48, rate=25, prompt="rain")], song=song)).iterfind(".//spine/*")
    assert [element.tag for element in first] == ["conform-rate", "asset-clip", "marker"]
