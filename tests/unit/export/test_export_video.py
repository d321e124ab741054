"""The exported film, decoded again: each frame carries a barcode that tells whose it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.data import media
from tests.fakes.film_studio import RATES, Shelf, Source, Studio, card, gap, timeline
from vidctl.domain.events import Notice
from vidctl.domain.timeline import Fill
from vidctl.gateways.ffmpeg import Ffmpeg


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
def test_each_frame_of_the_film_is_the_right_one_at_any_rate(studio: Studio, shelf: Shelf, rate: Fraction) -> None:
    s = shelf
    slots = (s.slow.slot(9), gap(2), s.even.slot(13, 3), s.still.slot(3), s.fast.slot(11), card(4), s.slow.slot(5, 2))
    studio.export(timeline(*slots, rate=rate))
    expected = [
        *[(1, s.slow.shown(rate, at)) for at in range(9)],
        *[None] * 2,
        *[(2, s.even.shown(rate, at)) for at in range(3, 16)],
        *[(5, 0)] * 3,
        *[(3, s.fast.shown(rate, at)) for at in range(11)],
        *[(9, at) for at in range(4)],
        *[(1, s.slow.shown(rate, at)) for at in range(2, 7)],
    ]
    assert studio.shown() == expected
    assert [when * rate for when, _ in media.decoded(studio.film)] == list(range(47))


@given(data=st.data(), rate=st.sampled_from(RATES))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cut_comes_out_frame_for_frame(
    data: st.DataObject, rate: Fraction, shelf: Shelf, ffmpeg: Ffmpeg, studio: Studio
) -> None:
    cut = data.draw(
        st.lists(
            st.tuples(st.sampled_from(shelf.sources), st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=5
        )
    )
    slots = [source.slot(frames, start if source.fill is Fill.VIDEO else 0) for source, frames, start in cut]
    studio.export(timeline(*slots, rate=rate), cache=shelf.folder / "cache")
    assert studio.shown() == [
        (source.clip, source.shown(rate, slot.media_start + at))
        for (source, _, _), slot in zip(cut, slots, strict=True)
        for at in range(slot.frames)
    ]


@pytest.mark.parametrize("rate", [Fraction(8), Fraction(12)])
def test_what_lasts_less_than_a_film_frame_is_shown(
    studio: Studio, shelf: Shelf, tmp_path: Path, rate: Fraction
) -> None:
    blink = media.video(tmp_path / "blink.mp4", clip=7, frames=1, rate=60)
    studio.export(timeline(shelf.still.slot(2), Source(7, blink, Fill.VIDEO).slot(2), gap(2), rate=rate))
    assert studio.shown() == [(5, 0)] * 2 + [(7, 0)] * 2 + [None] * 2


def test_a_webm_in_whole_milliseconds_loses_no_frame(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.web.slot(10), rate=Fraction(25)))
    assert studio.shown() == [(4, at) for at in range(10)]


def test_an_animated_picture_is_shown_at_its_own_pace(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.animation.slot(9), rate=Fraction(24)))
    assert studio.shown() == [(6, shelf.animation.shown(Fraction(24), at)) for at in range(9)]


def test_a_card_skips_its_first_frames(studio: Studio) -> None:
    studio.export(timeline(card(4), card(4, skip=3)))
    assert studio.shown() == [(9, at) for at in (0, 1, 2, 3, 3, 4, 5, 6)]


def test_a_take_too_short_holds_its_last_frame_and_says_so(studio: Studio, shelf: Shelf) -> None:
    events = studio.export(timeline(shelf.even.slot(10, 15), shelf.even.slot(20), gap(2)))
    notices = [event for event in events if isinstance(event, Notice)]
    assert [(notice.level, notice.text) for notice in notices] == [
        ("warning", "film/clip-2: its take is 5 frames too short; the last frame is held")
    ]
    assert studio.shown()[:10] == [(2, min(at, 19)) for at in range(15, 25)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
def test_a_take_that_fills_its_place_is_not_complained_of(studio: Studio, shelf: Shelf, rate: Fraction) -> None:
    fills = [(source, source.fills(rate)) for source in (shelf.slow, shelf.even, shelf.fast)]
    assert not [e for e in studio.export(timeline(*(s.slot(n) for s, n in fills), rate=rate)) if isinstance(e, Notice)]
    events = studio.export(timeline(*(s.slot(n + 1) for s, n in fills), rate=rate))
    assert len([e for e in events if isinstance(e, Notice)]) == 3


def test_another_shape_gets_black_bars(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    wide = media.video(tmp_path / "wide.mp4", clip=1, frames=3, size=(128, 64))
    Image.new("RGB", (30, 60), (255, 255, 255)).save(tmp_path / "tall.png")
    tall = Source(7, tmp_path / "tall.png", Fill.STILL)
    studio.export(timeline(Source(1, wide, Fill.VIDEO).slot(3), tall.slot(2)))
    pictures = [picture.convert("L") for _, picture in media.decoded(studio.film)]
    assert {picture.size for picture in pictures} == {(64, 64)}
    assert media.read_barcode(pictures[1].crop((0, 16, 64, 48)).convert("RGB")) == (1, 1)
    assert max(pictures[1].crop((0, 0, 64, 14)).getextrema()) < 8
    assert [pictures[3].getpixel((x, 32)) for x in (4, 60)] == [0, 0]
    assert pictures[3].getpixel((32, 32)) == pytest.approx(255, abs=3)


def test_pixels_that_are_not_square_are_made_so(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    media.ffmpeg("-i", shelf.even.path, "-vf", "scale=32:64,setsar=2/1", tmp_path / "anamorphic.mp4")
    studio.export(timeline(Source(2, tmp_path / "anamorphic.mp4", Fill.VIDEO).slot(3)))
    assert studio.shown() == [(2, 0), (2, 1), (2, 2)]


def test_the_film_says_what_its_colours_are(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(2), shelf.still.slot(2)))
    with av.open(str(studio.film)) as film:
        context = film.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_primaries, context.color_trc, context.colorspace) == ("yuv420p", 1, 1, 1)
        assert film.streams.video[0].sample_aspect_ratio == 1


def test_white_stays_white_and_red_stays_red(studio: Studio, tmp_path: Path) -> None:
    for name, colour in (("white", (255, 255, 255)), ("red", (220, 30, 40))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
    studio.export(timeline(*(Source(0, tmp_path / f"{name}.png", Fill.STILL).slot(2) for name in ("white", "red"))))
    with av.open(str(studio.film)) as film:
        converted = [frame.reformat(format="rgb24", src_colorspace="ITU709") for frame in film.decode(video=0)]
        pictures = [frame.to_image() for frame in converted]
    assert pictures[0].getpixel((32, 32)) == pytest.approx((255, 255, 255), abs=3)
    assert pictures[2].getpixel((32, 32)) == pytest.approx((220, 30, 40), abs=4)
