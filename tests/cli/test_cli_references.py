"""How things are named on the command line: ids, beginnings of ids, paths, the current project."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl
from vidctl import open_app
from vidctl.domain.clip import Clip


@pytest.mark.parametrize("path", ["neon-nights/chorus/hero", "chorus/hero", "hero", "/chorus/hero/", "Chorus/Hero"])
def test_a_clip_is_found_by_its_path(vidctl: Vidctl, film: str, path: str) -> None:
    assert vidctl("clip", "show", path).fields()["path"] == "neon-nights/chorus/hero"


def test_everything_is_found_by_its_id_and_the_beginning_of_it(vidctl: Vidctl, film: str) -> None:
    for noun, path in (("project", film), ("scene", "chorus"), ("clip", "chorus/hero")):
        told = vidctl(noun, "show", path, "--json").json()
        assert vidctl(noun, "show", told["id"], "--json").json() == told
        assert vidctl(noun, "show", told["id"][:13].upper(), "--json").json() == told


def test_a_beginning_of_several_ids_is_ambiguous_and_lists_them(vidctl: Vidctl, film: str) -> None:
    hero = vidctl("clip", "show", "chorus/hero", "--json").json()
    twins = [f"abcd{number}000-0000-4000-8000-000000000000" for number in (1, 2)]
    with open_app() as app:
        for number, twin in enumerate(twins):
            place = {"project_id": hero["project_id"], "scene_id": hero["scene_id"], "position": 100 + number}
            app.store.insert("clips", Clip(id=twin, name="Twin", slug=f"twin-{number}", length=1, **place).to_stored())
    told = vidctl("clip", "show", "abcd", "--json", code=2).error()
    assert told["code"] == "ambiguous_reference"
    assert sorted(told["details"]["candidates"]) == twins
    assert vidctl("clip", "show", "abcd1").fields()["path"] == f"{film}/chorus/twin-0"


def test_a_name_that_several_clips_have_is_ambiguous(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "create", "verse", "Hero")
    told = vidctl("clip", "show", "hero", "--json", code=2).error()
    assert told["code"] == "ambiguous_reference"
    assert told["cause"] == f"{film}/chorus/hero, {film}/verse/hero"
    assert "path" in told["fix"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("project", "show", "neon-night"), "did you mean neon-nights?"),
        (("scene", "show", "korus"), "did you mean chorus?"),
        (("scene", "show", "bridge"), "there are verse, chorus"),
        (("clip", "show", "chorus/heroe"), "did you mean hero?"),
        (("clip", "show", "neon-nights/vers/street"), "did you mean verse?"),
        (("clip", "show", "verse/ffff"), "there is only street"),
        (("queue", "show", "ffff"), "vidctl queue list"),
        (("comfyui", "info", "studio"), "there is no server yet"),
    ],
)
def test_what_is_not_found_comes_with_a_suggestion(
    vidctl: Vidctl, film: str, arguments: tuple[str, ...], hint: str
) -> None:
    told = vidctl(*arguments, "--json", code=3).error()
    assert told["code"] == "not_found"
    assert hint in told["fix"]


def test_a_path_with_too_many_parts_is_refused(vidctl: Vidctl, film: str) -> None:
    assert "project/scene/clip" in vidctl("clip", "show", "a/b/c/d", code=2).err
    assert vidctl("clip", "show", "chorus//hero", code=2).code == 2


def test_without_a_current_project_one_must_be_named(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Solo")
    refused = vidctl("scene", "list", "--json", code=2).error()
    assert "--project" in refused["fix"]
    assert "vidctl project use" in refused["fix"]


def test_the_project_flag_stands_before_or_behind_the_command(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "create", "Other")
    vidctl("scene", "create", "Bridge", "-p", "other")
    for arguments in (("-p", "other", "scene", "list"), ("scene", "list", "--project", "other")):
        assert [item["slug"] for item in vidctl(*arguments, "--json").json()["items"]] == ["bridge"]


def test_every_noun_obeys_the_project_flag(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "create", "Other")
    vidctl("scene", "create", "Verse", "-p", "other")
    vidctl("clip", "create", "verse", "Lake", "-p", "other", "--length", "1")
    assert vidctl("project", "show", "-p", "other").fields()["slug"] == "other"
    assert vidctl("scene", "show", "verse", "-p", "other").fields()["path"] == "other/verse"
    assert vidctl("clip", "show", "verse/lake", "-p", "other").fields()["path"] == "other/verse/lake"
    assert vidctl("clip", "list", "-p", "other", "--json").json()["total"] == 1


def test_the_environment_names_the_project_and_a_flag_overrides_it(
    vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("project", "create", "Other")
    monkeypatch.setenv("VIDCTL_PROJECT", "other")
    assert vidctl("project", "show").fields()["slug"] == "other"
    assert vidctl("project", "show", "--project", film).fields()["slug"] == film
