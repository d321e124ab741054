from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.film_studio import Shelf, Source, Studio
from vidctl.domain.timeline import Fill
from vidctl.gateways.ffmpeg import Ffmpeg


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Sources of all sorts and rates, made once."""
    folder = tmp_path_factory.mktemp("shelf")

    def film(clip: int, name: str, count: int, rate: int, size: tuple[int, int] = (64, 64)) -> Source:
        path = media.video(folder / name, clip=clip, frames=count, rate=rate, size=size)
        return Source(clip, path, Fill.VIDEO, count, Fraction(rate))

    return Shelf(
        slow=film(1, "slow.mp4", 8, 16),
        even=film(2, "even take's.mp4", 20, 24, (96, 96)),
        fast=film(3, "fast.mkv", 30, 60, (48, 48)),
        web=film(4, "web.webm", 10, 25),
        still=Source(5, media.image(folder / "still.png", clip=5), Fill.STILL),
        animation=Source(
            6, media.animation(folder / "a.webp", clip=6, frames=6, milliseconds=62), Fill.VIDEO, 6, Fraction(16)
        ),
        folder=folder,
    )


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(media.ffmpeg_path())


@pytest.fixture
def studio(tmp_path: Path, ffmpeg: Ffmpeg) -> Studio:
    folder = tmp_path / "out"
    folder.mkdir()
    return Studio(folder, ffmpeg)
