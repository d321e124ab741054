"""Arranging, marking and selecting clips and scenes from the command line."""

from __future__ import annotations

from tests.cli.conftest import Vidctl


def paths(vidctl: Vidctl, *how: str) -> list[str]:
    return [item["path"].partition("/")[2] for item in vidctl("clip", "list", *how, "--json").json()["items"]]


def test_a_clip_in_front_of_another_makes_room(vidctl: Vidctl, film: str) -> None:
    made = vidctl("clip", "create", "chorus", "New", "--length", "3f", "--before", "crowd", "--json").json()
    assert made["position_frame"] == 6
    assert vidctl("clip", "show", "chorus/crowd", "--json").json()["position_frame"] == 9


def test_everything_that_is_written_can_be_cleared(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "update", "chorus/hero", "--lyrics", "la la", "--notes", "hold")
    vidctl("clip", "prompt", "chorus/hero", "--image", "rain", "--video", "rain falls")
    vidctl("clip", "update", "chorus/hero", "--lyrics", "", "--notes", "")
    cleared = vidctl("clip", "prompt", "chorus/hero", "--video", "", "--json").json()
    assert [cleared[name] for name in ("lyrics", "notes", "video_prompt", "image_prompt")] == ["", "", "", "rain"]


def test_clips_are_marked_by_a_selector(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "tag", "scene:chorus", "--add", "Night")
    vidctl("clip", "status", "approved", "tag:night")
    assert paths(vidctl, "--where", "status:approved") == ["chorus/hero", "chorus/crowd"]
    assert paths(vidctl, "--where", "-tag:night") == ["verse/street"]
    rows = vidctl("clip", "list").rows()
    assert [row[3] for row in rows[1:]] == ["draft", "approved (night)", "approved (night)"]


def test_a_status_that_does_not_exist_is_refused(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "status", "done", "chorus/hero", code=2)
    assert "status: must be 'draft', 'stills', 'approved' or 'final'" in refused.err


def test_an_empty_list_of_names_is_told_as_such(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "lock", "-", "--json", stdin="\n\n", code=2).error()
    assert refused["fix"] == "pipe names to it, one a line"


def test_clips_are_named_line_by_line_on_standard_input(vidctl: Vidctl, film: str) -> None:
    locked = vidctl("clip", "lock", "-", "--json", stdin="chorus/hero\n\nverse/street\n").json()
    assert [item["locked"] for item in locked["items"]] == [True, True]
    assert paths(vidctl, "--where", "is:locked") == ["verse/street", "chorus/hero"]


def test_nothing_on_standard_input_names_no_clip(vidctl: Vidctl, film: str) -> None:
    assert "nothing was read from standard input" in vidctl("clip", "lock", "-", code=2).err


def test_a_selector_that_fits_nothing_ends_with_3(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("clip", "lock", "tag:villain", code=3)
    assert "no clip of neon-nights fits 'tag:villain'" in refused.err
    assert "did you mean scene?" in vidctl("clip", "lock", "scen:chorus", code=2).err


def test_a_locked_clip_refuses_changes_with_4_until_it_is_unlocked(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "lock", "chorus/hero")
    for line in (
        ["clip", "prompt", "chorus/hero", "--image", "x"],
        ["clip", "move", "chorus/hero", "--at", "5"],
        ["clip", "delete", "chorus/hero", "--yes"],
        ["scene", "delete", "chorus", "--yes"],
        ["project", "delete", film, "--yes"],
        ["clip", "split", "chorus/hero", "--at", "3f"],
        ["clip", "merge", "chorus/hero", "chorus/crowd"],
    ):
        refused = vidctl(*line, code=4)
        assert "the clip Hero is locked" in refused.err
        assert "vidctl clip unlock" in refused.err
    vidctl("clip", "unlock", "chorus/hero")
    vidctl("clip", "prompt", "chorus/hero", "--image", "x")


def test_a_clip_is_split_and_merged_again(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "split", "chorus/hero", "--at", "2f")
    assert paths(vidctl, "--scene", "chorus") == ["chorus/hero", "chorus/hero-2", "chorus/crowd"]
    merged = vidctl("clip", "merge", "chorus/hero", "chorus/hero-2", "--json").json()
    assert (merged["frames"], paths(vidctl, "--scene", "chorus")) == (6, ["chorus/hero", "chorus/crowd"])


def test_an_alternate_is_shown_beside_the_film_and_promoted_into_it(vidctl: Vidctl, film: str) -> None:
    made = vidctl("clip", "alternate", "chorus/hero", "--json").json()
    assert (made["name"], made["alternate_number"]) == ("Hero A1", 1)
    assert vidctl("clip", "list", "--scene", "chorus").rows()[2][3] == "draft (alternate)"
    vidctl("clip", "prompt", "chorus/hero-a1", "--image", "from below")
    promoted = vidctl("clip", "promote", "chorus/hero-a1", "--json").json()
    assert (promoted["path"], promoted["image_prompt"]) == ("neon-nights/chorus/hero", "from below")


def test_a_scene_is_duplicated_and_ordered(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "duplicate", "chorus", "--name", "Last Chorus")
    vidctl("scene", "move", "last-chorus", "--before", "verse")
    assert [row[0] for row in vidctl("scene", "list").rows()[1:]] == [
        f"{film}/last-chorus", f"{film}/verse", f"{film}/chorus",
    ]  # fmt: skip
    vidctl("scene", "reorder", "chorus")
    assert vidctl("scene", "list").rows()[1][0] == f"{film}/chorus"


def test_a_scene_alternate_is_promoted(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "alternate", "chorus")
    vidctl("clip", "delete", "chorus-a1/crowd", "--yes")
    assert vidctl("scene", "promote", "chorus-a1", "--json").json()["frames"] == 6


def test_a_long_list_comes_in_pages(vidctl: Vidctl, film: str) -> None:
    first = vidctl("clip", "list", "--limit", "2")
    assert first.out.splitlines()[-1].startswith("2 of 3 are shown: --after ")
    last = first.out.split()[-3]
    assert paths(vidctl, "--limit", "2", "--after", last) == ["chorus/crowd"]


# what was deleted and changed


def test_what_was_deleted_is_restored(vidctl: Vidctl, film: str) -> None:
    before = vidctl("project", "show", "--tree").out
    vidctl("scene", "delete", "chorus", "--yes")
    header, row = vidctl("project", "trash", "list").rows()
    assert (header[2:], row[2:]) == (["WHAT", "OF", "DOCUMENTS"], ["scene delete", "chorus", "2 clips, 1 scene"])
    vidctl("project", "trash", "restore", row[0])
    assert vidctl("project", "show", "--tree").out == before


def test_a_deleted_film_is_found_in_the_whole_trash(vidctl: Vidctl, film: str) -> None:
    before = vidctl("project", "show", "--tree").out
    vidctl("project", "delete", film, "--yes")
    (deletion,) = vidctl("project", "trash", "list", "--all", "--json").json()["items"]
    vidctl("project", "trash", "restore", deletion["id"])
    assert vidctl("project", "show", "--tree").out == before


def test_a_change_is_looked_into_and_taken_back(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "wrong")
    change = vidctl("project", "history").rows()[1][0]
    assert ["clips", "Hero", "image_prompt", "a singer", "wrong"] in [
        [cells[0], "Hero", *cells[2:]] for cells in vidctl("project", "history", change).rows() if cells[0] == "clips"
    ]
    vidctl("project", "undo")
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["image_prompt"] == "a singer"


def test_a_creation_is_taken_back_into_the_trash_and_made_again(vidctl: Vidctl, film: str) -> None:
    before = paths(vidctl)
    vidctl("clip", "split", "chorus/hero", "--at", "2f")
    after = paths(vidctl)
    told = vidctl("project", "undo").out.splitlines()
    assert told[:2] == ["took back Hero (clip split): 1 clip", "into the trash: 1 clip"]
    assert paths(vidctl) == before
    again = told[2].removesuffix(" does it again").removeprefix("vidctl ")
    assert vidctl(*again.split()).out.startswith("restored Hero (undo): ")
    assert paths(vidctl) == after
    assert any("(created)" in line for line in vidctl("project", "history", newest(vidctl)).out.splitlines())


def test_a_creation_that_is_in_use_is_told_with_what_hangs_on_it(vidctl: Vidctl, film: str) -> None:
    vidctl("scene", "create", "New")
    created = newest(vidctl)
    vidctl("clip", "create", "new", "Inside")
    refused = vidctl("project", "undo", created, "--json", code=4).error()
    assert refused["cause"] == "on it hang: 1 clip"
    assert refused["fix"].startswith("vidctl scene delete new takes all of it along")


def test_a_character_comes_back_without_the_clip_that_is_gone(vidctl: Vidctl, film: str) -> None:
    vidctl("character", "create", "Ada")
    vidctl("character", "apply", "ada", "chorus/hero", "chorus/crowd")
    vidctl("character", "delete", "ada", "--yes")
    deleted = vidctl("project", "trash", "list").rows()[1][0]
    vidctl("clip", "delete", "chorus/hero", "--yes")
    told = vidctl("project", "trash", "restore", deleted).out.splitlines()
    assert told[1] == "without the clip hero, which is gone"


def newest(vidctl: Vidctl) -> str:
    return str(vidctl("project", "history").rows()[1][0])


def test_emptying_the_trash_asks_first(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "delete", "chorus/hero", "--yes")
    assert "add --yes" in vidctl("project", "trash", "empty", code=2).err
    assert vidctl("project", "trash", "empty", "--yes").out == "forgot 1 change of 1 document\n"
    assert vidctl("project", "trash", "list").out == "nothing\n"


def test_a_change_that_does_not_exist_is_told(vidctl: Vidctl, film: str) -> None:
    assert "there is no change 'ffff'" in vidctl("project", "undo", "ffff", code=3).err
    assert "there is no change 'ffff'" in vidctl("project", "trash", "restore", "ffff", code=3).err
