"""What is wrong with variables is told before anything is expanded with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.clip import Clip
from vidctl.domain.expansion import Expander, Value
from vidctl.domain.project import Project
from vidctl.domain.prompt_values import KNOWN, clip_values, project_values
from vidctl.domain.scene import Scene
from vidctl.domain.variable_faults import variable_faults

NAMES = "abc"
TEXTS = st.lists(st.sampled_from(["x", *(f"{{{name}}}" for name in "abcd"), "{y|{a}}"]), max_size=3).map(" ".join)


def told(of_film: dict[str, str], of_scenes: dict[str, dict[str, str]] | None = None) -> list[tuple[str, str, str]]:
    return [fault.told for fault in variable_faults(of_film, of_scenes or {})]


@given(st.dictionaries(st.sampled_from(NAMES), TEXTS))
def test_what_has_no_fault_can_be_expanded(variables: dict[str, str]) -> None:
    if not told(variables):
        for seed in range(4):
            expander = Expander(seed, {name: Value(text, "film") for name, text in variables.items()}, {})
            assert all("{" not in expander.expand(text).text for text in variables.values())


def test_every_wrong_variable_is_told() -> None:
    found = told({"project": "x", "half": "{a|b", "lost": "{nothing}", "loop": "{loop}", "fine": "{half} {clip}"})
    assert [(scene, name) for scene, name, _ in found] == [("", "project"), ("", "half"), ("", "lost"), ("", "loop")]


def test_a_circle_is_told_once_with_its_way() -> None:
    [(_, name, problem)] = told({"x": "{a}", "a": "{b}", "b": "{c|{a}}"})
    assert (name, problem) == ("a", "{a} leads back to itself: {a} → {b} → {a}")


def test_a_circle_through_scenes_is_told_in_each() -> None:
    found = told({"a": "{scene.b}"}, {"verse": {"b": "{a}"}, "bridge": {"b": "x"}, "chorus": {"b": "{a}"}})
    assert [(scene, name) for scene, name, _ in found] == [("verse", "b"), ("chorus", "b")]


def test_a_variable_of_the_film_may_name_what_a_scene_has() -> None:
    assert told({"look": "{scene.mood}"}, {"verse": {}, "chorus": {"mood": "calm"}}) == []
    assert told({"look": "{scene.mood}"}, {"verse": {}}) != []


def test_a_variable_of_a_scene_may_not_name_what_only_another_has() -> None:
    [(scene, name, _)] = told({}, {"verse": {"look": "{scene.mood}"}, "chorus": {"mood": "calm"}})
    assert (scene, name) == ("verse", "look")


@pytest.mark.parametrize(("scene", "name"), [("", "character"), ("", "clip"), ("verse", "lyrics"), ("verse", "name")])
def test_names_that_the_film_fills_in_are_taken(scene: str, name: str) -> None:
    variables = {name: "x", "mood": "calm"}
    [(_, wrong, problem)] = told({}, {scene: variables}) if scene else told(variables)
    assert wrong == name
    assert f"{name} cannot be a variable of your own" in problem


def test_what_the_film_knows_by_itself_is_listed() -> None:
    scene = Scene(project_id="p", name="s", slug="s")
    clip = Clip(project_id="p", scene_id="s", name="c", slug="c", length=1)
    assert {*project_values(Project(name="p", slug="p")), *clip_values(scene, clip), "character"} == KNOWN
