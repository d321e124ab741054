"""A fault in one place of a manifest hides none in another, and makes none up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.errors import InvalidInput

FILM = """\
vidctl = 1
[project]
slug = "film"
name = "Film"
size = "1280x720"
fps = "24"
notes = "x"
image = { steps = 20, cfg = 7.0 }
variables = { mood = "calm", tone = "{mood}" }
[[template]]
name = "Noir"
video.steps = 20
[[character]]
name = "Mara"
description = "x"
[[character]]
name = "Bo"
[[scene]]
name = "Verse"
tags = ["night"]
variables.place = "{mood} roof"
[[scene.clip]]
name = "One"
length = "2s"
characters = ["mara", "bo"]
template = "noir"
[[scene.clip]]
name = "Two"
length = "1s"
status = "draft"
[[scene.clip]]
name = "Two A1"
length = "1s"
alternate_of = "two"
[[scene]]
name = "Chorus"
[[scene.clip]]
name = "Hero"
length = "48f"
at = "1s"
image.width = 1024
"""
#: What is written in place of what, and the field that is told.
BREAKS = {
    'size = "1280x720"': ('size = "big"', "project.size"),
    'notes = "x"': ('nots = "x"', "project.nots"),
    "image = { steps = 20, cfg = 7.0 }": ("image = { stepps = 20, cfg = 7.0 }", "project.image.stepps"),
    'variables = { mood = "calm", tone = "{mood}" }': (
        'variables = { mood = 3, tone = "{mood}" }',
        "project.variables.mood",
    ),
    "video.steps = 20": ("video.steps = 0", "template.video.steps"),
    'description = "x"': ("description = 3", "character.description"),
    'tags = ["night"]': ('tags = ["night", "two words"]', "scene.tags"),
    'variables.place = "{mood} roof"': ('variables.place = "{place} roof"', "scene.variables.place"),
    'characters = ["mara", "bo"]': ('characters = ["maro", "bo"]', "scene.clip.characters"),
    'template = "noir"': ('template = "nior"', "scene.clip.template"),
    'status = "draft"': ('status = "done"', "scene.clip.status"),
    'alternate_of = "two"': ('alternate_of = "too"', "scene.clip.alternate_of"),
    'length = "48f"': ('length = "soon"', "scene.clip.length"),
    "image.width = 1024": ('image.width = "wide"', "scene.clip.image.width"),
}


def refusal(text: str) -> list[dict[str, Any]]:
    """What is told by line, field and problem where a film of no store is applied."""
    with tempfile.TemporaryDirectory() as folder, House(Path(folder) / "house") as house:
        file = Path(folder) / "film.toml"
        file.write_text(text, encoding="utf-8")
        try:
            house.app.manifests.apply(file, project=None, dry_run=True, check=False, prune=False)
        except InvalidInput as error:
            found: list[dict[str, Any]] = error.details["faults"]
            return found
    return []


def told(text: str) -> list[tuple[int, str]]:
    return [(each["line"], each["field"]) for each in refusal(text)]


def lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines(), 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.sampled_from(sorted(BREAKS))))
def test_every_fault_is_told_at_once_by_line_and_field(rows: set[str]) -> None:
    text = "".join(f"{BREAKS[row][0] if row in rows else row}\n" for _, row in lines(FILM))
    assert told(text) == [(number, BREAKS[row][1]) for number, row in lines(FILM) if row in rows]


@pytest.mark.parametrize(
    ("row", "wrong", "field"),
    [
        ('slug = "film"', 'slug = "The Film"', "project.slug"),
        ('fps = "24"', 'fps = "fast"', "project.fps"),
        ('variables = { mood = "calm", tone = "{mood}" }', "variables = 3", "project.variables"),
        ('name = "Noir"', "name = 3", "template.name"),
        ('name = "Mara"', 'slug = "Mara"\nname = "Mara"', "character.slug"),
        ('name = "Mara"', 'slgu = "mara"\nname = "Somebody"', "character.slgu"),
        ('name = "Two"', 'naem = "Two"\nname = "2"', "scene.clip.naem"),
        ('name = "Two"', "name = 2", "scene.clip.name"),
        ('alternate_of = "two"', 'alternate_off = "two"\nalternate = 1', "scene.clip.alternate_off"),
        ('alternate_of = "two"', 'alternate = 0\nalternate_of = "two"', "scene.clip.alternate"),
        ('length = "2s"', "length = true", "scene.clip.length"),
        ('characters = ["mara", "bo"]', 'characters = ["mara", "Bo", "bo"]', "scene.clip.characters"),
        ('at = "1s"', "at = [1]", "scene.clip.at"),
        ('notes = "x"', 'music = { file = "/song.wav" }', "project.music.file"),
        ('notes = "x"', 'music = { file = "song.wav", sha256 = "1" }', "project.music.sha256"),
        ('description = "x"', "references = [{ rolle = 'face', file = 'a.png' }]", "character.references.rolle"),
        ('description = "x"', "lora = { weight = 1.0 }", "character.lora.name"),
    ],
)
def test_nothing_is_told_that_rests_on_what_is_wrong_already(row: str, wrong: str, field: str) -> None:
    text = FILM.replace(f"{row}\n", f"{wrong}\n", 1)
    number = 1 + text[: text.index(wrong)].count("\n")
    [(line, name)] = told(text)
    assert name == field
    assert line in (number, number - 1)  # what is missing is told at its table


def test_what_is_no_table_hides_only_what_is_in_it() -> None:
    assert told("vidctl = 1\nproject = 3\n[[scene]]\nname = 1\n") == [(2, "project"), (4, "scene.name")]
    assert told("vidctl = 1\nscene = [1, { name = 2 }]\n[project]\nname = 3\n") == [
        (2, "scene"),
        (2, "scene.name"),
        (4, "project.name"),
    ]
