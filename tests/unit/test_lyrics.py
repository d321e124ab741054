"""LRC and SRT as they are found, and the frames on which a clip shows them."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.lyrics import MAX_SHOWN, TimedLine, lines_within, parse_lyrics
from vidctl.errors import InvalidInput

RATES = st.sampled_from([Fraction(16), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])


def triples(text: str) -> list[tuple[int, int, str]]:
    return [(line.start_ms, line.end_ms, line.text) for line in parse_lyrics(text, "song.lrc")]


def test_a_line_of_lrc_lasts_until_the_next_one() -> None:
    assert triples("[00:01.00]One\n[00:03.50]Two\n[00:04.00]Three") == [
        (1000, 3500, "One"),
        (3500, 4000, "Two"),
        (4000, 4000 + MAX_SHOWN, "Three"),
    ]


def test_a_line_leaves_the_screen_after_eight_seconds() -> None:
    assert triples("[00:01.00]One\n[01:00.00]Two")[0] == (1000, 9000, "One")


def test_the_digits_of_a_fraction_are_decimals() -> None:
    starts = [line[0] for line in triples("[00:01.5]a\n[00:02.05]b\n[00:03.005]c\n[00:04:25]d\n[100:05]e")]
    assert starts == [1500, 2050, 3005, 4250, 6_005_000]


def test_a_line_with_several_times_is_sung_several_times() -> None:
    assert triples("[00:05.00][00:01.00]Again\n[00:03.00]Between") == [
        (1000, 3000, "Again"),
        (3000, 5000, "Between"),
        (5000, 13000, "Again"),
    ]


def test_a_positive_offset_shows_lines_earlier() -> None:
    assert triples("[offset:+250]\n[00:12.00]Words")[0][0] == 11750
    assert triples("[00:12.00]Words\n[offset: -250]")[0][0] == 12250


def test_an_offset_never_moves_a_line_before_the_song() -> None:
    assert triples("[offset:5000]\n[00:01.00]Words")[0][0] == 0


def test_metadata_and_empty_lines_say_nothing() -> None:
    assert triples("[ti:Neon Nights]\n[ar: Nobody]\n[length: 0:30]\n[#:note]\n\n[00:01.00]Words")[0][2] == "Words"


def test_a_time_without_words_clears_the_screen() -> None:
    assert triples("[00:01.00]One\n[00:02.00]\n[00:05.00]Two")[0] == (1000, 2000, "One")


def test_the_times_of_single_words_are_left_out() -> None:
    assert triples("[00:01.00]<00:01.00>Neon <00:01.50>nights<00:02.00>")[0][2] == "Neon nights"


def test_lines_of_the_same_moment_end_together() -> None:
    assert triples("[00:01.00]Nacht\n[00:01.00]Night\n[00:02.00]End")[:2] == [
        (1000, 2000, "Nacht"),
        (1000, 2000, "Night"),
    ]


SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nFirst <i>line</i>\r\nsecond line\r\n\r\n"
    "00:00:03.5 --> 00:00:04.250 X1:0\r\n{\\an8}No number\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n42\r\n"
)


def test_srt_is_read_with_mark_crlf_dots_markup_and_missing_numbers() -> None:
    assert triples(SRT) == [
        (1000, 2500, "First line second line"),
        (3500, 4250, "No number"),
        (5000, 6000, "42"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[00:01.00]One\nplain words", 2),
        ("[00:01.00]One\n\n[00:61.00]Two", 3),
        ("[offset:soon]\n[00:01.00]One", 1),
        ("00:00:01,000 --> soon\nWords", 1),
        ("1\n00:00:02,000 --> 00:00:01,000\nWords", 2),
        ("hello\n00:00:01,000 --> 00:00:02,000\nWords", 1),
        ("1\n00:60:01,000 --> 00:61:02,000\nWords", 2),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidInput, match=rf"line {line} of song\.lrc") as caught:
        parse_lyrics(text, "song.lrc")
    assert caught.value.details["line"] == line


@pytest.mark.parametrize("text", ["", "\n \n", "[ti:Only a title]", "[00:01.00]\n[00:02.00]"])
def test_a_file_without_a_timed_line_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no timed line"):
        parse_lyrics(text, "empty.lrc")


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"], exclude_characters="[]<>"), min_size=1).filter(
    lambda words: "-->" not in words
)


@given(st.lists(st.tuples(st.integers(0, 5_000_000), WORDS), min_size=1, max_size=30, unique_by=lambda pair: pair[0]))
def test_what_is_written_as_lrc_is_read_back(words: list[tuple[int, str]]) -> None:
    text = "\n".join(f"[{ms // 60000}:{ms // 1000 % 60:02d}.{ms % 1000:03d}]{line}" for ms, line in words)
    lines = parse_lyrics(text, "x.lrc")
    assert [(line.start_ms, line.text) for line in lines] == sorted(words)
    assert all(0 < line.end_ms - line.start_ms <= MAX_SHOWN for line in lines)
    assert all(line.end_ms <= after.start_ms for line, after in pairwise(lines))


@given(st.text("[]:0159.,<>->\r\n abof\x00", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert all(line.text and line.start_ms < line.end_ms for line in parse_lyrics(text, "any.txt"))


def test_an_arrow_in_the_words_makes_no_srt() -> None:
    assert triples("[00:01.00]A --> B")[0][2] == "A --> B"


def test_lines_are_counted_in_the_frames_of_their_clip() -> None:
    lines = [
        TimedLine(start_ms=0, end_ms=900, text="over"),
        TimedLine(start_ms=900, end_ms=1500, text="from before"),
        TimedLine(start_ms=1500, end_ms=4000, text="goes on"),
        TimedLine(start_ms=4000, end_ms=5000, text="later"),
    ]
    shown = lines_within(lines, 24, 48, Fraction(24))
    assert [(line.start, line.end, line.text) for line in shown] == [(0, 12, "from before"), (12, 48, "goes on")]


@given(
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 9000)), max_size=12),
    st.lists(st.integers(1, 200), min_size=1, max_size=8),
    RATES,
)
def test_cutting_the_film_elsewhere_shows_each_line_on_the_same_frames(
    spans: list[tuple[int, int]], clips: list[int], rate: Fraction
) -> None:
    lines = [TimedLine(start_ms=start, end_ms=start + length, text=str(i)) for i, (start, length) in enumerate(spans)]

    def frames_of(cuts: list[int]) -> set[tuple[str, int]]:
        starts = [sum(cuts[:index]) for index in range(len(cuts))]
        return {
            (line.text, start + frame)
            for start, frames in zip(starts, cuts, strict=True)
            for line in lines_within(lines, start, frames, rate)
            for frame in range(line.start, line.end)
        }

    assert frames_of(clips) == frames_of([sum(clips)])
