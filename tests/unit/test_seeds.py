"""Which seeds a person means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.seeds import MAX_SEED, MOST_SEEDS, parse_seeds
from vidctl.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", [7]),
        ("7,8,9", [7, 8, 9]),
        ("100..103", [100, 101, 102, 103]),
        ("+1..+3", [43, 44, 45]),
        ("+5", [47]),
        ("-2..+1", [40, 41, 42, 43]),
        ("+1, 7 , 9..10", [43, 7, 9, 10]),
        (str(MAX_SEED), [MAX_SEED]),
        ("0", [0]),
    ],
)
def test_seeds_are_lists_ranges_and_counted_from_the_takes_own(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text, 42) == seeds


def test_a_seed_that_is_named_twice_is_meant_once() -> None:
    assert parse_seeds("7,7,6..8", 0) == [7, 6, 8]


@pytest.mark.parametrize(
    "text",
    ["", "a", "1..", "..3", "1..+3", "+1..3", "8..1", "1,,2", "1.5", "-1", "-43", "٣", str(MAX_SEED + 1), "9" * 30],
)
def test_what_names_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="names no seeds"):
        parse_seeds(text, 0)


@pytest.mark.parametrize("text", [f"1..{MOST_SEEDS + 1}", "1..600,1000..1600", "0..99999999999999999999"])
def test_more_seeds_than_anybody_wants_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="more than 1000"):
        parse_seeds(text, 0)


@given(st.integers(0, 2**50), st.integers(0, 50), st.integers(0, 50))
def test_a_range_from_the_own_seed_is_the_range_of_its_numbers(own: int, first: int, more: int) -> None:
    last = first + more
    assert parse_seeds(f"+{first}..+{last}", own) == parse_seeds(f"{own + first}..{own + last}", own)
