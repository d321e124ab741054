"""Drafts: written whole or not at all, and kept so that they can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.fakes.house import House
from vidctl.domain.change import ChangeKind
from vidctl.domain.clip import Clip
from vidctl.domain.document import new_id
from vidctl.errors import DuplicateName, InvalidInput, Locked, NotFound, StaleDocument
from vidctl.repositories.turns import Turn
from vidctl.services.editor import Draft


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as opened:
        yield opened


def test_a_draft_writes_several_documents_at_once(house: House) -> None:
    scene = house.scene(house.project())
    one, two = house.clip(scene, "one"), house.clip(scene, "two")
    draft = Draft("test")
    for clip in (one, two):
        draft.change(house.clips, clip, {"image_prompt": "rain"})
    house.app._editor.write(draft)
    assert {clip.image_prompt for clip in house.clips.find_many({})} == {"rain"}


def test_what_a_change_returns_is_what_is_stored(house: House) -> None:
    clip = house.clip()
    changed = house.app._editor.change("test", house.clips, clip.id, {"image_prompt": "rain"})
    assert changed.updated_at > clip.updated_at
    assert changed == house.clips.find_by_id(clip.id)


def test_of_a_draft_that_is_refused_nothing_is_written(house: House) -> None:
    scene = house.scene(house.project())
    one, two = house.clip(scene, "one"), house.clip(scene, "two")
    draft = Draft("test")
    draft.change(house.clips, one, {"image_prompt": "rain"})
    draft.change(house.clips, two, {"slug": "one"})
    with pytest.raises(DuplicateName, match="a clip of this name"):
        house.app._editor.write(draft)
    assert house.clips.find_by_id(one.id) == house.clips.find_by_id(one.id).model_copy(update={"image_prompt": ""})
    assert house.app._changes.count({}) == 0


def test_a_stale_document_is_told_with_what_has_changed(house: House) -> None:
    clip = house.clip()
    draft = Draft("test")
    draft.change(house.clips, clip, {"image_prompt": "rain"})
    house.clips.update_by_id(clip.id, {"$set": {"image_prompt": "snow"}})
    with pytest.raises(StaleDocument) as refused:
        house.app._editor.write(draft)
    assert refused.value.details["fields"] == ["image_prompt"]


def test_a_deletion_of_what_was_changed_meanwhile_is_refused(house: House) -> None:
    clip = house.clip()
    draft = Draft("test")
    draft.delete(house.clips, clip)
    house.clips.update_by_id(clip.id, {"$set": {"notes": "wait"}})
    with pytest.raises(StaleDocument):
        house.app._editor.write(draft)
    assert house.clips.count({"id": clip.id}) == 1


def test_a_deletion_of_what_is_gone_is_told(house: House) -> None:
    clip = house.clip()
    draft = Draft("test")
    draft.delete(house.clips, clip)
    house.clips.delete_by_id(clip.id)
    with pytest.raises(NotFound):
        house.app._editor.write(draft)


def test_what_stays_the_same_is_not_written(house: House) -> None:
    clip = house.clip(image_prompt="rain")
    house.app._editor.change("test", house.clips, clip.id, {"image_prompt": "rain"})
    assert house.clips.find_by_id(clip.id).revision == clip.revision
    assert house.app._change_sets.count({}) == 0


def test_a_change_of_nothing_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="nothing to change"):
        house.app._editor.change("test", house.clips, house.clip().id, {})


def test_two_changes_of_one_document_follow_one_another(house: House) -> None:
    clip = house.clip()
    draft = Draft("test")
    draft.change(house.clips, clip, {"name": "One"})
    draft.change(house.clips, clip, {"notes": "two"})
    house.app._editor.write(draft)
    stored = house.clips.find_by_id(clip.id)
    assert (stored.name, stored.notes, stored.revision) == ("One", "two", clip.revision + 2)


def test_changes_at_once_all_come_through(house: House) -> None:
    clip = house.clip()

    def set_one(number: int) -> None:
        house.app._editor.change(
            "test", house.clips, clip.id, lambda now: {"image_settings": {**now.image_settings, f"s{number}": number}}
        )

    with ThreadPoolExecutor(8) as crew:
        list(crew.map(set_one, range(24)))
    assert house.clips.find_by_id(clip.id).image_settings == {f"s{number}": number for number in range(24)}


def test_a_locked_clip_refuses_every_change_but_the_unlocking(house: House) -> None:
    clip = house.clip(locked=True)
    for changes in ({"name": "Other"}, {"locked": False, "name": "Other"}, {"selected_image_id": "x"}):
        with pytest.raises(Locked, match="is locked and cannot be changed"):
            house.app._editor.change("test", house.clips, clip.id, changes)
    house.app._editor.change("test", house.clips, clip.id, {"locked": False})
    assert house.app._editor.change("test", house.clips, clip.id, {"name": "Other"}).name == "Other"


def test_a_locked_clip_cannot_be_deleted(house: House) -> None:
    clip = house.clip(locked=True)
    with pytest.raises(Locked, match="cannot be deleted"):
        Draft("test").delete(house.clips, clip)


def test_changes_of_texts_are_counted_as_versions_and_others_not(house: House) -> None:
    clip = house.clip()
    for changes in ({"image_prompt": "rain"}, {"notes": "n"}, {"lyrics": "la"}, {"tags": ["a"]}):
        house.app._editor.change("test", house.clips, clip.id, changes)
    assert house.clips.find_by_id(clip.id).version == 3
    kept = house.app._changes.of_document(clip.id)
    assert [(c.version, c.old_values()) for c in kept if c.version is not None and "lyrics" in c.old_values()] == [
        (2, {"lyrics": ""})
    ]


def test_the_history_says_what_was_done_to_what(house: House) -> None:
    clip = house.clip(image_prompt="sun")
    house.app._editor.change("clip update", house.clips, clip.id, {"image_prompt": "rain"})
    (told,) = house.app._change_sets.newest({"project_id": clip.project_id})
    (change,) = house.app._changes.of_set(told.id)
    assert (told.action, told.label, told.kind, told.counts) == ("clip update", "Hero", ChangeKind.EDIT, {"clips": 1})
    assert (change.old_values(), change.new_values()) == ({"image_prompt": "sun"}, {"image_prompt": "rain"})


def test_what_is_new_is_kept_once_as_it_is_in_the_end(house: House) -> None:
    scene = house.scene(house.project())
    draft = Draft("clip create", scene.project_id)
    made = draft.create(house.clips, Clip(project_id=scene.project_id, scene_id=scene.id, name="N", slug="n", length=9))
    draft.change(house.clips, made, {"image_prompt": "rain"})
    house.app._editor.write(draft)
    (told,) = house.app._change_sets.newest({"project_id": scene.project_id})
    (change,) = house.app._changes.of_set(told.id)
    assert (told.kind, told.counts, told.created) == (ChangeKind.EDIT, {}, 1)
    assert (change.kind, change.document_revision, change.old_values()) == (ChangeKind.CREATION, 0, {})
    assert change.new_values()["image_prompt"] == "rain"


# turns


def test_one_who_thinks_long_gets_through_among_many_who_are_quick(tmp_path: Path) -> None:
    with House(tmp_path, rate=1.0) as house:
        clip, stop = house.clip(), Event()

        def write_on(number: int) -> None:
            while not stop.is_set():
                house.app._editor.change("test", house.clips, clip.id, {"notes": new_id()})

        def think() -> tuple[Draft, Clip]:
            found = house.clips.find_by_id(clip.id)
            stop.wait(0.05)
            draft = Draft("test", found.project_id)
            return draft, draft.change(house.clips, found, {"lyrics": "la"})

        with ThreadPoolExecutor(2) as crew:
            busy = [crew.submit(write_on, number) for number in range(2)]
            try:
                house.app._editor.attempt(think)
            finally:
                stop.set()
            for each in busy:
                each.result()
        assert house.clips.find_by_id(clip.id).lyrics == "la"


def test_a_turn_at_one_film_keeps_nobody_from_another(house: House) -> None:
    with Turn(house.store) as mine, Turn(house.store) as another:
        mine.claim("film")
        assert not another.let_go_first("other film")
        assert not mine.let_go_first("film")


def test_a_turn_ends_with_its_block(house: House) -> None:
    with Turn(house.store) as mine:
        mine.claim("film")
    assert not Turn(house.store).let_go_first("film")


def test_the_turn_of_one_who_was_killed_ends_by_itself(tmp_path: Path) -> None:
    with House(tmp_path, rate=0) as house, Turn(house.store) as another:
        Turn(house.store).claim("film")
        house.clock.advance(seconds=6)
        assert not another.let_go_first("film")
        another.claim("film")
