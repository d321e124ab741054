"""vidctl character and vidctl template: what they add to a clip, and that they take nothing from it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.data.media import image

ANIMATIC = ("--server", "animatic")


def test_a_character_is_put_into_a_clip_once_and_taken_out_again(vidctl: Vidctl, film: str) -> None:
    made = vidctl("character", "create", "Ada", "--trigger", "adagirl", "--json").json()
    before = vidctl("clip", "show", "chorus/hero", "--json").json()
    for _ in range(2):
        [applied] = vidctl("character", "apply", "ada", "chorus/hero", "--json").json()["items"]
        assert applied["character_ids"] == [made["id"]]
    assert applied["image_prompt"] == before["image_prompt"]
    [removed] = vidctl("character", "remove", "ada", "chorus/hero", "--json").json()["items"]
    assert removed["character_ids"] == []


def test_a_deleted_character_is_gone_from_all_clips(vidctl: Vidctl, film: str) -> None:
    vidctl("character", "create", "Ada")
    vidctl("character", "apply", "ada", "chorus/hero", "chorus/crowd")
    vidctl("character", "delete", "ada", "--yes")
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["character_ids"] == []
    assert vidctl("character", "show", "ada", "--json", code=3).error()["code"] == "not_found"


def test_a_template_replaces_another_and_is_taken_away(vidctl: Vidctl, film: str) -> None:
    for name in ("Noir", "Anime"):
        made = vidctl("template", "create", name, "--prompt", name.lower(), "--set", "image.cfg=6", "--json").json()
        [applied] = vidctl("template", "apply", name, "chorus/hero", "--json").json()["items"]
        assert applied["template_id"] == made["id"]
    vidctl("template", "delete", "anime", "--yes")
    assert vidctl("clip", "show", "chorus/hero", "--json").json()["template_id"] is None
    assert [each["slug"] for each in vidctl("template", "list", "--own", "--json").json()["items"]] == ["noir"]


def test_a_lora_is_given_and_taken_away(vidctl: Vidctl, film: str) -> None:
    made = vidctl("character", "create", "Ada", "--lora", "ada.safetensors:0.8", "--json").json()
    assert made["lora"] == {"name": "ada.safetensors", "weight": 0.8}
    assert vidctl("character", "show", "ada").fields()["lora"] == "ada.safetensors:0.8"
    assert vidctl("character", "update", "ada", "--lora", "b", "--json").json()["lora"]["weight"] == 1.0
    assert vidctl("character", "update", "ada", "--lora", "", "--json").json()["lora"] is None
    for wrong in ("ada:much", ":1", "ada:11"):
        assert vidctl("character", "update", "ada", "--lora", wrong, code=2).err


def test_reference_images_are_added_listed_and_removed(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    vidctl("character", "create", "Ada")
    assert "vidctl character refs add ada FILE" in vidctl("character", "refs", "list", "ada").out
    faces = [image(tmp_path / f"{number}.png", number=number, size=(300, 512)) for number in range(2)]
    told = vidctl("character", "refs", "add", "ada", *faces, "--role", "face", "--json").json()
    assert (told["added"], len(told["warnings"])) == (2, 2)
    _, first, second = vidctl("character", "refs", "list", "ada").rows()
    assert (first[1:4], second[1]) == (["0.png", "face", "300x512"], "1.png")
    assert vidctl("character", "refs", "remove", "ada", "0.png", "--json").json()["total"] == 1
    refused = vidctl("character", "refs", "add", "ada", faces[0], "--role", "hat", "--json", code=2).error()
    assert "role" in refused["cause"]
    assert "FILE" in vidctl("character", "refs", "add", "ada", code=2).err


def test_a_sheet_and_samples_are_drawn_as_cards_and_shown_in_the_gallery(vidctl: Vidctl, film: str) -> None:
    vidctl("character", "create", "Ada")
    run = vidctl("character", "sheet", "ada", "--views", "front,profile", "--expressions", "joy", *ANIMATIC)
    _, *jobs, total = run.rows()
    labels = [job[3] for job in jobs]
    assert labels == [f"neon-nights/character ada: {name}" for name in ("front", "profile", "joy")]
    assert total == ["3 of 3 rendered"]
    vidctl("character", "sample", "ada", "--prompt", "dancing", *ANIMATIC)
    _, *rows = vidctl("character", "gallery", "ada").rows()
    assert Counter(row[2] for row in rows) == {
        "neon-nights/ada: front": 1, "neon-nights/ada: profile": 1, "neon-nights/ada: joy": 1,
        "neon-nights/ada: sample": 4,
    }  # fmt: skip
    told = vidctl("character", "gallery", "ada", "--json").json()["items"]
    assert Counter(take["view"] for take in told) == {"front": 1, "profile": 1, "joy": 1, "sample": 4}
    assert vidctl("clip", "gallery", "chorus/hero", "--json").json()["images"] == []
    vidctl("character", "delete", "ada", "--yes")
    assert vidctl("queue", "list", "--json").json()["total"] == 0


def test_a_still_of_the_character_becomes_its_reference(vidctl: Vidctl, film: str) -> None:
    vidctl("project", "update", "--size", "256x256")
    vidctl("character", "create", "Ada")
    vidctl("character", "sheet", "ada", "--views", "front", *ANIMATIC)
    [take] = vidctl("character", "gallery", "ada", "--json").json()["items"]
    [added] = vidctl("character", "refs", "add", "ada", take["id"][:8], "--json").json()["items"]
    assert added["asset_id"] == take["asset_id"]


def test_a_dry_run_of_a_sheet_leaves_nothing_behind(vidctl: Vidctl, film: str) -> None:
    vidctl("character", "create", "Ada")
    told = vidctl("character", "sheet", "ada", *ANIMATIC, "--dry-run", "--json").json()
    assert len(told["renders"]) == 5
    vidctl("character", "sample", "ada", *ANIMATIC, "--no-wait", "--count", 2)
    assert vidctl("queue", "list", "--json").json()["total"] == 2


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("sheet", "ada", "--views", "fron"), "did you mean front?"),
        (("sheet", "ada", "--poses", "joy"), "standing"),
        (("sample", "ada", "--count", "0"), "--count"),
    ],
)
def test_a_sheet_that_cannot_be_is_told(vidctl: Vidctl, film: str, arguments: tuple[str, ...], hint: str) -> None:
    vidctl("character", "create", "Ada")
    assert hint in vidctl("character", *arguments, *ANIMATIC, code=2).err


def test_built_in_templates_are_listed_used_and_copied(vidctl: Vidctl, film: str) -> None:
    listed = vidctl("template", "list", "--builtin", "--json").json()["items"]
    assert {tuple(each) for each in listed} == {tuple(listed[0])}
    assert {each["source"] for each in listed} == {"builtin"}
    name = listed[0]["slug"]
    [applied] = vidctl("template", "apply", name, "chorus/hero", "--json").json()["items"]
    shown = vidctl("template", "show", name, "--json").json()
    assert (shown["source"], shown["id"]) == ("own", applied["template_id"])
    refused = vidctl("template", "update", listed[1]["slug"], "--prompt", "x", "--json", code=2).error()
    assert f"vidctl template copy {listed[1]['slug']}" in refused["fix"]
    vidctl("template", "copy", listed[1]["slug"])
    vidctl("template", "update", listed[1]["slug"], "--prompt", "x")


def test_a_template_has_loras_and_a_model_as_settings(vidctl: Vidctl, film: str) -> None:
    loras = "image.loras=noir.safetensors:0.8,grain.safetensors"
    made = vidctl("template", "create", "Noir", "--set", loras, "--set", "image.model=x.safetensors", "--json").json()
    assert made["image_settings"] == {
        "loras": [{"name": "noir.safetensors", "weight": 0.8}, {"name": "grain.safetensors", "weight": 1.0}],
        "model": "x.safetensors",
    }
    assert (
        vidctl("template", "update", "noir", "--set", "image.loras=none", "--json").json()["image_settings"]["loras"]
        == []
    )
    left = vidctl("template", "update", "noir", "--set", "image.loras=", "--json").json()["image_settings"]
    assert left == {"model": "x.safetensors"}
    assert "NAME:WEIGHT" in vidctl("template", "update", "noir", "--set", "image.loras=a:b", code=2).err


def test_templates_leave_and_come_as_a_file(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    vidctl("template", "create", "Noir", "--prompt", "film noir", "--public")
    vidctl("template", "create", "Secret")
    file = tmp_path / "styles.toml"
    told = vidctl("template", "export", "-o", file, "--json").json()
    assert told == {"file": str(file), "templates": ["noir"]}
    vidctl("template", "export", "-o", file, code=4)
    vidctl("template", "delete", "noir", "--yes")
    assert vidctl("template", "import", file, "--json").json() == {
        "file": str(file), "created": ["noir"], "replaced": [], "unchanged": []
    }  # fmt: skip
    vidctl("template", "update", "noir", "--private")
    assert vidctl("template", "import", file, "--json", code=4).error()["code"] == "duplicate_name"
    assert vidctl("template", "import", file, "--replace").fields() == {"replaced": "noir"}
    assert vidctl("template", "show", "noir", "--json").json()["is_public"] is True
