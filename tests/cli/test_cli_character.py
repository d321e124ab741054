"""vidctl character and vidctl template: what they add to a clip, and that they take nothing from it."""

from __future__ import annotations

from tests.cli.conftest import Vidctl


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
    assert [each["slug"] for each in vidctl("template", "list", "--json").json()["items"]] == ["noir"]
