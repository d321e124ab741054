"""Selectors: small queries that say which clips are meant."""

from __future__ import annotations

import pytest

from vidctl.domain.clip import Clip, ClipStatus
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import ClipFacts, fits, is_selector, parse_selector
from vidctl.errors import InvalidInput

SCENE = Scene(project_id="p", name="Chorus", slug="chorus")


def facts(**values: object) -> ClipFacts:
    known = {"image_prompt": "a singer in Rain", "tags": ["hero", "night"], "status": ClipStatus.STILLS, **values}
    extra = {name: known.pop(name) for name in ClipFacts._fields if name in known}
    clip = Clip.model_validate(
        {"project_id": "p", "scene_id": "s", "name": "The Hero", "slug": "the-hero", "length": 24, **known}
    )
    return ClipFacts(clip.to_stored(), SCENE, **extra)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("scene:chorus", True),
        ("scene:CHORUS", True),
        ("scene:verse", False),
        ("scene:ch*", True),
        ("scene:verse,chorus", True),
        ("status:stills", True),
        ("status:draft,final", False),
        ("-status:draft", True),
        ("tag:hero", True),
        ("tag:HERO", True),
        ("tag:day", False),
        ("tag:day,night", True),
        ("tag:hero tag:night", True),
        ("tag:hero -tag:night", False),
        ("has:image", False),
        ("-has:take", True),
        ("has:prompt", True),
        ("has:lyrics,notes", False),
        ("has:tag", True),
        ("is:locked", False),
        ("-is:alternate", True),
        ("the-hero", True),
        ("hero", False),
        ("*hero", True),
        ("chorus/the-?ero", True),
        ("clip:verse/*", False),
        ('"the hero"', True),
        ("text:rain", True),
        ('text:"singer in"', True),
        ("text:snow", False),
        ("scene:chorus status:stills tag:hero -has:video", True),
        ("scene:chorus status:stills tag:villain", False),
    ],
)
def test_terms_fit_what_they_say(selector: str, expected: bool) -> None:
    assert fits(parse_selector(selector), facts()) is expected


def test_takes_characters_and_templates_can_be_asked_for() -> None:
    full = facts(
        has_image=True, has_video=True, character_slugs=("ada", "bob"), template_slug="noir", character_ids=["x"]
    )
    for selector in ("has:image", "has:video", "has:take", "character:Ada", "character:cy,bob", "template:noir"):
        assert fits(parse_selector(selector), full), selector
    assert not fits(parse_selector("character:cy"), full)
    assert not fits(parse_selector("template:neon"), full)


@pytest.mark.parametrize(
    ("selector", "problem", "fix"),
    [
        ("scen:chorus", "clips cannot be selected by 'scen'", "did you mean scene?"),
        ("status:drafty", "status:drafty means nothing", "did you mean draft?"),
        ("has:picture", "has:picture means nothing", "there are image, video, take"),
        ("is:lockd", "is:lockd means nothing", "did you mean locked?"),
        ("tag:", "tag: says nothing", "write a value behind it"),
        ("tag:,", "tag: says nothing", "write a value behind it"),
        (":chorus", "clips cannot be selected by ''", "there are clip, scene"),
        ('scene:"chorus', "is not a selector", "close the quotes"),
    ],
)
def test_what_means_nothing_is_told_with_what_is_meant(selector: str, problem: str, fix: str) -> None:
    with pytest.raises(InvalidInput, match=problem) as refused:
        parse_selector(selector)
    assert fix in refused.value.fix


@pytest.mark.parametrize("text", ["scene:chorus", "chorus/*", "her?", "-tag:x"])
def test_queries_are_known_from_paths(text: str) -> None:
    assert is_selector(text)


@pytest.mark.parametrize("text", ["chorus/hero", "neon/chorus/The Hero", "3f2a91", "-"])
def test_paths_and_ids_are_no_queries(text: str) -> None:
    assert not is_selector(text)
