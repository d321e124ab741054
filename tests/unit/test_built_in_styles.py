"""The styles that come with vidctl: each loads, keeps the limits, and is meant for any model."""

from __future__ import annotations

import re

import pytest

from vidctl.domain.expansion import Expander, Expansion
from vidctl.domain.names import SLUG
from vidctl.domain.prompts import compose, join_terms
from vidctl.domain.style_template import StyleTemplate
from vidctl.errors import NotFound
from vidctl.presets.loader import list_styles, load_style

EACH = pytest.mark.parametrize("name", list_styles())


@EACH
def test_a_style_could_be_a_style_template(name: str) -> None:
    style = load_style(name)
    assert SLUG.fullmatch(style.slug)
    assert StyleTemplate(**style.model_dump()).words().prompt == style.prompt


@EACH
def test_a_style_says_what_it_looks_like_and_what_it_does_not(name: str) -> None:
    style = load_style(name)
    assert style.description.endswith(".")
    assert len(style.prompt.split(", ")) >= 4
    assert style.negative_prompt == join_terms([style.negative_prompt])
    assert compose("a singer", look=style.prompt) == f"a singer, {style.prompt}"


@EACH
def test_a_style_fits_every_model(name: str) -> None:
    style = load_style(name)
    assert not style.image_settings
    assert not style.video_settings
    assert Expander(0, {}, {}).expand(style.prompt) == Expansion(style.prompt)
    assert not re.search(r"masterpiece|score_|8k|by [A-Z]", style.prompt)


def test_there_are_styles_of_every_category() -> None:
    assert {load_style(name).category for name in list_styles()} == {
        "cinematic", "anime", "realistic", "artistic", "abstract",
    }  # fmt: skip


def test_no_two_styles_are_alike() -> None:
    styles = [load_style(name) for name in list_styles()]
    assert len({style.name for style in styles}) == len({style.prompt for style in styles}) == len(styles)


def test_an_unknown_style_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound) as refused:
        load_style("noir")
    assert "film-noir" in refused.value.fix
