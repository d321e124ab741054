"""vidctl media pool: add, list, show, tag, remove, apply."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.data import media


@pytest.fixture
def sky(vidctl: Vidctl, film: str) -> str:
    """A picture of the pool; its name."""
    media.image(Path("sky.png"))
    vidctl("media", "pool", "add", "sky.png", "--tag", "Night", "-d", "the sky")
    return "sky"


def test_files_and_takes_go_into_the_pool_together(vidctl: Vidctl, film: str) -> None:
    drawn = vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--json").result()
    [take] = drawn["jobs"][0]["take_ids"]
    media.video(Path("loop.mp4"), frames=2)
    told = vidctl("media", "pool", "add", take, "./loop.mp4", "--tag", "a", "--json").json()
    assert [item["source_type"] for item in told["items"]] == ["clip_generation", "manual_upload"]
    assert f"in the pool as hero-{take[:8]}" in vidctl("take", "show", take).fields()["used"]


def test_the_pool_is_listed_and_shown(vidctl: Vidctl, sky: str) -> None:
    header, row = vidctl("media", "pool", "list", "--tag", "rain", "--tag", "night", "--kind", "image").rows()
    assert header == ["ITEM", "KIND", "SIZE", "LENGTH", "TAGS", "WHAT"]
    assert row == ["sky", "image", "64x64", "", "night", "the sky"]
    assert "vidctl media pool add TAKE" in vidctl("media", "pool", "list", "--tag", "rain").out
    assert vidctl("media", "pool", "show", sky).fields()["source type"] == "manual_upload"


def test_items_are_tagged_applied_and_removed(vidctl: Vidctl, sky: str) -> None:
    told = vidctl("media", "pool", "tag", sky, "--add", "blue", "--remove", "night", "--json").json()
    assert told["items"][0]["tags"] == ["blue"]
    applied = vidctl("media", "pool", "apply", sky, "chorus/hero", "chorus/crowd", "--json").json()
    assert [take["is_selected"] for take in applied["takes"]] == [True, True]
    assert vidctl("media", "pool", "apply", sky, "chorus/hero", "--json").json()["takes"] == applied["takes"][:1]
    assert "Remove sky from the pool?" in vidctl("media", "pool", "remove", sky, code=2).err
    vidctl("media", "pool", "remove", sky, "--yes")
    vidctl("media", "pool", "show", sky, code=3)
    assert vidctl("take", "list", "--json").json()["total"] == 2


def test_a_pooled_file_cannot_be_rendered_again(vidctl: Vidctl, sky: str) -> None:
    [take] = vidctl("media", "pool", "apply", sky, "chorus/hero", "--json").json()["takes"]
    assert (take["seed"], take["generation_params"]) == (None, {})
    assert "cannot be rendered again" in vidctl("take", "rerun", take["id"], code=2).err
    assert "None" not in vidctl("take", "show", take["id"]).out + vidctl("clip", "gallery", "chorus/hero").out


def test_the_file_of_a_removed_item_waits_for_the_trash(vidctl: Vidctl, sky: str) -> None:
    file = Path(vidctl("media", "pool", "show", sky, "--json").json()["file"])
    os.utime(file, (0, 0))
    vidctl("media", "pool", "remove", sky, "--yes")
    vidctl("media", "tidy")
    assert file.is_file()


def test_what_the_pool_cannot_take_is_told(vidctl: Vidctl, film: str) -> None:
    Path("fake.png").write_text("la la la")
    assert vidctl("media", "pool", "add", "fake.png", "--json", code=2).error()["code"] == "media_invalid"
    assert vidctl("media", "pool", "add", "./none.png", "--json", code=3).error()["code"] == "not_found"
    assert vidctl("media", "pool", "add", "abcdef", "--json", code=3).error()["code"] == "not_found"
