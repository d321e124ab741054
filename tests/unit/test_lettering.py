"""Typefaces and line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.gateways import lettering
from vidctl.gateways.lettering import Lettering, clean

TEXTS = st.text("ab cdéß …日\n\t", max_size=80)


def test_control_characters_become_spaces_and_spaces_become_one() -> None:
    assert clean(" a\x00b\n\n c\td ") == "a b c d"


def test_a_text_of_plain_letters_is_set_in_the_built_in_face() -> None:
    assert Lettering("Neon Nights", 16).face.getname()[0] == "Aileron"


def test_accents_are_dropped_where_no_face_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "FACES", ("",))
    assert Lettering("Größe é", 16).text == "Große e"


@given(TEXTS, st.integers(20, 300), st.integers(1, 6))
def test_lines_fit_and_hold_the_text_in_its_order(text: str, width: int, most: int) -> None:
    letters = Lettering(text, 12)
    lines = letters.wrapped(width, most)
    assert len(lines) <= most
    assert all(letters.width(line) <= width for line in lines)
    if not letters.shortens(lines):
        assert "".join(lines).replace(" ", "") == letters.text.replace(" ", "")


def test_words_stay_whole_where_they_fit() -> None:
    letters = Lettering("one two three four", 12)
    assert letters.wrapped(letters.width("one two t"), 9) == ["one two", "three", "four"]


def test_a_word_wider_than_the_line_is_broken() -> None:
    letters = Lettering("a" * 100, 12)
    lines = letters.wrapped(letters.width("a" * 30), 9)
    assert "".join(lines) == "a" * 100
    assert len(lines) == 4


def test_a_shortened_text_ends_with_an_ellipsis() -> None:
    letters = Lettering("one two three four", 12)
    assert letters.wrapped(letters.width("one two t"), 2)[-1].endswith("…")
    assert letters.shortened(letters.width("one two three")) == "one two thr…"


def test_balanced_lines_are_about_equally_long() -> None:
    letters = Lettering("Keep one light burning until the night is gone", 12)
    first, second = letters.balanced(letters.width(letters.text) * 0.9, 2)
    assert 0.6 < letters.width(first) / letters.width(second) < 1.6


@given(TEXTS, st.integers(20, 300))
def test_balanced_lines_never_exceed_the_width(text: str, width: int) -> None:
    letters = Lettering(text, 12)
    assert all(letters.width(line) <= width for line in letters.balanced(width, 2))
