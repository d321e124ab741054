"""How fast animatics are drawn: `python -m pytest -n 0 -s -m bench tests/bench/bench_animatic.py`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from vidctl.domain.recipe import LyricLine, MediaKind, RenderRequest, TitleCard
from vidctl.gateways.animatic import AnimaticBackend

FRAMES = 120


@pytest.mark.bench
@pytest.mark.parametrize("still", [None, "still.png"])
@pytest.mark.parametrize("size", [(64, 64), (640, 360), (1280, 720), (1920, 1080)])
def test_frames_per_cpu_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], size: tuple[int, int], still: str | None
) -> None:
    Image.effect_mandelbrot((1280, 960), (-2, -1.2, 1, 1.2), 60).convert("RGB").save(tmp_path / "still.png")
    lyrics = (LyricLine(start=20, end=90, text="Over the rooftops, over the chrome"),)
    card = TitleCard(
        project="Neon Nights", scene="Chorus", clip="Hero", prompt="a city " * 40, lyrics=lyrics, still_asset=still
    )
    request = RenderRequest(
        kind=MediaKind.VIDEO, backend="animatic", width=size[0], height=size[1], frames=FRAMES, card=card
    )
    backend = AnimaticBackend(tmp_path / "work", lambda asset: tmp_path / asset)
    backend.submit(request, "bench")
    began = time.process_time()
    assert len(list(backend.watch("bench"))) == FRAMES + 1
    speed = FRAMES / (time.process_time() - began)
    backend.close()
    with capsys.disabled():
        print(f"\n{size[0]}x{size[1]} {'over a still' if still else 'plain':12} {speed:7.0f} frames per CPU second")  # noqa: T201
