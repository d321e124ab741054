"""What people may set for renders and films: each limit at, below and above it, and names that do not exist."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from vidctl.domain.limits import RENDER_LIMITS, check_film_rate, check_limits
from vidctl.domain.recipe import MediaKind
from vidctl.errors import InvalidInput, NotFound
from vidctl.services.setting_checks import check_settings


@pytest.mark.parametrize(("name", "range_"), RENDER_LIMITS.items())
def test_a_limit_itself_is_allowed_and_what_lies_beyond_is_not(name: str, range_: tuple[float, float]) -> None:
    low, high = range_
    check_limits({name: low})
    check_limits({name: high})
    for beyond in (low - 0.05 if name == "cfg" else low - 1, high + 1):
        with pytest.raises(InvalidInput, match=f"{name} is out of range"):
            check_limits({name: beyond})


def test_the_limits_are_those_that_were_agreed() -> None:
    assert dict(RENDER_LIMITS) == {
        "steps": (1, 200),
        "cfg": (0.1, 30),
        "width": (64, 4096),
        "height": (64, 4096),
        "frames": (1, 300),
        "fps": (1, 120),
    }


@pytest.mark.parametrize("rate", [Fraction(1, 2), Fraction(121)])
def test_a_rate_that_no_film_has_is_refused(rate: Fraction) -> None:
    with pytest.raises(InvalidInput):
        check_film_rate(rate)


def test_the_rates_of_films_are_allowed() -> None:
    assert [check_film_rate(rate) for rate in (Fraction(1), Fraction(30000, 1001), Fraction(120))]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("image", {"steps": 20, "cfg": 7.5, "sampler": "euler_a", "model": "x.safetensors", "seed": -1}),
        (
            "video",
            {"frames": 81, "fps": 16, "text_encoder": "t.safetensors", "shift": 8, "workflow": "wan-text-to-video"},
        ),
        ("image", {"loras": [{"name": "a", "weight": 0.5}], "family": "sdxl", "preset": "draft"}),
        ("image", {"steps": None, "nonsense": None}),
    ],
)
def test_settings_that_a_workflow_knows_are_allowed(kind: str, settings: dict[str, Any]) -> None:
    check_settings(MediaKind(kind), settings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"stepz": 3}, "did you mean steps"),
        ({"frames": 9}, "there are cfg"),
        ({"steps": "abc"}, "whole number"),
        ({"steps": True}, "whole number"),
        ({"steps": 201}, "from 1 to 200"),
        ({"cfg": -1}, "cfg is out of range"),
        ({"seed": -2}, "seed is out of range"),
        ({"loras": "x"}, "LoRAs"),
        ({"preset": 3}, "preset must be a name"),
    ],
)
def test_settings_that_no_workflow_for_stills_could_use_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_settings(MediaKind.IMAGE, settings)
    assert said in f"{refused.value} {refused.value.fix}"


@pytest.mark.parametrize("settings", [{"workflow": "nix"}, {"family": "nix"}])
def test_a_workflow_or_family_that_is_not_there_is_not_found(settings: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        check_settings(MediaKind.IMAGE, settings)
