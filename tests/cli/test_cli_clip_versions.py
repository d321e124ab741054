"""vidctl clip versions, diff, restore."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl


@pytest.fixture(autouse=True)
def written(vidctl: Vidctl, film: str) -> None:
    """chorus/hero has three versions of its image prompt."""
    for prompt in ("a dancer", "a dancer at night"):
        vidctl("clip", "prompt", "chorus/hero", "--image", prompt)


def test_versions_are_listed_newest_first(vidctl: Vidctl) -> None:
    told = vidctl("clip", "versions", "chorus/hero", "--json").json()
    assert [(each["version_number"], each["image_prompt"]) for each in told["items"]] == [
        (3, "a dancer at night"), (2, "a dancer"), (1, "a singer")
    ]  # fmt: skip
    header, *rows = vidctl("clip", "versions", "chorus/hero").rows()
    assert header == ["", "VERSION", "SINCE (UTC)", "IMAGE PROMPT", "VIDEO PROMPT"]
    assert [row[:2] for row in rows] == [["*", "3"], ["", "2"], ["", "1"]]


def test_a_diff_marks_words_so_that_they_can_be_told_without_colour(vidctl: Vidctl) -> None:
    told = vidctl("clip", "diff", "chorus/hero", 1, 3)
    assert told.out.splitlines() == [
        "between version 1 and version 3 of neon-nights/chorus/hero:",
        "image prompt:",
        "a [-singer-]{+dancer at night+}",
    ]
    assert vidctl("clip", "diff", "chorus/hero").out.endswith("a dancer{+ at night+}\n")
    assert vidctl("clip", "diff", "chorus/hero", 2, 2).out.startswith("nothing differs")


def test_a_diff_is_structured_as_json(vidctl: Vidctl) -> None:
    told = vidctl("clip", "diff", "chorus/hero", 1, "--json").json()
    [text] = told["texts"]
    assert text["pieces"] == [
        {"mark": "same", "text": "a "},
        {"mark": "removed", "text": "singer"},
        {"mark": "added", "text": "dancer at night"},
    ]


def test_an_earlier_version_comes_back(vidctl: Vidctl) -> None:
    told = vidctl("clip", "restore", "chorus/hero", 1)
    assert told.out == "neon-nights/chorus/hero has the texts of version 1 again, as version 4: image prompt\n"
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["image_prompt"] == "a singer"
    assert "already" in vidctl("clip", "restore", "chorus/hero", 4).out


def test_a_version_that_there_is_not_is_told(vidctl: Vidctl) -> None:
    refused = vidctl("clip", "restore", "chorus/hero", 9, "--json", code=3).error()
    assert refused["fix"] == "there are 1 to 3"
    vidctl("clip", "restore", "chorus/hero", "first", code=2)
    vidctl("clip", "versions", "nowhere", code=3)
