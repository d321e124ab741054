"""vidctl scene analyze|ripple, project analyze|timeline|close-gaps, clip move --snap, clip delete --ripple."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl


@pytest.fixture
def tangled(vidctl: Vidctl, film: str) -> str:
    """The film with crowd over hero by three frames and a gap before street."""
    vidctl("clip", "move", "chorus/crowd", "--at", "3f", "--force")
    vidctl("clip", "move", "verse/street", "--at", "6f")
    return film


def test_a_scene_is_analysed(vidctl: Vidctl, tangled: str) -> None:
    told = vidctl("scene", "analyze", "chorus").out.splitlines()
    assert told == [
        "neon-nights/chorus: 2 clips, the last ends at 00:00:01:09",
        "0.75 s (9f) are covered",
        "1 overlap",
        "OVERLAP AT\tLENGTH\tOF\tAND",
        "00:00:01:03\t0.25 s (3f)\tneon-nights/chorus/hero\tneon-nights/chorus/crowd",
        "",
        "To leave no overlap:",
        "  vidctl clip move neon-nights/chorus/crowd --at 6f",
    ]


def test_an_analysis_as_json_keeps_its_names(vidctl: Vidctl, tangled: str) -> None:
    told = vidctl("project", "analyze", "--json").json()
    assert (told["scene_id"], told["has_issues"], told["total_clips"]) == (None, True, 3)


def test_a_films_gaps_are_told_with_what_is_beside_them(vidctl: Vidctl, tangled: str) -> None:
    rows = vidctl("project", "analyze", "neon-nights").rows()
    assert ["00:00:00:00", "0.5 s (6f)", "before neon-nights/verse/street"] in rows


def test_an_analysis_ends_well_unless_it_is_strict(vidctl: Vidctl, tangled: str) -> None:
    vidctl("scene", "analyze", "chorus")
    strict = vidctl("scene", "analyze", "chorus", "--strict", "--json", code=4)
    assert strict.json()["has_issues"] is True
    assert "overlap by 0.25 s (3 frames)" in strict.err
    vidctl("scene", "analyze", "verse", "--strict")  # a gap is no issue


def test_a_clean_film_has_nothing_to_tell(vidctl: Vidctl, film: str) -> None:
    told = vidctl("project", "analyze", "--strict").out.splitlines()
    assert told[2:] == ["no overlaps, no gaps"]


def test_a_timeline_lists_clips_and_gaps_in_order_of_time(vidctl: Vidctl, tangled: str) -> None:
    vidctl("clip", "lock", "chorus/hero")
    assert vidctl("project", "timeline").rows() == [
        ["FROM", "TO", "LENGTH S", "CLIP", ""],
        ["00:00:00:00", "00:00:00:06", "0.5", "", "gap"],
        ["00:00:00:06", "00:00:01:00", "0.5", "neon-nights/verse/street", ""],
        ["00:00:01:00", "00:00:01:06", "0.5", "neon-nights/chorus/hero", "overlap, locked"],
        ["00:00:01:03", "00:00:01:09", "0.5", "neon-nights/chorus/crowd", "overlap"],
    ]


def test_a_timeline_can_be_drawn_and_is_the_same_as_json(vidctl: Vidctl, tangled: str) -> None:
    drawn = vidctl("project", "timeline", "--gantt").out.splitlines()
    assert [line.split()[0] for line in drawn if line] == [
        "neon-nights", "gaps", "verse", "street", "chorus", "hero", "crowd", "╳",
    ]  # fmt: skip
    assert max(map(len, drawn)) <= 100
    told = vidctl("project", "timeline", "--gantt", "--json").json()
    assert told == vidctl("project", "timeline", "--json").json()


def test_time_is_put_into_a_scene(vidctl: Vidctl, film: str) -> None:
    told = vidctl("scene", "ripple", "chorus", "--at", "6f", "--by", "1").out.splitlines()
    assert told == [
        "CLIP\tFROM S\tTO S",
        "neon-nights/chorus/crowd\t0.5\t1.5",
        "moved 1 clip",
        "the film is 1 s (12f) longer",
        "1 gap left: at 00:00:01:00",
    ]
    refused = vidctl("scene", "ripple", "chorus", "--at", "3f", "--by", "1", "--json", code=4).error()
    assert refused["code"] == "timeline_overlap"


def test_gaps_are_closed_after_a_look(vidctl: Vidctl, tangled: str) -> None:
    looked = vidctl("project", "close-gaps", "--dry-run").out.splitlines()
    assert looked[-2:] == ["would move 1 clip", "the film would be 0.5 s (6f) shorter"]
    done = vidctl("project", "close-gaps", "--json").json()
    assert (done["applied"], done["frames"], done["gaps"]) == (True, -6, [])
    assert vidctl("project", "close-gaps").out == "nothing moves in neon-nights\n"


def test_a_clip_snaps_and_says_to_what(vidctl: Vidctl, film: str) -> None:
    told = vidctl("clip", "move", "chorus/crowd", "--at", "8f", "--snap").out
    assert told.splitlines()[-1] == "that is the end of hero"
    assert vidctl("clip", "show", "chorus/crowd", "--json").json()["position_frame"] == 6


def test_a_film_tells_drop_frame_timecode_if_it_wants_to(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Ntsc", "--fps", "29.97", "--drop-frame")
    vidctl("scene", "create", "One", "-p", "ntsc")
    vidctl("clip", "create", "ntsc/one", "Late", "--at", "00:01:00;02", "--length", "1")
    assert vidctl("project", "timeline", "ntsc").rows()[2][0] == "00:01:00;02"
    vidctl("project", "update", "ntsc", "--no-drop-frame")
    assert vidctl("project", "timeline", "ntsc").rows()[2][0] == "00:01:00:00"


def test_drop_frame_needs_a_rate_that_has_it(vidctl: Vidctl) -> None:
    refused = vidctl("project", "create", "Pal", "--fps", "25", "--drop-frame", code=2)
    assert "no drop-frame timecode at 25 fps" in refused.err
    vidctl("project", "create", "Ntsc", "--fps", "59.94", "--drop-frame")
    vidctl("project", "update", "ntsc", "--fps", "60", code=2)
    vidctl("project", "update", "ntsc", "--fps", "60", "--no-drop-frame")


def test_a_clip_is_deleted_without_leaving_a_hole(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "delete", "chorus/hero", "--ripple", "--yes")
    assert vidctl("clip", "show", "chorus/crowd", "--json").json()["position_frame"] == 0
