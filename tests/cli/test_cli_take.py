"""vidctl take: from the list to the contact sheet, on takes that the animatic has drawn."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl

DRAWN = ("--server", "animatic")


@pytest.fixture
def takes(vidctl: Vidctl, film: str) -> list[str]:
    """Two stills of chorus/hero, the first of them selected."""
    drawn = vidctl("generate", "image", "chorus/hero", *DRAWN, "--count", 2, "--json").result()
    return [take for job in drawn["jobs"] for take in job["take_ids"]]


def test_takes_are_listed_as_json_with_all_that_is_known(vidctl: Vidctl, takes: list[str]) -> None:
    told = vidctl("take", "list", "--json").json()
    assert {item["id"] for item in told["items"]} == set(takes)
    assert (told["total"], told["next_after"]) == (2, None)
    assert vidctl("take", "list", "verse/street", "--json").json()["total"] == 0


def test_takes_are_listed_for_people_with_the_next_page(vidctl: Vidctl, takes: list[str]) -> None:
    header, row, more = vidctl("take", "list", "--limit", 1).rows()
    assert header[:4] == ["", "TAKE", "OF", "KIND"]
    assert row[2:5] == ["neon-nights/chorus/hero", "image", "64x64"]
    assert more == [f"1 of 2 are shown: --after {row[1]} goes on"]
    _, last = vidctl("take", "list", "--limit", 1, "--after", row[1]).rows()
    assert {row[1], last[1]} == {take[:8] for take in takes}


def test_a_film_without_takes_says_how_to_get_one(vidctl: Vidctl, film: str) -> None:
    assert "vidctl generate image CLIP" in vidctl("take", "list").out


def test_a_take_is_shown_with_its_recipe_and_its_uses(vidctl: Vidctl, takes: list[str]) -> None:
    told = vidctl("take", "show", takes[0], "--json").json()
    assert told["recipe"]["backend"] == "animatic"
    shown = vidctl("take", "show", takes[0][:8])
    assert (shown.fields()["used"], shown.fields()["path"]) == (
        "selected, its file in 1 other take", "neon-nights/chorus/hero"
    )  # fmt: skip
    assert "  backend: animatic" in shown.out
    assert vidctl("take", "show", takes[1]).fields()["used"] == "its file in 1 other take"


def test_takes_are_selected_rated_tagged_and_noted(vidctl: Vidctl, takes: list[str]) -> None:
    assert vidctl("take", "select", takes[1], "--json").json()["is_selected"]
    assert vidctl("take", "select", takes[1]).out == f"neon-nights/chorus/hero shows the image {takes[1][:8]}\n"
    assert [t["rating"] for t in vidctl("take", "rate", *takes, 4, "--json").json()["items"]] == [4, 4]
    vidctl("take", "tag", *takes, "--add", "Hero", "--add", "night", "--remove", "night", code=2)
    vidctl("take", "tag", takes[0], "--add", "Hero", "--add", "night")
    vidctl("take", "note", takes[0], "-", stdin="the left hand\n")
    [found] = vidctl("take", "list", "--tag", "rain", "--tag", "hero", "--rating", "4+", "--json").json()["items"]
    assert (found["id"], found["tags"], found["note"]) == (takes[0], ["hero", "night"], "the left hand")
    assert vidctl("take", "note", takes[0], "", "--json").json()["items"][0]["note"] == ""
    vidctl("take", "rate", takes[0], "none")
    assert vidctl("take", "list", "--rating", "none", "--json").json()["items"][0]["id"] == takes[0]


@pytest.mark.parametrize("rating", ["0", "6", "3.5", "good", "-1", "٣"])
def test_a_wrong_rating_changes_nothing(vidctl: Vidctl, takes: list[str], rating: str) -> None:
    vidctl("take", "rate", "--", *takes, rating, code=2)
    assert vidctl("take", "list", "--rating", "none", "--json").json()["total"] == 2


@pytest.mark.parametrize("line", ["list --kind sound", "list --sort size", "list --rating 9", "list --limit 0",
                                  "rate 5", "vary {} --seed x", "compare {} --clip hero", "compare"])  # fmt: skip
def test_what_makes_no_sense_is_refused(vidctl: Vidctl, takes: list[str], line: str) -> None:
    vidctl("take", *line.format(takes[0]).split(), code=2)


@pytest.mark.parametrize("line", ["show abcdef", "select abcdef", "rate abcdef 3", "delete abcdef --yes",
                                  "open abcdef", "rerun abcdef", "copy {} nowhere", "list --after abcdef"])  # fmt: skip
def test_what_is_not_there_is_not_found(vidctl: Vidctl, takes: list[str], line: str) -> None:
    assert vidctl("take", *line.format(takes[0]).split(), "--json", code=3).error()["code"] == "not_found"


def test_the_path_of_a_take_is_printed_for_other_programs(vidctl: Vidctl, takes: list[str]) -> None:
    told = vidctl("take", "open", takes[0], "--print")
    assert Path(told.out.rstrip("\n")).is_file()
    assert told.err == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows opens files by itself")
def test_where_nothing_can_open_a_take_its_path_is_told(
    vidctl: Vidctl, takes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    refused = vidctl("take", "open", takes[0], "--json", code=6).error()
    assert refused["code"] == "missing_tool"
    assert Path(refused["details"]["file"]).is_file()


def test_deleting_asks_first_and_says_what_is_lost(vidctl: Vidctl, takes: list[str]) -> None:
    assert "2 takes, of which 1 is selected" in vidctl("take", "delete", *takes, code=2).err
    assert vidctl("take", "delete", *takes, "--yes", "--json").json()["deleted"] == {"takes": 2}
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["selected_image_id"] is None
    [deletion] = vidctl("project", "trash", "list", "--json").json()["items"]
    vidctl("project", "trash", "restore", deletion["id"])
    assert vidctl("take", "list", "--json").json()["total"] == 2
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["selected_image_id"] == takes[0]


def test_a_locked_clip_keeps_what_it_shows(vidctl: Vidctl, takes: list[str]) -> None:
    vidctl("clip", "lock", "chorus/hero")
    for line in (("select", takes[1]), ("delete", takes[1], "--yes"), ("move", takes[1], "chorus/crowd")):
        assert vidctl("take", *line, "--json", code=4).error()["code"] == "locked"


def test_takes_go_to_other_clips(vidctl: Vidctl, takes: list[str]) -> None:
    [copied] = vidctl("take", "copy", takes[0], "chorus/crowd", "--json").json()["items"]
    assert (copied["path"], copied["is_selected"]) == ("neon-nights/chorus/crowd", True)
    assert vidctl("take", "copy", takes[0], "chorus/crowd", "--json").json()["items"] == [copied]
    [moved] = vidctl("take", "move", takes[0], "verse/street", "--json").json()["items"]
    assert (moved["id"], moved["is_selected"]) == (takes[0], True)
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["selected_image_id"] is None


def test_a_take_is_rendered_again(vidctl: Vidctl, takes: list[str]) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "something else")
    events = vidctl("take", "rerun", takes[0], "--json").events()
    assert events[0]["event"] == "job_queued"
    assert events[-1]["result"]["succeeded"] == 1
    prints = [take["fingerprint"] for take in vidctl("take", "list", "chorus/hero", "--json").json()["items"]]
    assert len(set(prints)) == 2
    queued = vidctl("take", "rerun", *takes, "--no-wait", "--json").result()
    assert (queued["total"], queued["open"]) == (2, 2)


def test_title_cards_vary_by_their_seed_without_a_server(vidctl: Vidctl, takes: list[str]) -> None:
    assert vidctl("take", "vary", takes[0], "--seed", "5..6", "--json").result()["succeeded"] == 2
    found = vidctl("take", "list", "chorus/hero", "--json").json()["items"]
    varied = {take["seed"]: take for take in found if take["generation_params"]}
    assert len({take["asset_id"] for take in found}) == len(varied) + 1
    vidctl("take", "rerun", varied[5]["id"])
    again = vidctl("take", "list", "chorus/hero", "--json").json()["items"]
    assert [take["seed"] for take in again if take["asset_id"] == varied[5]["asset_id"]] == [5, 5]


def test_takes_are_compared_in_words_where_nothing_can_be_drawn(vidctl: Vidctl, takes: list[str]) -> None:
    before = set(Path.cwd().iterdir())
    header, *rows = vidctl("take", "compare", *takes).rows()
    assert [row[1] for row in rows] == [take[:8] for take in takes]
    assert header[1] == "TAKE"
    assert set(Path.cwd().iterdir()) == before
    assert vidctl("take", "compare", *takes, "--json").json()["file"] is None


@pytest.mark.parametrize(("name", "start"), [("sheet.png", b"\x89PNG"), ("sheet.html", b"<!doctype html>")])
def test_a_contact_sheet_is_written(vidctl: Vidctl, takes: list[str], name: str, start: bytes) -> None:
    told = vidctl("take", "compare", "--clip", "chorus/hero", "-o", name)
    assert told.out == f"{name}: 2 takes\n"
    assert Path(name).read_bytes().startswith(start)
    assert vidctl("take", "compare", *takes, "-o", name, "--json", code=4).error()["code"] == "conflict"
    vidctl("take", "compare", *takes, "-o", name, "--overwrite")
