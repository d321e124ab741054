"""Takes that go to other clips: the file is shared, choices follow, and doing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import picture
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import AssetKind
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.errors import InvalidInput, Locked, NotFound


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, rate=0, project="film") as house:
        yield house


@pytest.fixture
def hero(house: House) -> Clip:
    return house.clip(house.scene(house.project("film")))


@pytest.fixture
def crowd(house: House, hero: Clip) -> Clip:
    return house.clip(house.scenes.find_by_id(hero.scene_id), "crowd")


def add(house: House, clip: Clip, number: int = 0, kind: MediaKind = MediaKind.IMAGE, **fields: Any) -> Take:
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture())
        asset = house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")
    take = new_take(clip, asset.id, number, kind).model_copy(update=fields)
    return house.app.gallery.add_take(take, {})


def shown(house: House, clip: Clip) -> str | None:
    return house.clips.find_by_id(clip.id).selected_image_id


def test_a_moved_take_is_shown_by_its_new_clip_and_not_by_its_old_one(house: House, hero: Clip, crowd: Clip) -> None:
    take = add(house, hero, rating=4, tags=["night"], note="good")
    [moved] = house.app.take_moves.move([take.id], "crowd").items
    assert (moved.id, moved.path, moved.is_selected) == (take.id, "film/verse/crowd", True)
    assert (moved.rating, moved.tags, moved.note) == (4, ["night"], "good")
    assert (shown(house, hero), shown(house, crowd)) == (None, take.id)


def test_a_clip_that_shows_something_goes_on_showing_it(house: House, hero: Clip, crowd: Clip) -> None:
    here, there = add(house, hero, 1), add(house, crowd, 2)
    house.app.take_moves.move([here.id], crowd.id)
    assert shown(house, crowd) == there.id


def test_of_several_that_come_the_first_of_each_kind_is_shown(house: House, hero: Clip, crowd: Clip) -> None:
    takes = [add(house, hero, 1), add(house, hero, 2), add(house, hero, 3, MediaKind.VIDEO)]
    house.app.take_moves.move([take.id for take in takes], crowd.id)
    now = house.clips.find_by_id(crowd.id)
    assert (now.selected_image_id, now.selected_video_id) == (takes[0].id, takes[2].id)
    assert house.clips.find_by_id(hero.id).selected_video_id is None


def test_moving_twice_is_moving_once(house: House, hero: Clip, crowd: Clip) -> None:
    take = add(house, hero)
    house.app.take_moves.move([take.id], crowd.id)
    before = house.takes.find_by_id(take.id)
    house.app.take_moves.move([take.id], crowd.id)
    assert house.takes.find_by_id(take.id) == before


def test_no_take_leaves_a_locked_clip(house: House, hero: Clip, crowd: Clip) -> None:
    takes = [add(house, hero, 1), add(house, hero, 2)]
    house.clips.update_by_id(hero.id, {"$set": {"locked": True}})
    for take in takes:
        with pytest.raises(Locked):
            house.app.take_moves.move([take.id], crowd.id)
    assert house.takes.count({"clip_id": hero.id}) == 2


def test_a_locked_clip_gets_takes_but_shows_none_of_them(house: House, hero: Clip, crowd: Clip) -> None:
    house.clips.update_by_id(crowd.id, {"$set": {"locked": True}})
    [copied] = house.app.take_moves.copy([add(house, hero).id], crowd.id).items
    assert (copied.clip_id, shown(house, crowd)) == (crowd.id, None)


def test_a_copy_shares_the_file_and_stands_for_itself(house: House, hero: Clip, crowd: Clip) -> None:
    take = add(house, hero, 5, rating=4, tags=["night"])
    [copied] = house.app.take_moves.copy([take.id], crowd.id).items
    assert copied.id != take.id
    assert (copied.asset_id, copied.seed, copied.rating, copied.tags) == (take.asset_id, 5, 4, ["night"])
    assert (shown(house, hero), shown(house, crowd)) == (take.id, copied.id)
    assert len(house.assets.find_many({})) == 1


def test_copying_twice_gives_one_copy(house: House, hero: Clip, crowd: Clip) -> None:
    take = add(house, hero)
    first, second = (house.app.take_moves.copy([take.id, take.id], crowd.id).items for _ in range(2))
    assert first == second
    assert house.takes.count({"clip_id": crowd.id}) == 1


def test_a_copy_that_somebody_else_makes_at_the_same_time_is_found(
    house: House, hero: Clip, crowd: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, write = add(house, hero), house.store.write_all
    rivals = iter([lambda: house.app.take_moves.copy([take.id], crowd.id)])

    def overtaken(writes: Any) -> None:
        if (rival := next(rivals, None)) is not None:
            rival()
        write(writes)

    monkeypatch.setattr(house.store, "write_all", overtaken, raising=False)
    [copied] = house.app.take_moves.copy([take.id], crowd.id).items
    assert [each.id for each in house.takes.find_many({"clip_id": crowd.id})] == [copied.id]


def test_a_take_goes_to_another_film(house: House, hero: Clip) -> None:
    elsewhere = house.clip(house.scene(house.project("other")), "far")
    [moved] = house.app.take_moves.move([add(house, hero).id], "other/verse/far").items
    assert (moved.project_id, moved.path) == (elsewhere.project_id, "other/verse/far")


def test_a_characters_take_becomes_a_clips(house: House, hero: Clip) -> None:
    ada = house.app._characters.create(Character(project_id=hero.project_id, name="Ada", slug="ada"))
    take = add(house, hero, clip_id="", character_id=ada.id)
    [copied] = house.app.take_moves.copy([take.id], hero.id).items
    assert (copied.clip_id, copied.character_id, copied.is_selected) == (hero.id, "", True)
    assert house.app.take_moves.move([take.id], hero.id).items[0].character_id == ""


def test_the_choices_that_a_move_changes_can_be_taken_back(house: House, hero: Clip, crowd: Clip) -> None:
    take = add(house, hero)
    house.app.take_moves.move([take.id], crowd.id)
    [change_set] = house.app._change_sets.newest({"project_id": hero.project_id})
    assert (change_set.action, change_set.counts) == ("take move", {"clips": 2, "takes": 1})


def test_takes_do_not_go_where_nothing_is(house: House, hero: Clip) -> None:
    take = add(house, hero)
    with pytest.raises(NotFound):
        house.app.take_moves.move([take.id], "nowhere")
    with pytest.raises(InvalidInput, match="several films"):
        house.app.take_moves.copy([take.id, add(house, house.clip(slug="other")).id], hero.id)
