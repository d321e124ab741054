"""What is composed is the clip's own words with the characters before them and the style behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.prompts import CharacterWords, compose, join_terms

MIRA = CharacterWords("Mira", "mira_v2 woman", "a singer with red hair.", "35mm film").introduction()


def test_a_character_is_introduced_before_the_clips_words() -> None:
    prompt = compose("she sings on a roof", [MIRA])
    assert prompt == "mira_v2 woman Mira, a singer with red hair. Style: 35mm film. she sings on a roof"


@pytest.mark.parametrize(
    ("character", "introduction"),
    [
        (CharacterWords("Mira"), "Mira"),
        (CharacterWords("Mira", trigger_words=" mira_v2 "), "mira_v2 Mira"),
        (CharacterWords("Mira", description="tall"), "Mira, tall"),
        (CharacterWords("Mira", style_notes="noir."), "Mira. Style: noir"),
    ],
)
def test_what_a_character_does_not_have_leaves_no_trace(character: CharacterWords, introduction: str) -> None:
    assert character.introduction() == introduction
    assert compose("walks", [introduction]) == f"{introduction}. walks"


def test_characters_come_in_their_order() -> None:
    assert compose("they dance", ["Ann", "Ben"]) == "Ann. Ben. they dance"


@pytest.mark.parametrize(
    ("prompt", "composed"),
    [("a roof", "a roof, neon"), ("A roof.", "A roof. neon"), ("Run!", "Run! neon"), ("", "neon"), ("  ", "neon")],
)
def test_the_style_comes_last(prompt: str, composed: str) -> None:
    assert compose(prompt, look=" neon ") == composed


def test_a_character_alone_makes_a_prompt() -> None:
    assert compose("", ["Ann"]) == "Ann."
    assert compose("", [""]) == ""


@given(st.text())
def test_the_clips_own_words_are_kept_to_the_letter(words: str) -> None:
    composed = compose(words, [MIRA], "neon")
    assert words in composed or not words.strip()
    assert compose(words) == (words if words.strip() else "")


def test_negative_terms_of_all_are_joined_once_each() -> None:
    joined = join_terms(["blurry, , low quality", "beard, Blurry", "text, beard"])
    assert joined == "blurry, low quality, beard, text"


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (["(hands, feet:1.2), text", "feet, text"], "(hands, feet:1.2), text, feet"),
        (["((a, b), c), d"], "((a, b), c), d"),
        (["a, (b, a, c)"], "a, (b, a, c)"),
        (["a), b"], "a), b"),
        (["(never closed, b"], "(never closed, b"),
        (["[x, y], x"], "[x, y], x"),
        ([",", " , ", ""], ""),
    ],
)
def test_commas_in_brackets_do_not_part_terms(texts: list[str], joined: str) -> None:
    assert join_terms(texts) == joined


@given(st.lists(st.text(alphabet="ab(), "), max_size=4))
def test_joining_what_was_joined_changes_nothing(texts: list[str]) -> None:
    joined = join_terms(texts)
    assert join_terms([joined]) == joined
