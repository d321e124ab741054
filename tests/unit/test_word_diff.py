"""What differs between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.word_diff import Mark, Piece, word_diff

TEXTS = st.lists(st.sampled_from(["a", "singer", " ", ", ", "\n", "night", "é"]), max_size=20).map("".join)


def test_a_word_that_was_replaced_is_told_between_those_that_stayed() -> None:
    assert word_diff("a singer at night", "a dancer at night") == [
        Piece(Mark.SAME, "a "),
        Piece(Mark.REMOVED, "singer"),
        Piece(Mark.ADDED, "dancer"),
        Piece(Mark.SAME, " at night"),
    ]


def test_equal_texts_differ_in_nothing() -> None:
    assert {piece.mark for piece in word_diff("a singer", "a singer")} == {Mark.SAME}
    assert word_diff("", "") == []


@given(TEXTS, TEXTS)
def test_both_texts_are_made_up_of_the_pieces(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.REMOVED) == after


def test_a_long_text_of_few_words_does_not_take_for_ever() -> None:
    assert word_diff("a singer, " * 10_000, "a singer, " * 9_999 + "a dancer")
