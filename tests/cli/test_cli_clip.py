"""vidctl clip: create, list, show, update, prompt, move, delete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl


def test_a_new_clip_stands_behind_the_last_one_and_is_five_seconds_long(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "create", "chorus", "Skyline", "--image", "lights", "--json").json()
    assert (told["path"], told["timeline_position"], told["length"]) == ("neon-nights/chorus/skyline", 1.0, 5.0)
    assert (told["position_frame"], told["frames"], told["film_frame"]) == (12, 60, 18)
    assert (told["image_prompt"], told["video_prompt"], told["selected_image_id"]) == ("lights", "", None)


def test_a_clip_cannot_be_created_on_top_of_another(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "create", "chorus", "Late", "--at", "0.25", "--length", "1", "--json", code=4).error()
    assert refused["code"] == "timeline_overlap"
    assert "Hero" in refused["problem"]


def test_clips_are_listed_in_order_of_time_over_all_scenes(vidctl: Vidctl, film: str) -> None:
    header, *rows = vidctl("clip", "list").rows()
    assert header == ["CLIP", "FILM S", "LENGTH S", "STATUS", "TAKES", "PROMPT"]
    assert [row[0].rpartition("/")[2] for row in rows] == ["street", "hero", "crowd"]
    assert rows[1][1:] == ["0.5", "0.5", "draft", "no takes", "a singer"]
    of_a_scene = vidctl("clip", "list", "--scene", "chorus", "--json").json()
    assert (of_a_scene["total"], [item["slug"] for item in of_a_scene["items"]]) == (2, ["hero", "crowd"])


def test_a_film_without_clips_says_how_to_make_one(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Empty")
    assert "vidctl clip create SCENE NAME" in vidctl("clip", "list", "-p", "empty").out


def test_a_clip_is_shown_field_by_field(vidctl: Vidctl, film: str) -> None:
    shown = vidctl("clip", "show", "chorus/hero").fields()
    assert shown["path"] == "neon-nights/chorus/hero"
    assert shown["video prompt"] == "a singer turns"


def test_one_prompt_changes_and_the_others_stay(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "prompt", "chorus/hero", "--image", "a dancer", "--json").json()
    assert (told["image_prompt"], told["video_prompt"]) == ("a dancer", "a singer turns")
    told = vidctl("clip", "prompt", "chorus/hero", "--negative", "blurry", "--json").json()
    assert (told["image_prompt"], told["negative_prompt"]) == ("a dancer", "blurry")


def test_an_empty_prompt_is_cleared(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "prompt", "chorus/hero", "--video", "", "--json").json()
    assert (told["image_prompt"], told["video_prompt"]) == ("a singer", "")


def test_prompts_come_from_a_file_or_from_standard_input(vidctl: Vidctl, film: str) -> None:
    Path("prompt.txt").write_text("a rooftop\nat night\n", encoding="utf-8")
    options = ("--image", "@prompt.txt", "--video", "-")
    told = vidctl("clip", "prompt", "chorus/hero", *options, "--json", stdin="she runs\n").json()
    assert (told["image_prompt"], told["video_prompt"]) == ("a rooftop\nat night", "she runs")


def test_a_very_long_prompt_comes_back_letter_by_letter(vidctl: Vidctl, film: str) -> None:
    prompt = ("\"quoted\" 'twice' \\ back\nnew line\té🌃 " * 5000)[:99_999] + "."
    Path("long.txt").write_text(prompt, encoding="utf-8")
    vidctl("clip", "create", "chorus", "Long", "--image", "@long.txt")
    assert vidctl("clip", "show", "chorus/long", "--json").json()["image_prompt"] == prompt
    assert len(vidctl("clip", "show", "chorus/long").out.splitlines()) < 40


def test_a_prompt_beyond_the_limit_is_refused_without_repeating_all_of_it(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "prompt", "chorus/hero", "--image", "-", code=2, stdin="x" * 100_001)
    assert "100000" in refused.err
    assert len(refused.err) < 1000


def test_a_length_is_seconds_frames_or_timecode(vidctl: Vidctl, film: str) -> None:
    for text in ("0.25", "3f", "00:00:00:03"):
        assert vidctl("clip", "update", "chorus/crowd", "--length", text, "--json").json()["frames"] == 3


@pytest.mark.parametrize("length", ["0", "-1", "nan", "inf", "1e9", "long", ""])
def test_an_impossible_length_is_refused(vidctl: Vidctl, film: str, length: str) -> None:
    refused = vidctl("clip", "update", "chorus/crowd", "--length", length, "--json", code=2).error()
    assert refused["code"] == "invalid_input"


def test_a_longer_clip_may_not_run_into_its_neighbour(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "update", "chorus/hero", "--length", "2", code=4)
    assert "Hero would overlap Crowd" in refused.err


def test_settings_of_a_clip_are_typed(vidctl: Vidctl, film: str) -> None:
    settings = ("--set", "image.steps=30", "--set", "image.cfg=7.5", "--set", "video.sampler=euler")
    told = vidctl("clip", "update", "chorus/hero", *settings, "--set", 'image.model="7"', "--json").json()
    assert told["image_settings"] == {"steps": 30, "cfg": 7.5, "model": "7"}
    assert told["video_settings"] == {"sampler": "euler"}


@pytest.mark.parametrize("setting", ["image.stepz=3", "image.steps=abc", "image.steps=201", "video.width=4097"])
def test_a_setting_that_no_render_could_use_is_refused_at_once(vidctl: Vidctl, film: str, setting: str) -> None:
    refused = vidctl("clip", "update", "chorus/hero", "--set", setting, "--json", code=2).error()
    assert refused["code"] == "invalid_input"
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["image_settings"] == {}


def test_a_refused_move_names_the_neighbour_and_a_position_that_works(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "move", "chorus/crowd", "--at", "0.25", "--json", code=4).error()
    assert refused["code"] == "timeline_overlap"
    assert "Hero" in refused["problem"]
    free = refused["details"]["suggested_frame"]
    assert f"--at {free}f" in refused["fix"]
    moved = vidctl("clip", "move", "chorus/crowd", "--at", f"{free}f", "--json").json()
    assert (moved["clip"]["position_frame"], moved["overlaps"]) == (free, [])


def test_clips_may_touch(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "move", "chorus/crowd", "--at", "6f")
    assert told.out == "neon-nights/chorus/crowd now starts at 0.5 s of its scene\n"


def test_a_forced_move_overlaps_and_says_so(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "move", "chorus/crowd", "--at", "3f", "--force")
    assert "it overlaps hero" in told.out
    moved = vidctl("clip", "move", "chorus/crowd", "--at", "0", "--force", "--json").json()
    assert moved["overlaps"] == ["hero"]


def test_a_negative_position_is_refused(vidctl: Vidctl, film: str) -> None:
    assert vidctl("clip", "move", "chorus/crowd", "--at=-1", "--json", code=2).error()["code"] == "invalid_input"


def test_a_clip_without_takes_says_how_to_get_one(vidctl: Vidctl, film: str) -> None:
    assert "vidctl generate image neon-nights/chorus/hero" in vidctl("clip", "gallery", "chorus/hero").out
    gallery = vidctl("clip", "gallery", "chorus/hero", "--json").json()
    assert (gallery["images"], gallery["videos"], gallery["selected_image_id"]) == ([], [], None)


def test_selecting_needs_a_take_or_none(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "select", "chorus/hero", code=2)
    vidctl("clip", "select", "chorus/hero", "abcd", "--none", "image", code=2)
    assert "'sound' is no kind of take" in vidctl("clip", "select", "chorus/hero", "--none", "sound", code=2).err
    assert vidctl("clip", "select", "chorus/hero", "abcd", "--json", code=3).error()["code"] == "not_found"


def test_deleting_a_clip_asks_first(vidctl: Vidctl, film: str) -> None:
    assert "1 clip with 0 takes" in vidctl("clip", "delete", "chorus/hero", code=2).err
    assert vidctl("clip", "delete", "chorus/hero", "--yes", "--json").json()["deleted"] == {"clips": 1}
    vidctl("clip", "show", "chorus/hero", code=3)


@pytest.mark.parametrize(("source", "name"), [("-", "standard input"), ("@empty.txt", "empty.txt")])
def test_where_nothing_is_read_a_prompt_stays(vidctl: Vidctl, film: str, source: str, name: str) -> None:
    Path("empty.txt").write_text(" \n\n", encoding="utf-8")
    refused = vidctl("clip", "prompt", "chorus/hero", "--image", source, "--json", code=2).error()
    assert refused["problem"] == f"nothing was read from {name}"
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["image_prompt"] == "a singer"
    assert vidctl("clip", "prompt", "chorus/hero", "--image", "", "--json").json()["image_prompt"] == ""
