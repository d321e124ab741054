"""What an export costs beside one plain encode of the same pictures, in CPU seconds of all processes.

Run by hand: python -m pytest -n 0 -m bench -s tests/bench/bench_export.py
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from vidctl.domain.recipe import TitleCard
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.exporters.video import export_video
from vidctl.gateways.ffmpeg import Ffmpeg

pytestmark = pytest.mark.bench

SLOTS = 30
FRAMES = 48
SIZE = (1280, 720)
RATES = [16, 24, 25, 30]


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds, those of ended children included, and seconds on the wall."""
    before, start = os.times(), time.perf_counter()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), time.perf_counter() - start


def no_card(card: TitleCard, skip: int, frames: int, rate: Fraction, size: tuple[int, int], path: Path) -> None:
    raise AssertionError("there are no cards in this film")


def moving(path: Path, number: int) -> Path:
    """Three seconds of a moving test picture, each clip a different stretch of it."""
    picture = f"testsrc2=size={SIZE[0]}x{SIZE[1]}:rate={RATES[number % len(RATES)]}"
    fine = ("-preset", "veryfast", "-crf", 18, "-pix_fmt", "yuv420p")
    media.ffmpeg("-f", "lavfi", "-i", picture, "-ss", number, "-t", 3, *fine, path)
    return path


def test_what_an_export_costs(tmp_path: Path) -> None:
    clips = [moving(tmp_path / f"{number}.mp4", number) for number in range(SLOTS)]
    slots = tuple(
        Slot(number * FRAMES, FRAMES, Fill.VIDEO, str(number), media=clip, sha256=str(number))
        for number, clip in enumerate(clips)
    )
    song = media.song(tmp_path / "song.mp3", seconds=SLOTS * FRAMES / 24)
    film = tmp_path / "film.mp4"

    def export(*cut: Slot) -> None:
        timeline = Timeline("bench", Fraction(24), *SIZE, cut, song)
        ffmpeg = Ffmpeg(media.ffmpeg_path())
        for _ in export_video(timeline, film, ffmpeg=ffmpeg, cache=tmp_path / "cache", draw_card=no_card):
            pass

    changed = (*slots[:-1], Slot(slots[-1].start, FRAMES, Fill.VIDEO, "new", media=clips[0], sha256="0", media_start=9))
    results = {
        "cold": measure(lambda: export(*slots)),
        "plain encode of the finished film": measure(
            lambda: media.ffmpeg("-i", film, "-preset", "veryfast", "-crf", 18, "-an", tmp_path / "plain.mp4")
        ),
        "all cached": measure(lambda: export(*slots)),
        "one of 30 changed": measure(lambda: export(*changed)),
    }
    for name, (cpu, wall) in results.items():
        print(f"{name:35} {cpu:6.1f} CPU s {wall:6.1f} s")  # noqa: T201
    plain = tmp_path / "plain.mp4"
    print(f"film {film.stat().st_size >> 10} KiB, plain {plain.stat().st_size >> 10} KiB")  # noqa: T201
