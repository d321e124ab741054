"""Variables, and telling where the words and values of a render come from, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl

ANIMATIC = ("--server", "animatic")


def test_variables_are_set_shown_and_taken_away(vidctl: Vidctl, film: str) -> None:
    empty = "no variables yet: vidctl project vars neon-nights --set NAME=TEXT\n"
    assert vidctl("project", "vars").out == empty
    vidctl("project", "vars", "--set", "mood={calm|wild}", "--set", "year=1984")
    assert vidctl("project", "vars", film).rows() == [
        ["VARIABLE", "TEXT"],
        ["{mood}", "{calm|wild}"],
        ["{year}", "1984"],
    ]
    vidctl("scene", "vars", "chorus", "--set", "mood=a=b")
    assert vidctl("scene", "vars", "chorus", "--json").json()["variables"] == {"scene.mood": "a=b"}
    vidctl("project", "vars", "--set", "mood=", "--set", "year=")
    assert vidctl("project", "vars").out == empty


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["mood"], "'mood' is not a variable with its text"),
        (["mood=a", "mood=b"], "mood is given twice"),
        (["Mood=a"], "the input is not valid"),
        (["clip=a"], "clip cannot be a variable of your own"),
        (["mood={a"], "the brace { is never closed"),
    ],
)
def test_a_wrong_variable_is_refused(vidctl: Vidctl, film: str, texts: list[str], problem: str) -> None:
    options = [part for text in texts for part in ("--set", text)]
    assert vidctl("project", "vars", *options, "--json", code=2).error()["problem"] == problem


def test_wildcards_beside_the_settings_of_the_film_are_drawn_from(vidctl: Vidctl, film: str) -> None:
    Path("vidctl.toml").write_text("", encoding="utf-8")
    Path("wildcards").mkdir()
    Path("wildcards/light.txt").write_text("# one line only\nneon light\n", encoding="utf-8")
    vidctl("clip", "prompt", "chorus/hero", "--image", "a singer, __light__")
    (render,) = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--dry-run", "--json").json()["renders"]
    assert render["values"]["prompt"] == "a singer, neon light"
    vidctl("clip", "prompt", "chorus/hero", "--image", "a singer, __lights__")
    refused = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--json", code=2).error()
    assert refused["problem"] == "there is no wildcard __lights__"
    assert refused["cause"] == "in the prompt of neon-nights/chorus/hero image"


def test_an_explanation_tells_every_word_and_renders_nothing(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "vars", "--set", "mood=calm")
    vidctl("clip", "prompt", "chorus/hero", "--image", "{mood} {clip}")
    told = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--explain").rows()
    assert told[0] == ["neon-nights/chorus/hero image"]
    assert ["prompt", "calm Hero", "clip"] in told
    assert told[-4:] == [
        ["PROMPT", "AS WRITTEN", "BECAME", "FROM"],
        ["prompt", "{mood} {clip}", "calm Hero", "clip"],
        ["", "{mood}", "calm", "variable of the project"],
        ["", "{clip}", "Hero", "the clip"],
    ]
    assert vidctl("queue", "list", "--json").json()["total"] == 0


def test_an_explanation_is_told_as_a_document(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "{a|a}")
    (render,) = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--explain", "--json").json()["renders"]
    (expansion,) = render["expansions"]
    assert len(expansion.pop("steps")) == 1
    assert expansion == {"value": "prompt", "source": "clip", "text": "{a|a}", "expanded": "a"}


def test_a_clip_is_shown_with_all_that_it_would_be_rendered_with(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "update", "chorus/hero", "--set", "image.model=sdxl_base_1.0.safetensors")
    vidctl("clip", "prompt", "chorus/hero", "--image", "{a|a} singer")
    found = vidctl("clip", "show", "chorus/hero", "--resolved", "--json").json()
    assert (found["image"]["values"]["prompt"], found["image"]["family"]) == ("a singer", "sdxl")
    assert found["video"]["note"].startswith("no model is named for the video")
    told = vidctl("clip", "show", "chorus/hero", "--resolved").rows()
    assert ["neon-nights/chorus/hero image"] in told
    assert ["model", "sdxl_base_1.0.safetensors", "clip"] in told


def test_braces_in_a_prompt_are_written_with_a_backslash(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "{unknown}")
    refused = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--json", code=2).error()
    assert r"write \{ and \} for braces" in refused["fix"]
    vidctl("clip", "prompt", "chorus/hero", "--image", r"\{unknown\}")
    (render,) = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--dry-run", "--json").json()["renders"]
    assert render["values"]["prompt"] == "{unknown}"
