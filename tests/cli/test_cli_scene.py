"""vidctl scene: create, list, show, update, delete."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Vidctl


def test_a_new_scene_stands_behind_the_last_one(vidctl: Vidctl, film: str) -> None:
    told = vidctl("scene", "create", "Outro", "--json").json()
    assert (told["path"], told["order"], told["start"], told["start_frame"]) == ("neon-nights/outro", 2, 1.5, 18)
    assert (told["start_is_fixed"], told["duration"], told["frames"]) == (False, 0.0, 0)


def test_a_scene_may_start_at_a_time_frame_or_timecode(vidctl: Vidctl, film: str) -> None:
    for name, at in (("One", "5"), ("Two", "60f"), ("Three", "00:00:05:00")):
        told = vidctl("scene", "create", name, "--at", at, "--json").json()
        assert (told["start_frame"], told["start_is_fixed"]) == (60, True)


def test_a_scene_does_not_start_beyond_every_song(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "update", "chorus", "--at", "10000")
    refused = vidctl("scene", "update", "chorus", "--at", "10000.5", code=2)
    assert "the position 10000.5 is too far" in refused.err


def test_scenes_are_listed_in_the_films_order(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "create", "Intro", "--order", "0", "--at", "0")
    header, *rows = vidctl("scene", "list").rows()
    assert header == ["SCENE", "NAME", "START S", "LENGTH S", "DESCRIPTION"]
    assert [row[0] for row in rows] == ["neon-nights/verse", "neon-nights/intro", "neon-nights/chorus"]
    listed = vidctl("scene", "list", "--json").json()
    assert (listed["total"], listed["items"][0]["slug"]) == (3, "verse")


def test_a_film_without_scenes_says_how_to_make_one(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Empty")
    assert "vidctl scene create NAME" in vidctl("scene", "list", "-p", "empty").out


def test_texts_come_from_the_line_a_file_or_standard_input(vidctl: Vidctl, film: str) -> None:
    Path("verse.txt").write_text('Walk the "neon" rain\nand home again\n', encoding="utf-8")
    told = vidctl("scene", "update", "verse", "--lyrics", "@verse.txt", "-d", "-", "--json", stdin="it rains\n").json()
    assert told["lyrics"] == 'Walk the "neon" rain\nand home again'
    assert told["description"] == "it rains"


def test_a_text_file_that_is_not_there_is_not_found(vidctl: Vidctl, film: str) -> None:
    told = vidctl("scene", "update", "verse", "--lyrics", "@nowhere.txt", "--json", code=3).error()
    assert "nowhere.txt" in told["problem"]


def test_a_text_file_that_is_no_text_is_refused(vidctl: Vidctl, film: str) -> None:
    Path("picture.txt").write_bytes(b"\xff\xd8\xff\xe0")
    assert "cannot be read as text" in vidctl("scene", "update", "verse", "--lyrics", "@picture.txt", code=2).err


def test_an_empty_text_clears_and_an_empty_start_lets_the_scene_follow_again(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "update", "chorus", "--lyrics", "la la", "--at", "10")
    told = vidctl("scene", "update", "chorus", "--lyrics", "", "--at", "", "--json").json()
    assert (told["lyrics"], told["start"], told["start_is_fixed"]) == ("", 0.5, False)


def test_two_scenes_of_a_film_cannot_share_a_name(vidctl: Vidctl, film: str) -> None:
    assert vidctl("scene", "create", "Verse", "--json", code=4).error()["code"] == "duplicate_name"
    vidctl("project", "create", "Other")
    vidctl("scene", "create", "Verse", "--project", "other")


def test_a_time_that_cannot_be_read_says_how_to_write_one(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("scene", "create", "Late", "--at", "soon", "--json", code=2).error()
    assert refused["code"] == "invalid_input"
    assert refused["fix"]


def test_deleting_a_scene_takes_its_clips_along(vidctl: Vidctl, film: str) -> None:
    assert "1 scene with 2 clips" in vidctl("scene", "delete", "chorus", code=2).err
    assert "deleted Chorus: 2 clips, 1 scene" in vidctl("scene", "delete", "chorus", "--yes").out
    assert [item["slug"] for item in vidctl("clip", "list", "--json").json()["items"]] == ["street"]
    assert vidctl("scene", "show", "chorus", "--json", code=3).error()["code"] == "not_found"
