"""Slugs of names as people write them."""

from __future__ import annotations

import pytest

from vidctl.domain.names import SLUG, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Neon Nights!", "neon-nights"),
        ("Fünf Uhr früh 🚂", "funf-uhr-fruh"),
        ("Straße – „Köln“", "strasse-koln"),
        ("Don’t look back…", "don-t-look-back"),
        ("Ø ❤\ufe0f Łódź", "o-lodz"),
    ],
)
def test_letters_are_kept_and_signs_are_left_out(name: str, slug: str) -> None:
    assert slugify(name) == slug
    assert slugify(slug) == slug


def test_names_of_signs_only_are_told_apart() -> None:
    assert slugify("🚂") == "u1f682"
    assert slugify("🎸") == "u1f3b8"
    assert slugify("夜") == "u591c"
    assert SLUG.fullmatch(slugify("!?"))
