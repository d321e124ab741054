"""Encoding, joining and the cache of segments, each alone."""

from __future__ import annotations

import os
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data import media
from tests.fakes.film_studio import RATES, Shelf, Studio, card, gap, timeline
from vidctl.exporters.encoding import Encoding, Quality
from vidctl.exporters.joining import concat_list
from vidctl.exporters.segment_cache import SegmentCache
from vidctl.gateways.ffmpeg import Ffmpeg


def test_sides_are_made_even() -> None:
    assert Encoding.of(Fraction(24), 1281, 719, Quality.FINAL).size == (1280, 720)


@pytest.mark.parametrize(
    ("size", "draft"),
    [((1920, 1080), (960, 540)), ((1080, 1920), (540, 960)), ((832, 480), (832, 480)), ((1024, 1024), (540, 540))],
)
def test_a_draft_is_540_lines(size: tuple[int, int], draft: tuple[int, int]) -> None:
    assert Encoding.of(Fraction(24), *size, Quality.DRAFT).size == draft


@given(rate=st.sampled_from([*RATES, Fraction(25, 2), Fraction(16)]))
def test_a_frame_lasts_a_whole_number_of_ticks(rate: Fraction) -> None:
    encoding = Encoding.of(rate, 64, 64, Quality.FINAL)
    assert (encoding.timescale / rate).denominator == 1
    assert encoding.timescale >= 10_000


@given(lengths=st.lists(st.integers(1, 500), min_size=1, max_size=300), rate=st.sampled_from(RATES))
def test_rounding_never_adds_up_over_many_segments(lengths: list[int], rate: Fraction) -> None:
    cut = timeline(*(gap(frames) for frames in lengths), rate=rate)
    listing = concat_list(cut.slots, [Path("/a.mp4")] * len(lengths), rate)
    total = sum(Fraction(line.split()[1]) for line in listing.splitlines() if line.startswith("duration"))
    assert abs(total - cut.frames / rate) <= Fraction(1, 1_000_000)


def test_a_folder_with_a_quote_in_its_name_can_be_joined(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    folder = tmp_path / "it's #1: 100%d & more"
    folder.mkdir()
    studio = Studio(folder, ffmpeg)
    studio.export(timeline(gap(2), card(2), music=media.song(folder / "a:b'%d.wav", seconds=0.5)))
    assert studio.shown() == [None, None, (9, 0), (9, 1)]


def fill(cache: SegmentCache, **ages: float) -> None:
    """Segments of 100 bytes, last used so many hours ago."""
    for key, hours in ages.items():
        cache.path(key).write_bytes(bytes(100))
        os.utime(cache.path(key), times=(0, time.time() - 3600 * hours))


def kept(cache: SegmentCache) -> set[str]:
    return {path.name for path in cache.folder.iterdir()}


def test_the_longest_unused_segments_go_first(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=250)
    fill(cache, a=5, b=9, c=7, d=3)
    cache.prune(keep=())
    assert kept(cache) == {"a.mp4", "d.mp4"}


def test_a_segment_in_use_is_never_removed(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=0)
    fill(cache, of_this_film=9, of_an_export_beside=0.5, of_nobody=8)
    cache.prune(keep=["of_this_film"])
    assert kept(cache) == {"of_this_film.mp4", "of_an_export_beside.mp4"}


def test_taking_a_segment_counts_as_use(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=0)
    media.video(cache.path("taken"), frames=2)
    os.utime(cache.path("taken"), times=(0, 0))
    assert cache.take("taken", 2)
    cache.prune(keep=())
    assert kept(cache) == {"taken.mp4"}


def test_what_a_killed_export_left_is_swept_after_a_day(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=1000)
    for name, hours in (("old", 25), ("new", 1)):
        (tmp_path / f".{name}.mp4").touch()
        (tmp_path / f".source-{name}").mkdir()
        (tmp_path / f".source-{name}" / "still.png").touch()
        for path in (tmp_path / f".{name}.mp4", tmp_path / f".source-{name}"):
            os.utime(path, times=(0, time.time() - 3600 * hours))
    cache.prune(keep=())
    assert kept(cache) == {".new.mp4", ".source-new"}


def test_what_vanishes_while_the_cache_is_pruned_does_no_harm(tmp_path: Path) -> None:
    """As when an export beside this one finishes a segment: the folder still lists its temporary name."""
    cache = SegmentCache(tmp_path, limit=0)
    fill(cache, old=5)
    for name in ("gone.mp4", ".gone.mp4"):
        (tmp_path / name).symlink_to(tmp_path / "nowhere")
    cache.prune(keep=())
    assert "old.mp4" not in kept(cache)


def test_an_export_keeps_the_cache_below_its_limit(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5), shelf.even.slot(5)))
    for segment in studio.cache.glob("*.mp4"):
        os.utime(segment, times=(0, 0))
    studio.export(timeline(gap(2)), cache_limit=1)
    assert len(list(studio.cache.iterdir())) == 1
