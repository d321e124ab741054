"""The demo's film, song and lyrics fit each other to the frame."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

import vidctl.presets
from vidctl.domain.lyrics import TimedLine, lines_within, parse_lyrics
from vidctl.gateways.card_layers import scene_hue

DEMO = Path(vidctl.presets.__file__).parent / "demo"


@pytest.fixture(scope="module")
def film() -> dict[str, Any]:
    return tomllib.loads((DEMO / "film.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def clips(film: dict[str, Any]) -> list[dict[str, Any]]:
    return [clip for scene in film["scenes"] for clip in scene["clips"]]


@pytest.fixture(scope="module")
def lyrics(film: dict[str, Any]) -> tuple[TimedLine, ...]:
    name = film["song"]["lyrics"]
    return parse_lyrics((DEMO / name).read_text(encoding="utf-8"), name)


@pytest.fixture(scope="module")
def song(film: dict[str, Any]) -> tuple[list[bytes], int, int, int]:
    """The decoded song: its 16-bit interleaved stereo samples in pieces, rate, channels and length in samples."""
    with av.open(str(DEMO / film["song"]["file"])) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="s16", layout="stereo")
        pieces = [piece for frame in container.decode(stream) for piece in resampler.resample(frame)]
        samples = sum(piece.samples for piece in pieces)
        data = [bytes(piece.planes[0])[: piece.samples * 4] for piece in pieces]
        return data, stream.rate, stream.channels, samples


def test_the_clips_are_as_long_as_the_song(film: dict[str, Any], clips: list[dict[str, Any]], song: Any) -> None:
    _, rate, _, samples = song
    frames = sum(clip["frames"] for clip in clips)
    assert abs(frames - Fraction(samples, rate) * Fraction(film["fps"])) < 1


def test_every_cut_falls_on_a_beat(film: dict[str, Any], clips: list[dict[str, Any]]) -> None:
    beat = Fraction(60, film["song"]["bpm"]) * Fraction(film["fps"])
    assert beat.denominator == 1
    assert all(clip["frames"] % beat == 0 for clip in clips)


def test_the_comments_name_the_beats_that_the_clips_last(film: dict[str, Any], clips: list[dict[str, Any]]) -> None:
    said = re.findall(r"# beats (\d+)-(\d+)", (DEMO / "film.toml").read_text(encoding="utf-8"))
    beat = Fraction(60, film["song"]["bpm"]) * Fraction(film["fps"])
    lasting = [(int(last) - int(first) + 1) * beat for first, last in said]
    assert lasting == [clip["frames"] for clip in clips]
    assert all(int(first) == int(last) + 1 for (_, last), (first, _) in pairwise(said))


def test_three_scenes_of_nine_clips_have_names_of_their_own_and_prompts(
    film: dict[str, Any], clips: list[dict[str, Any]]
) -> None:
    assert len(film["scenes"]) == 3
    assert len({clip["name"] for clip in clips}) == len(clips) == 9
    assert all(clip["image_prompt"].strip() and clip["video_prompt"].strip() for clip in clips)
    assert all("\n" not in clip["image_prompt"] + clip["video_prompt"] for clip in clips)


def test_the_scenes_are_told_apart_by_their_colours(film: dict[str, Any]) -> None:
    hues = sorted(scene_hue(scene["name"]) for scene in film["scenes"])
    apart = [after - hue for hue, after in pairwise([*hues, hues[0] + 1])]
    assert min(apart) > 0.15


def test_the_words_of_the_scenes_are_the_words_of_the_song(
    film: dict[str, Any], clips: list[dict[str, Any]], lyrics: tuple[TimedLine, ...]
) -> None:
    sung = [line.text for line in lyrics]
    assert [line for scene in film["scenes"] for line in scene["lyrics"].strip().splitlines()] == sung
    rate, start = Fraction(film["fps"]), 0
    for clip in clips:
        shown = {line.text for line in lines_within(lyrics, start, clip["frames"], rate)}
        assert set(clip["lyrics"].strip().splitlines()) <= shown
        start += clip["frames"]


def test_the_lyrics_end_within_the_song(lyrics: tuple[TimedLine, ...], song: Any) -> None:
    _, rate, _, samples = song
    assert len(lyrics) == 12
    assert lyrics[-1].end_ms <= 1000 * samples / rate


def test_the_song_is_stereo_neither_clipped_nor_silent_and_fades_out(song: Any) -> None:
    data, _, channels, _ = song
    values = memoryview(b"".join(data)).cast("h")
    left, right = values[::2].tolist(), values[1::2].tolist()
    assert channels == 2
    assert left != right
    assert 0.5 < max(map(abs, values)) / 32768 < 0.98
    assert 0.05 < (sum(value * value for value in values) / len(values)) ** 0.5 / 32768 < 0.3
    assert max(map(abs, values[-200:])) < 330


def test_the_song_is_small_enough_for_a_wheel() -> None:
    assert (DEMO / "song.ogg").stat().st_size <= 400 * 1024
