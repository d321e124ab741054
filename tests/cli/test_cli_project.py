"""vidctl project: create, list, show, update, delete, use."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Vidctl


def test_a_new_film_is_told_in_full_as_json(vidctl: Vidctl) -> None:
    told = vidctl("project", "create", "Néon Nights!", "--size", "640x360", "--fps", "23.976", "--json").json()
    assert (told["slug"], told["name"]) == ("neon-nights", "Néon Nights!")
    assert (told["width"], told["height"], told["fps"]) == (640, 360, "24000/1001")
    assert (told["music_file"], told["is_current"], told["image_settings"]) == (None, False, {})


def test_a_new_film_is_told_line_by_line_to_people(vidctl: Vidctl) -> None:
    told = vidctl("project", "create", "Neon Nights").fields()
    assert told["slug"] == "neon-nights"
    assert told["fps"] == "24"
    assert told["is current"] == "no"


def test_an_empty_list_says_how_to_begin(vidctl: Vidctl) -> None:
    assert "vidctl project create NAME" in vidctl("project", "list").out
    assert vidctl("project", "list", "--json").json() == {"items": [], "total": 0, "next_after": None}


def test_films_are_listed_newest_first_and_page_by_page(vidctl: Vidctl) -> None:
    for name in ("One", "Two", "Three"):
        vidctl("project", "create", name)
    header, *rows = vidctl("project", "list").rows()
    assert header == ["", "PROJECT", "NAME", "SIZE", "FPS", "SONG"]
    assert [row[1] for row in rows] == ["three", "two", "one"]
    page = vidctl("project", "list", "--limit", 1, "--after", "three", "--json").json()
    assert ([item["slug"] for item in page["items"]], page["total"]) == (["two"], 3)


def test_the_tree_shows_scenes_and_clips_with_their_times(vidctl: Vidctl, film: str) -> None:
    lines = vidctl("project", "show", "--tree").out.splitlines()
    assert lines[0] == "Neon Nights (neon-nights), 64x64, 12 fps"
    assert "Chorus (chorus) from 0.5 s, 1 s" in lines[3]
    assert "Crowd (crowd) at 0.5 s, 0.5 s, no takes" in lines[5]
    tree = vidctl("project", "show", film, "--tree", "--json").json()
    assert [[clip["slug"] for clip in scene["clips"]] for scene in tree["scenes"]] == [["street"], ["hero", "crowd"]]


def test_only_what_is_given_changes(vidctl: Vidctl, film: str) -> None:
    told = vidctl("project", "update", film, "--name", "Night Songs", "--description", "a film", "--json").json()
    assert (told["name"], told["description"], told["slug"]) == ("Night Songs", "a film", "neon-nights")
    assert vidctl("project", "update", film, "--description", "", "--json").json()["description"] == ""


def test_render_settings_are_typed_merged_and_removed(vidctl: Vidctl, film: str) -> None:
    settings = ("--set", "image.steps=20", "--set", "image.cfg=6.5", "--set", "video.model=wan2.1.safetensors")
    told = vidctl("project", "update", film, *settings, "--json").json()
    assert told["image_settings"] == {"steps": 20, "cfg": 6.5}
    assert told["video_settings"] == {"model": "wan2.1.safetensors"}
    told = vidctl("project", "update", film, "--set", "image.steps=", "--set", "image.seed=7", "--json").json()
    assert told["image_settings"] == {"cfg": 6.5, "seed": 7}


def test_a_setting_of_no_kind_is_refused_with_the_right_form(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("project", "update", film, "--set", "steps=20", code=2)
    assert "video.steps=20" in refused.err


def test_a_change_of_nothing_is_a_usage_error(vidctl: Vidctl, film: str) -> None:
    assert vidctl("project", "update", film, "--json", code=2).error()["code"] == "invalid_input"


def test_the_rate_is_fixed_once_there_are_clips(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("project", "update", film, "--fps", "25", "--json", code=4).error()
    assert refused["code"] == "conflict"
    assert "--fps" in refused["fix"]


def test_a_name_that_is_taken_is_a_conflict(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("project", "create", "Neon Nights", "--json", code=4).error()
    assert refused["code"] == "duplicate_name"
    assert "neon-nights" in refused["cause"]
    vidctl("project", "create", "Neon Nights", "--slug", "neon-nights-2")


def test_odd_and_impossible_sizes_are_refused(vidctl: Vidctl) -> None:
    assert "even" in vidctl("project", "create", "A", "--size", "639x360", code=2).err
    assert "width" in vidctl("project", "create", "A", "--size", "4x4", code=2).err
    assert "1280x720" in vidctl("project", "create", "A", "--size", "wide", code=2).err


def test_deleting_needs_a_yes_where_nobody_can_be_asked(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("project", "delete", film, "--json", code=2)
    assert "1 project with 2 scenes, 3 clips and 0 takes" in refused.error()["cause"]
    assert "--yes" in refused.err
    assert vidctl("project", "show", film).code == 0


def test_deleting_takes_everything_along_and_counts_it(vidctl: Vidctl, film: str) -> None:
    gone = vidctl("project", "delete", film, "--yes", "--json").json()
    assert gone["deleted"] == {"projects": 1, "scenes": 2, "clips": 3}
    vidctl("project", "show", film, code=3)
    vidctl("project", "create", "Neon Nights")


def test_the_current_project_is_kept_in_the_users_settings(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "create", "Other")
    assert vidctl("project", "use", "other", "--json").json()["is_current"] is True
    assert vidctl("project", "show").fields()["slug"] == "other"
    assert [row[0] for row in vidctl("project", "list").rows()[1:]] == ["*", ""]


def test_a_current_project_stays_current_under_a_new_slug(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "use", film)
    vidctl("project", "use", film, "--here")
    assert vidctl("project", "update", "--slug", "nights", "--json").json()["is_current"] is True
    assert vidctl("project", "show").fields()["slug"] == "nights"
    assert Path("vidctl.toml").read_text() == 'project = "nights"\n'
    Path("vidctl.toml").unlink()
    assert vidctl("project", "show").fields()["slug"] == "nights"


def test_another_projects_new_slug_leaves_the_settings_alone(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "use", film)
    vidctl("project", "create", "Other")
    vidctl("project", "update", "other", "--slug", "another")
    assert vidctl("project", "show").fields()["slug"] == film


def test_who_names_no_project_is_told_why_one_is_missed(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "use", film)
    vidctl("project", "delete", film, "--yes")
    missed = vidctl("scene", "list", "--json", code=3).error()
    assert missed["cause"].startswith("it is the current one")
    assert "vidctl project use NAME" in missed["fix"]


def test_a_folder_may_have_a_project_of_its_own(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "create", "Other")
    vidctl("project", "use", "other", "--here")
    assert Path("vidctl.toml").read_text() == 'project = "other"\n'
    assert vidctl("project", "show").fields()["slug"] == "other"
    Path("vidctl.toml").unlink()
    assert vidctl("project", "show").fields()["slug"] == film


def test_a_project_that_does_not_exist_cannot_become_current(vidctl: Vidctl, film: str) -> None:
    assert "did you mean neon-nights?" in vidctl("project", "use", "neon-nihgts", code=3).err
    assert vidctl("project", "show").fields()["slug"] == film
