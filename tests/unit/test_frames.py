"""Exact time: grids, rates, and timecode that comes back as it went."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.frames import (
    FrameGrid,
    frames_for,
    frames_to_seconds,
    has_drop_frame,
    nominal_rate,
    parse_rate,
    parse_time,
    seconds_to_frames,
    snap_size,
    timecode,
)
from vidctl.errors import InvalidInput

RATES = [
    "23.976",
    "24",
    "25",
    "29.97",
    "30",
    "47.952",
    "48",
    "50",
    "59.94",
    "60",
    "119.88",
    "120",
    "12.5",
    "16",
    "8",
    "1",
]
rates = st.sampled_from([parse_rate(text) for text in RATES])
DROP_RATES = [Fraction(30000, 1001), Fraction(60000, 1001)]
drop_rates = st.sampled_from(DROP_RATES)
grids = st.builds(FrameGrid, st.integers(0, 40), st.integers(1, 40))
frame_numbers = st.integers(0, 10_000_000)


@given(grids, st.integers(-5, 5000))
def test_rounding_up_gives_the_smallest_count_on_the_grid(grid: FrameGrid, frames: int) -> None:
    on_grid = {grid.offset + grid.step * n for n in range(6000)} - {0}
    assert grid.round_up(frames) == min(count for count in on_grid if count >= frames)


@given(grids, st.integers(1, 5000))
def test_a_grid_contains_what_it_rounds_to(grid: FrameGrid, frames: int) -> None:
    assert grid.contains(grid.round_up(frames))
    assert grid.contains(frames) == (frames >= grid.offset and (frames - grid.offset) % grid.step == 0)


def test_the_grids_of_known_models() -> None:
    wan, minimax = FrameGrid(1, 4), FrameGrid(5, 17)
    assert [wan.round_up(n) for n in (1, 2, 80, 81, 82)] == [1, 5, 81, 81, 85]
    assert [minimax.round_up(n) for n in (1, 6, 120, 124)] == [5, 22, 124, 124]
    assert not wan.contains(80)


@pytest.mark.parametrize(("offset", "step"), [(-1, 4), (1, 0)])
def test_a_grid_that_goes_nowhere_is_refused(offset: int, step: int) -> None:
    with pytest.raises(ValueError, match="grid"):
        FrameGrid(offset, step)


@given(st.integers(1, 100_000), rates, rates)
def test_the_model_makes_just_enough_frames_to_cover_the_clip(
    film_frames: int, film: Fraction, model: Fraction
) -> None:
    made = frames_for(film_frames, film, model)
    assert made / model >= film_frames / film
    assert made == 1 or (made - 1) / model < film_frames / film


def test_five_seconds_of_film_on_wans_grid() -> None:
    assert frames_for(120, Fraction(24), Fraction(16), FrameGrid(1, 4)) == 81
    assert frames_for(120, Fraction(24000, 1001), Fraction(24), FrameGrid(1, 4)) == 121


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.sampled_from([1, 8, 16, 32, 64]))
def test_a_snapped_size_is_the_nearest_multiple(width: int, height: int, multiple: int) -> None:
    for wanted, got in zip((width, height), snap_size(width, height, multiple), strict=True):
        assert got % multiple == 0
        assert got >= multiple
        assert abs(got - wanted) <= max(multiple / 2, multiple - wanted)


def test_1066_by_600_at_16() -> None:
    assert snap_size(1066, 600, 16) == (1072, 608)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        (" 30000/1001 ", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("240", Fraction(240)),
    ],
)
def test_rates_as_people_write_them(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "0", "-24", "24/0", "1/00", "nan", "1e9", "24fps", "241", "24000/1", "0/5", "٢٤", "1_000"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_rate(text)


@given(rates, frame_numbers)
def test_a_frames_time_leads_back_to_the_frame(rate: Fraction, frame: int) -> None:
    assert seconds_to_frames(frames_to_seconds(frame, rate), rate) == frame
    assert seconds_to_frames(float(frames_to_seconds(frame, rate)), rate) == frame


@given(rates, frame_numbers)
def test_timecode_comes_back_as_it_went(rate: Fraction, frame: int) -> None:
    if frame < 100 * 3600 * nominal_rate(rate):
        assert parse_time(timecode(frame, rate), rate) == frame


@given(drop_rates, frame_numbers)
def test_drop_frame_timecode_comes_back_as_it_went(rate: Fraction, frame: int) -> None:
    assert parse_time(timecode(frame, rate, drop=True), rate) == frame


@given(drop_rates, frame_numbers)
def test_drop_frame_timecode_may_be_written_with_semicolons_only(rate: Fraction, frame: int) -> None:
    assert parse_time(timecode(frame, rate, drop=True).replace(":", ";"), rate) == frame


@pytest.mark.parametrize("rate", DROP_RATES)
def test_drop_frame_labels_are_all_labels_but_the_first_of_nine_minutes_in_ten(rate: Fraction) -> None:
    """The rule itself: counted out label by label over two of its periods of ten minutes."""
    dropped, frame = nominal_rate(rate) // 15, 0
    for minute in range(20):
        for label in range(60 * nominal_rate(rate)):
            if label >= dropped or minute % 10 == 0:
                if label < 100 or label % 977 == 0:
                    second, count = divmod(label, nominal_rate(rate))
                    assert timecode(frame, rate, drop=True) == f"00:{minute:02}:{second:02};{count:02}"
                frame += 1


def test_drop_frame_is_known_where_it_exists() -> None:
    assert {text for text in RATES if has_drop_frame(parse_rate(text))} == {"29.97", "59.94"}


@given(drop_rates, st.integers(0, 24 * 3600 * 29))
def test_drop_frame_timecode_keeps_to_the_clock(rate: Fraction, frame: int) -> None:
    hours, minutes, rest = timecode(frame, rate, drop=True).split(":")
    seconds, frames = rest.split(";")
    shown = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(frames), nominal_rate(rate))
    assert abs(shown - frames_to_seconds(frame, rate)) < Fraction(1, 4)


@given(drop_rates, frame_numbers)
def test_drop_frame_labels_only_rise(rate: Fraction, frame: int) -> None:
    assert timecode(frame, rate, drop=True) < timecode(frame + 1, rate, drop=True)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
    ],
)
def test_drop_frame_at_its_edges(frame: int, text: str) -> None:
    assert timecode(frame, Fraction(30000, 1001), drop=True) == text


def test_an_hour_of_drop_frame_at_59_94() -> None:
    rate = Fraction(60000, 1001)
    assert timecode(215784, rate, drop=True) == "01:00:00;00"
    assert timecode(3600, rate, drop=True) == "00:01:00;04"


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("12.5", 300),
        ("12.5s", 300),
        (".5", 12),
        ("300f", 300),
        ("00:00:12:12", 300),
        ("0:12.5", 300),
        ("1:00:00", 86400),
        ("0", 0),
        (" 2 ", 48),
    ],
)
def test_times_as_people_write_them(text: str, frames: int) -> None:
    assert parse_time(text, Fraction(24)) == frames


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "12,5",
        "1e3",
        "nan",
        "12.5f",
        "00:00:12:24",
        "00:60:00:00",
        "00:00:60:00",
        "1:60",
        "1:60:00",
        "00:00:12;12",
        "00;00:12;12",
        "00;00;12:12",
        "f",
        "٣",
        "9" * 30,
        "00:00:00:00:00",
    ],
)
def test_what_is_no_time_at_24_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_time(text, Fraction(24))


@pytest.mark.parametrize("text", ["00:01:00;00", "00:01:00;01", "00:59:00;01"])
def test_a_dropped_label_does_not_exist(text: str) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        parse_time(text, Fraction(30000, 1001))


def test_drop_frame_needs_a_rate_that_has_it() -> None:
    with pytest.raises(InvalidInput, match="no drop frame"):
        timecode(1, Fraction(24000, 1001), drop=True)


@pytest.mark.parametrize("frame", [-1, 100 * 3600 * 24])
def test_timecode_ends_where_it_ends(frame: int) -> None:
    with pytest.raises(InvalidInput):
        timecode(frame, Fraction(24))


def test_at_120_frames_need_three_digits() -> None:
    assert timecode(119, Fraction(120)) == "00:00:00:119"
    assert timecode(90_000, Fraction(24)) == "01:02:30:00"
