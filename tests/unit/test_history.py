"""What was deleted comes back, what was changed is taken back; and nothing that was done since is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.film_check import faults
from tests.fakes.film_storm import add_asset
from tests.fakes.house import House
from vidctl.domain.character import Character
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO
from vidctl.errors import Conflict, DuplicateName, Locked, NotFound

COUNTED = {"revision", "updated_at", "version"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The current film "film": verse with a (0-24) and b (24-48), both with a rated take that is chosen."""
    with House(tmp_path, project="film") as opened:
        film = opened.project()
        verse = opened.scene(film, "verse")
        ada = opened.app._characters.create(Character(project_id=film.id, name="Ada", slug="ada"))
        for number, slug in enumerate("ab"):
            clip = opened.clip(
                verse, slug, position=24 * number, order=number, image_prompt=f"prompt {slug}", character_ids=[ada.id]
            )
            take = opened.takes.create(
                Take(project_id=film.id, clip_id=clip.id, kind=MediaKind.IMAGE, asset_id="a" * 64, rating=4)
            )
            opened.choose(clip.id, MediaKind.IMAGE, take.id)
        yield opened


def stored(house: House) -> dict[str, dict[str, Any]]:
    """All documents of the film by id, without what counts changes."""
    app = house.app
    repositories: list[Any] = [house.projects, house.scenes, house.clips, house.takes, app._characters]
    return {each.id: each.model_dump(exclude=COUNTED) for repo in repositories for each in repo.find_many({})}


def newest(house: House) -> str:
    return house.app.history.list_history("film", limit=1).items[0].id


def newest_of_all(house: House) -> str:
    return house.app.history.list_trash(None, everywhere=True, limit=1).items[0].id


@pytest.mark.parametrize("what", ["clip", "scene", "project", "character"])
def test_what_was_deleted_comes_back_as_it_was(house: House, what: str) -> None:
    before, app = stored(house), house.app
    match what:
        case "clip":
            deleted = app.clips.delete_clips(["a"])
        case "scene":
            deleted = app.scenes.delete_scene("verse")
        case "project":
            deleted = app.projects.delete_project("film")
        case "character":
            deleted = app.characters.delete_character(None, "ada")
    assert stored(house) != before
    (deletion,) = app.history.list_trash(None, everywhere=True).items
    assert (deletion.action, deletion.id) == (f"{what} delete", deleted.change)
    app.history.restore(deletion.id[:8])
    assert stored(house) == before
    assert app.history.list_trash(None, everywhere=True).items == []


def test_a_restored_clip_can_be_changed_and_deleted_again(house: House) -> None:
    house.app.clips.delete_clips(["a"])
    house.app.history.restore(newest(house))
    assert house.app.clips.update_clip("a", ClipUpdateDTO(notes="back")).notes == "back"
    house.app.clips.delete_clips(["a"])
    assert house.app.history.list_trash(None, everywhere=False).total == 1


def test_a_clip_whose_place_is_taken_goes_to_the_nearest_free_one(house: House) -> None:
    house.app.clips.delete_clips(["a"])
    deletion = newest(house)
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="24f", timeline_position="0f"))
    restored = house.app.history.restore(deletion)
    assert restored.moved == {"a": 48}
    assert house.app.clips.get_clip("a").position_frame == 48
    assert house.app.scenes.get_scene("verse").frames == 72


def test_a_clip_whose_name_is_taken_is_not_restored(house: House) -> None:
    house.app.clips.delete_clips(["a"])
    deletion = newest(house)
    house.app.clips.create_clip("verse", ClipCreateDTO(name="A"))
    before = stored(house)
    with pytest.raises(DuplicateName):
        house.app.history.restore(deletion)
    assert stored(house) == before


def test_a_clip_does_not_come_back_into_a_scene_that_is_gone(house: House) -> None:
    before = stored(house)
    house.app.clips.delete_clips(["a"])
    clip = newest(house)
    house.app.scenes.delete_scene("verse")
    scene = newest(house)
    with pytest.raises(NotFound, match="the scene that it belonged to is gone"):
        house.app.history.restore(clip)
    house.app.history.restore(scene)
    house.app.history.restore(clip)
    assert stored(house) == before


def test_a_ripple_is_taken_back_with_the_deletion(house: House) -> None:
    before = stored(house)
    house.app.clips.delete_clips(["a"], ripple=True)
    assert house.app.clips.get_clip("b").position_frame == 0
    house.app.history.restore(newest(house))
    assert stored(house) == before


def test_the_last_change_is_taken_back(house: House) -> None:
    before = stored(house)
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="wrong", tags=["x"]))
    undone = house.app.history.undo(None, None)
    assert (undone.change.action, undone.restored) == ("clip update", {"clips": 1})
    assert stored(house) == before


def test_several_changes_are_taken_back_one_after_the_other(house: House) -> None:
    before = stored(house)
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(after="b"))
    moved = newest(house)
    house.app.clips.tag_clips(["scene:verse"], ["night"], [])
    house.app.history.undo(None, newest(house))
    house.app.history.undo(None, moved)
    assert stored(house) == before


def test_what_was_changed_since_is_not_overwritten(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="first"))
    first = newest(house)
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="second"))
    with pytest.raises(Conflict, match="these differ now: image_prompt"):
        house.app.history.undo(None, first)
    assert house.app.clips.get_clip("a").image_prompt == "second"


def test_a_clip_goes_back_to_its_scene(house: House) -> None:
    house.scene(house.app.references.project(), "chorus", order=1)
    before = stored(house)
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(scene="chorus"))
    house.app.history.undo(None, None)
    assert stored(house) == before


def test_a_clip_does_not_go_back_where_another_has_been_put_since(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(position="100f"))
    moved = newest(house)
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="10f", timeline_position="0f"))
    with pytest.raises(Conflict, match="the old place of A is taken"):
        house.app.history.undo(None, moved)


def test_a_clip_may_go_back_to_what_it_overlapped_before(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(position="30f", force=True))
    before = stored(house)
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(position="100f"))
    house.app.history.undo(None, None)
    assert stored(house) == before


def test_other_fields_that_were_changed_since_stay(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="wrong"))
    wrong = newest(house)
    house.app.clips.update_clip("a", ClipUpdateDTO(notes="keep me"))
    house.app.history.undo(None, wrong)
    clip = house.app.clips.get_clip("a")
    assert (clip.image_prompt, clip.notes) == ("prompt a", "keep me")


def test_undoing_again_goes_a_step_further_back(house: House) -> None:
    before = stored(house)
    for prompt in ("one", "two", "three"):
        house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt=prompt))
    house.app.history.undo(None, None)
    assert house.app.clips.get_clip("a").image_prompt == "two"
    house.app.history.undo(None, None)
    house.app.history.undo(None, None)
    assert stored(house) == before
    with pytest.raises(NotFound, match="there is nothing of film to take back"):
        house.app.history.undo(None, None)


def test_an_undo_can_be_taken_back_and_done_again(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="better"))
    house.app.history.undo(None, None)
    undo = newest(house)
    house.app.history.undo(None, undo)
    assert house.app.clips.get_clip("a").image_prompt == "better"
    house.app.history.undo(None, None)
    assert house.app.clips.get_clip("a").image_prompt == "prompt a"


def test_what_is_done_again_is_the_last_that_was_done(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="better"))
    first = newest(house)
    house.app.clips.update_clip("b", ClipUpdateDTO(image_prompt="other"))
    undone = house.app.history.undo(None, first)
    house.app.history.undo(None, undone.undo)
    last = house.app.history.undo(None, None)
    assert (last.change.action, last.change.undoes) == ("redo", "")
    assert [house.app.clips.get_clip(slug).image_prompt for slug in "ab"] == ["prompt a", "other"]


def test_a_change_is_taken_back_once(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="better"))
    change = newest(house)
    house.app.history.undo(None, change)
    with pytest.raises(Conflict, match="has been taken back already"):
        house.app.history.undo(None, change)


def test_what_a_deletion_changed_beside_stays_in_the_history_but_not_in_the_trash(house: House) -> None:
    house.app.clip_arranger.merge(["a", "b"])
    house.app.history.restore(newest(house))
    assert house.app.history.list_trash(None, everywhere=True).items == []
    merged, back = reversed(house.app.history.list_history("film").items)
    assert (merged.action, merged.counts, back.action) == ("clip merge", {"takes": 1, "clips": 1}, "trash restore")


def test_a_chosen_take_is_not_lost_to_another_choice(house: House) -> None:
    chosen = house.app.clips.get_clip("a").selected_image_id
    house.app.clips.unselect("a", MediaKind.IMAGE)
    house.app.history.undo(None, None)
    assert house.app.clips.get_clip("a").selected_image_id == chosen


def test_a_clip_that_was_locked_since_keeps_its_texts(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="final"))
    change = newest(house)
    house.app.clips.lock_clips(["a"], locked=True)
    with pytest.raises(Locked):
        house.app.history.undo(None, change)


def test_a_change_of_what_is_gone_is_told(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="x"))
    change = newest(house)
    house.app.clips.delete_clips(["a"])
    with pytest.raises(NotFound, match="the clip is gone"):
        house.app.history.undo(None, change)


def test_only_deletions_are_restored(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="x"))
    with pytest.raises(Conflict, match="is no deletion"):
        house.app.history.restore(newest(house))
    with pytest.raises(NotFound, match="there is no change"):
        house.app.history.restore("ffffffff")


def test_an_emptied_trash_restores_nothing_and_keeps_the_history(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="x"))
    house.app.clips.delete_clips(["a"])
    deletion = newest(house)
    emptied = house.app.history.empty_trash(None, everywhere=False, older_than=None)
    assert (emptied.changes, emptied.documents) == (1, 2)
    with pytest.raises(NotFound):
        house.app.history.restore(deletion)
    assert house.app.history.list_history(None).total == 1


def test_the_whole_history_can_be_forgotten(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="x"))
    house.app.clips.delete_clips(["b"])
    assert house.app.history.empty_trash(None, everywhere=False, older_than=None, edits=True).changes == 2
    assert house.app.history.list_history(None).items == []
    assert house.app._changes.count({}) == 0


def test_young_deletions_may_be_left_in_the_trash(house: House) -> None:
    house.app.clips.delete_clips(["a"])
    house.clock.advance(days=3)
    house.app.clips.delete_clips(["b"])
    house.app.history.empty_trash(None, everywhere=False, older_than=timedelta(days=2))
    assert [each.label for each in house.app.history.list_trash(None, everywhere=False).items] == ["b"]


def test_a_change_is_shown_with_old_and_new_values(house: House) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="rain"))
    (document,) = house.app.history.show(newest(house)).documents
    assert (document.before, document.after) == ({"image_prompt": "prompt a"}, {"image_prompt": "rain"})


# what a change referred to may be gone


def test_a_clip_comes_back_without_a_character_that_was_deleted_since(house: House) -> None:
    house.app.clips.delete_clips(["a"])
    deletion = newest(house)
    house.app.characters.delete_character(None, "ada")
    restored = house.app.history.restore(deletion)
    assert [(tie.clip, tie.noun, tie.name) for tie in restored.lost] == [("a", "character", "ada")]
    assert house.app.references.clip("a").character_ids == []
    assert faults(house.store) == []


def test_a_clip_comes_back_without_a_template_that_was_deleted_since(house: House) -> None:
    house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir"))
    house.app.templates.apply("noir", ["a"])
    house.app.clips.delete_clips(["a"])
    deletion = newest(house)
    house.app.templates.delete_template("noir")
    restored = house.app.history.restore(deletion)
    assert [(tie.clip, tie.noun, tie.name) for tie in restored.lost] == [("a", "template", "noir")]
    assert faults(house.store) == []


@pytest.mark.parametrize("what", ["character", "template"])
def test_a_character_or_style_comes_back_without_a_clip_that_was_deleted_since(house: House, what: str) -> None:
    house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir"))
    house.app.templates.apply("noir", ["a", "b"])
    before = stored(house)
    if what == "character":
        house.app.characters.delete_character(None, "ada")
    else:
        house.app.templates.delete_template("noir")
    deletion = newest_of_all(house)
    house.app.clips.delete_clips(["a"])
    restored = house.app.history.restore(deletion)
    assert [(tie.clip, tie.noun) for tie in restored.lost] == [("a", "clip")]
    assert restored.restored == {"clips": 1, f"{what}s": 1}
    b = house.app.references.clip("b")
    assert stored(house)[b.id] == before[b.id]
    assert faults(house.store) == []


def test_a_clip_that_closed_up_and_is_gone_now_keeps_nobody_in_the_trash(house: House) -> None:
    house.app.clips.delete_clips(["a"], ripple=True)
    deletion = newest(house)
    house.app.clips.delete_clips(["b"])
    assert [tie.clip for tie in house.app.history.restore(deletion).lost] == ["b"]
    assert house.app.clips.get_clip("a").position_frame == 0


def test_clips_that_come_back_together_do_not_come_back_over_each_other(house: House) -> None:
    house.app.clips.delete_clips(["a", "b"])
    deletion = newest(house)
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="24f"))
    assert house.app.history.restore(deletion).moved == {"a": 24, "b": 48}
    assert faults(house.store) == []


def test_an_edit_of_clips_is_taken_back_of_all_or_none(house: House) -> None:
    house.app.characters.remove(None, "ada", ["a", "b"])
    change = newest(house)
    house.app.clips.delete_clips(["a"])
    with pytest.raises(NotFound, match="the clip is gone"):
        house.app.history.undo(None, change)
    assert house.app.references.clip("b").character_ids == []


def test_what_was_merged_into_a_clip_does_not_come_back_without_its_takes(house: House) -> None:
    house.app.clip_arranger.merge(["a", "b"])
    merged = newest(house)
    house.app.clips.delete_clips(["a"])
    with pytest.raises(NotFound, match="is gone"):
        house.app.history.restore(merged)


def test_a_clip_that_overlapped_another_when_it_was_deleted_may_do_so_again(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(position="30f", force=True))
    house.app.clips.delete_clips(["a"])
    assert house.app.history.restore(newest(house)).moved == {}
    assert house.app.clips.get_clip("a").position_frame == 30


def test_a_choice_is_not_taken_back_to_a_take_that_is_gone(house: House) -> None:
    first = house.app.clips.get_clip("a").selected_image_id
    assert first
    house.app.clips.unselect("a", MediaKind.IMAGE)
    choice = newest(house)
    house.app.takes.delete_takes([first])
    with pytest.raises(Conflict):
        house.app.history.undo(None, choice)
    assert faults(house.store) == []


def test_a_take_that_goes_back_is_shown_no_more_where_it_was(house: House, tmp_path: Path) -> None:
    add_asset(house, tmp_path)
    take = house.app.clips.get_clip("a").selected_image_id
    assert take
    house.app.take_moves.move([take], "b")
    moved = newest(house)
    house.app.takes.select(take)
    house.app.history.undo(None, moved)
    assert house.app.clips.get_clip("b").selected_image_id is None
    assert faults(house.store) == []


def test_a_take_does_not_go_back_to_a_clip_that_is_gone(house: House, tmp_path: Path) -> None:
    add_asset(house, tmp_path)
    take = house.app.clips.get_clip("a").selected_image_id
    assert take
    house.app.take_moves.move([take], "b")
    moved = newest(house)
    house.app.clips.delete_clips(["a"])
    with pytest.raises(NotFound, match="is gone"):
        house.app.history.undo(None, moved)
    assert faults(house.store) == []


def test_an_alternate_does_not_come_back_without_its_original(house: House) -> None:
    house.app.clip_arranger.make_alternate("a", None)
    house.app.clips.delete_clips(["a-a1"])
    deletion = newest(house)
    house.app.clips.delete_clips(["a"])
    with pytest.raises(NotFound, match="what A A1 is an alternate of is gone"):
        house.app.history.restore(deletion)


def test_an_alternate_gets_another_number_if_its_own_is_taken(house: House) -> None:
    house.app.clip_arranger.make_alternate("a", None)
    house.app.clips.delete_clips(["a-a1"])
    deletion = newest(house)
    house.app.clip_arranger.make_alternate("a", "Other")
    house.app.history.restore(deletion)
    assert {house.app.references.clip(slug).alternate_number for slug in ("a-a1", "other")} == {1, 2}


def test_an_alternate_comes_back_to_whoever_stands_in_its_originals_place(house: House) -> None:
    for name in ("One", "Two"):
        house.app.clip_arranger.make_alternate("a", name)
    house.app.clips.delete_clips(["one"])
    deletion = newest(house)
    house.app.clip_arranger.promote("two")
    house.app.history.restore(deletion)
    assert house.app.references.clip("one").original_id == house.app.references.clip("a").id
    assert faults(house.store) == []


@pytest.mark.parametrize("what", ["clip", "scene"])
def test_alternates_that_were_made_since_stay_with_the_family_of_one_that_steps_back(house: House, what: str) -> None:
    arranger: Any = house.app.clip_arranger if what == "clip" else house.app.scene_arranger
    name = "a" if what == "clip" else "verse"
    arranger.make_alternate(name, None)
    arranger.promote(f"{name}-a1")
    promotion = newest(house)
    arranger.make_alternate(name, "Later")
    house.app.history.undo(None, promotion)
    assert faults(house.store) == []


def test_a_clip_that_got_longer_since_does_not_go_back_over_its_neighbour(house: House) -> None:
    house.app.clips.move_clip("a", ClipTimelineUpdateDTO(position="100f"))
    moved = newest(house)
    house.app.clips.update_clip("a", ClipUpdateDTO(length="40f"))
    with pytest.raises(Conflict, match="the old place of A is taken"):
        house.app.history.undo(None, moved)


def test_clips_that_moved_together_do_not_go_back_over_each_other(house: House) -> None:
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New", length="50f", before="a"))
    inserted = newest(house)
    house.app.clips.move_clip("b", ClipTimelineUpdateDTO(position="300f"))
    house.app.clips.update_clip("a", ClipUpdateDTO(length="40f"))
    house.app.clips.move_clip("b", ClipTimelineUpdateDTO(position="90f"))
    with pytest.raises(Conflict):
        house.app.history.undo(None, inserted)
    assert faults(house.store) == []


def test_of_two_who_take_a_change_back_at_once_one_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.app.clips.update_clip("a", ClipUpdateDTO(image_prompt="wrong"))
    change, write = newest(house), house.app._editor.write

    def overtaken(draft: Any) -> None:
        monkeypatch.setattr(house.app._editor, "write", write)
        house.app.history.undo(None, change)
        write(draft)

    monkeypatch.setattr(house.app._editor, "write", overtaken)
    with pytest.raises(Conflict, match="has been taken back already"):
        house.app.history.undo(None, change)
    assert house.app.clips.get_clip("a").image_prompt == "prompt a"
