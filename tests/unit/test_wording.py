"""What a render's prompts are made of: whose words, expanded with which seed, and who is introduced."""

from __future__ import annotations

from typing import Any

import pytest

from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.prompt_values import clip_values, project_values
from vidctl.domain.prompts import CharacterWords, StyleWords
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.wishes import Wishes
from vidctl.domain.wording import Words, word_card, word_prompts
from vidctl.errors import InvalidInput

MIRA = CharacterWords("Mira", "mira_v2", "a {tall|small} singer", negative="{hat|cap}", slug="mira")
BEN = CharacterWords("Ben", slug="ben")


def clip(prompt: str = "sings", **fields: Any) -> Clip:
    values = {"project_id": "p", "scene_id": "s", "name": "Hero", "slug": "hero", "length": 48, "image_prompt": prompt}
    return Clip(**{**values, **fields})


def words(shot: Clip, seed: int = 1, layers: dict[str, dict[str, Any]] | None = None, **wishes: Any) -> Words:
    wanted = Wishes(MediaKind.IMAGE, tuple((layers or {}).items()), **wishes)
    return word_prompts(shot, wanted, seed, "film/verse/hero")


def drawn(text: str, **wishes: Any) -> set[str]:
    return {words(clip(text), seed, **wishes).prompt for seed in range(40)}


def test_clip_character_and_style_are_expanded_each() -> None:
    assert drawn("{sings|runs}", characters=(MIRA,), style=StyleWords("{noir|neon}", slug="look")) == {
        f"mira_v2 Mira, a {size} singer. {verb}, {look}"
        for size in ("tall", "small")
        for verb in ("sings", "runs")
        for look in ("noir", "neon")
    }


def test_negative_words_are_expanded_before_they_are_joined() -> None:
    said = words(
        clip(negative_prompt="{0::x|blurry, text}"), characters=(MIRA,), style=StyleWords("", "text, {cap|cap}")
    )
    assert said.negative in ("blurry, text, hat, cap", "blurry, text, cap")


def test_nothing_that_should_not_be_seen_is_not_an_empty_wish() -> None:
    assert words(clip()).negative is None
    assert words(clip(negative_prompt="x"), layers={"flags": {"negative": ""}}).negative == ""


def test_who_is_named_is_not_introduced_again() -> None:
    people = (MIRA, BEN)
    for text in ("on stage {character} sings", "on stage {character.mira} sings"):
        assert drawn(text, characters=people) == {
            f"Ben. on stage mira_v2 Mira, a {size} singer sings" for size in ("tall", "small")
        }
    assert words(clip("{character.ben} dances"), characters=people[::-1]).prompt.endswith("singer. Ben dances")


def test_who_is_named_through_a_variable_or_by_the_style_is_not_introduced_again() -> None:
    scene = Scene(project_id="p", name="Verse", slug="verse", variables={"who": "{character}"})
    assert (
        words(clip("{scene.who} sings"), characters=(BEN,), variables=clip_values(scene, clip())).prompt == "Ben sings"
    )
    look = StyleWords("portrait of {character}", slug="look")
    assert words(clip("sings"), characters=(BEN,), style=look).prompt == "sings, portrait of Ben"


def test_who_is_named_only_in_an_alternative_that_is_not_chosen_is_introduced() -> None:
    assert drawn("{{character}|she} sings", characters=(BEN,)) == {"Ben sings", "Ben. she sings"}


def test_a_character_looks_alike_at_each_place_of_a_render() -> None:
    assert drawn("{character}; {character.mira}", characters=(MIRA,)) == {
        f"{who}; {who}" for who in ("mira_v2 Mira, a tall singer", "mira_v2 Mira, a small singer")
    }


def test_what_a_person_sets_replaces_the_whole_prompt_and_is_expanded_too() -> None:
    layers = {"project": {"prompt": "{unknown}"}, "flags": {"prompt": "{x|y}", "negative": "{p|q}"}}
    said = words(clip("{also.unknown}"), layers=layers, characters=(MIRA,), style=StyleWords("neon", "cap"))
    assert said.prompt in ("x", "y")
    assert said.negative in ("p", "q")
    assert said.origin("prompt") == "flags"


def test_a_prompt_must_be_a_text() -> None:
    with pytest.raises(InvalidInput, match="prompt must be a text: flags sets it to 5"):
        words(clip(), layers={"flags": {"prompt": 5}})


def test_whose_words_a_prompt_holds_is_told() -> None:
    said = words(clip(negative_prompt="blur"), characters=(BEN,), style=StyleWords("neon", slug="look"))
    assert said.origin("prompt") == "character ben, clip, style look"
    assert said.origin("negative") == "clip"
    assert words(clip("")).origin("prompt") == "clip"


def test_a_variable_is_the_same_in_prompt_and_negative_prompt() -> None:
    film = Project(name="Film", slug="film", variables={"mood": "{calm|wild}"})
    for seed in range(20):
        said = words(clip("{mood}", negative_prompt="{mood}"), seed, variables=project_values(film))
        assert said.prompt == said.negative


def test_what_the_film_knows_is_put_in_to_the_letter() -> None:
    film = Project(name="A {film}", slug="film", variables={"mood": "calm", "scene": "not this"})
    scene = Scene(
        project_id="p", name="Verse", slug="verse", lyrics="la|la", description="d", variables={"mood": "wild"}
    )
    shot = clip(
        "{project}/{scene}/{scene.name}/{scene.description}/{scene.lyrics}/{clip}/{clip.lyrics}/{mood}/{scene.mood}"
    )
    shot = shot.model_copy(update={"lyrics": "__x__"})
    values = {**project_values(film), **clip_values(scene, shot)}
    assert words(shot, variables=values).prompt == "A {film}/Verse/Verse/d/la|la/Hero/__x__/calm/wild"


def test_what_is_wrong_is_told_with_the_clip_and_whose_words_they_are() -> None:
    with pytest.raises(InvalidInput, match="in the prompt of film/verse/hero, column 3"):
        words(clip("a {"))
    with pytest.raises(InvalidInput, match="in the negative prompt of film/verse/hero, set by style look, column 1"):
        words(clip(), style=StyleWords("", "{", "look"))


def test_a_title_card_has_the_clips_own_words() -> None:
    wanted = Wishes(MediaKind.IMAGE, (("project", {"prompt": "{"}),), (BEN,), StyleWords("{"))
    assert word_card(clip("{character} sings"), wanted, 0, "hero").prompt == "Ben sings"
