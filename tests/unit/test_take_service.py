"""Takes one by one: listed by pages, chosen, rated, tagged, noted, deleted; and no work is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import picture
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.base import make_input
from vidctl.dtos.take_dtos import TagsDTO, TakeFilterDTO, TakeListResponseDTO, TakeNoteDTO, TakeRatingDTO
from vidctl.errors import InvalidInput, Locked, NotFound
from vidctl.services.take_service import TakeService


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, rate=0, project="film") as house:
        yield house


@pytest.fixture
def service(house: House) -> TakeService:
    return house.app.takes


@pytest.fixture
def clip(house: House) -> Clip:
    return house.clip(house.scene(house.project("film")))


def asset(house: House, number: int = 0) -> Asset:
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture(number))
        return house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")


def add(house: House, clip: Clip, number: int = 0, kind: MediaKind = MediaKind.IMAGE, **fields: Any) -> Take:
    """A take that landed a second after the one before."""
    house.clock.advance(seconds=1)
    take = new_take(clip, asset(house).id, number, kind, at=house.store.now())
    return house.app.gallery.add_take(take.model_copy(update=fields), {})


def listed(service: TakeService, **wanted: Any) -> TakeListResponseDTO:
    return service.list_takes("film", make_input(TakeFilterDTO, **wanted))


def ids(found: TakeListResponseDTO) -> list[str]:
    return [take.id for take in found.items]


# lists


def test_a_films_takes_are_listed_newest_first_with_the_paths_of_their_clips(
    house: House, service: TakeService, clip: Clip
) -> None:
    other = house.clip(house.scenes.find_by_id(clip.scene_id), "crowd")
    first, second = add(house, clip), add(house, other)
    add(house, house.clip(slug="elsewhere"))
    found = listed(service)
    assert ids(found) == [second.id, first.id]
    assert [take.path for take in found.items] == ["film/verse/crowd", "film/verse/hero"]
    assert [take.is_selected for take in found.items] == [True, True]
    assert (found.total, found.next_after) == (2, None)


def test_pages_follow_each_other_and_the_last_one_says_so(house: House, service: TakeService, clip: Clip) -> None:
    takes = [add(house, clip, number).id for number in range(5)][::-1]
    first = listed(service, limit=2)
    second = listed(service, limit=2, after=first.next_after)
    third = listed(service, limit=2, after=second.next_after)
    assert ids(first) + ids(second) + ids(third) == takes
    assert [page.total for page in (first, second, third)] == [5, 5, 5]
    assert third.next_after is None
    assert listed(service, limit=5).next_after is None


def test_a_page_goes_on_behind_a_take_that_was_rated_meanwhile(house: House, service: TakeService, clip: Clip) -> None:
    takes = [add(house, clip, number).id for number in range(4)][::-1]
    first = listed(service, limit=2)
    service.rate([takes[1]], TakeRatingDTO(rating=5))
    assert ids(listed(service, limit=2, after=first.next_after)) == takes[2:]


def test_the_best_come_first_and_those_without_a_rating_last(house: House, service: TakeService, clip: Clip) -> None:
    ratings = [None, 3, 5, 3]
    takes = [add(house, clip, number, rating=rating).id for number, rating in enumerate(ratings)]
    in_order = [takes[2], takes[3], takes[1], takes[0]]
    assert ids(listed(service, sort="-rating")) == in_order
    page = listed(service, sort="-rating", limit=3)
    assert ids(page) + ids(listed(service, sort="-rating", after=page.next_after)) == in_order


@pytest.mark.parametrize(
    ("rating", "found"), [("3", {3}), ("3+", {3, 4, 5}), ("5+", {5}), ("none", {None}), ("NONE", {None})]
)
def test_takes_are_found_by_their_rating(
    house: House, service: TakeService, clip: Clip, rating: str, found: set[int | None]
) -> None:
    for number, each in enumerate([None, 1, 2, 3, 4, 5]):
        add(house, clip, number, rating=each)
    assert {take.rating for take in listed(service, rating=rating).items} == found


@pytest.mark.parametrize("rating", ["0", "6", "3-", "+3", "", "good"])
def test_a_rating_that_there_cannot_be_is_not_looked_for(service: TakeService, clip: Clip, rating: str) -> None:
    with pytest.raises(InvalidInput, match="no rating to look for"):
        listed(service, rating=rating)


def test_any_of_several_tags_will_do(house: House, service: TakeService, clip: Clip) -> None:
    hero = add(house, clip, 1, tags=["hero", "night"])
    rain = add(house, clip, 2, tags=["rain"])
    add(house, clip, 3)
    assert ids(listed(service, tags=["hero"])) == [hero.id]
    assert ids(listed(service, tags=["Hero", "rain"])) == [rain.id, hero.id]
    assert ids(listed(service, tags=["none"])) == []


def test_takes_are_found_by_clips_kind_and_character(house: House, service: TakeService, clip: Clip) -> None:
    still, video = add(house, clip, 1), add(house, clip, 2, MediaKind.VIDEO)
    other = add(house, house.clip(house.scenes.find_by_id(clip.scene_id), "crowd"))
    ada = house.app._characters.create(Character(project_id=clip.project_id, name="Ada", slug="ada"))
    portrait = new_take(clip, still.asset_id, 9).model_copy(update={"clip_id": "", "character_id": ada.id})
    house.app.gallery.add_take(portrait, {})
    assert ids(listed(service, clips=[clip.id])) == [video.id, still.id]
    assert ids(listed(service, clips=["film/verse/hero", other.clip_id], kind="image")) == [other.id, still.id]
    [found] = listed(service, character="ada").items
    assert (found.id, found.path, found.is_selected) == (portrait.id, "film/ada", False)
    with pytest.raises(InvalidInput, match="clips and a character"):
        listed(service, clips=[clip.id], character="ada")


def test_what_is_not_there_cannot_be_listed(service: TakeService, clip: Clip) -> None:
    for wanted in ({"clips": ["nobody"]}, {"character": "nobody"}, {"after": "abcd"}):
        with pytest.raises(NotFound):
            listed(service, **wanted)


@pytest.mark.parametrize("wanted", [{"limit": 0}, {"limit": 10_001}, {"kind": "sound"}, {"sort": "size"}])
def test_lists_have_their_limits(service: TakeService, wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        listed(service, **wanted)


# one take


def test_all_that_is_known_of_a_take_is_told(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip, 7, seconds=1.5, server_name="Box", job_id="j", prompt_id="p", rating=4, note="good")
    add(house, clip, 8)
    shown = service.get_take(take.id[:8])
    assert (shown.seed, shown.server_name, shown.render_seconds, shown.rating) == (7, "Box", 1.5, 4)
    assert (shown.media_type, shown.original_name, shown.width) == ("image/png", "picture.png", 64)
    assert shown.recipe is not None
    assert shown.recipe["seed"] == 7
    assert (shown.is_selected, shown.other_takes, shown.pool) == (True, 1, [])


def test_a_take_of_a_brought_file_has_no_recipe(house: House, service: TakeService, clip: Clip) -> None:
    shown = service.get_take(add(house, clip, recipe="").id)
    assert (shown.recipe, shown.seed, shown.prompt) == (None, None, "")


def test_a_take_whose_file_has_no_record_is_told(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    house.assets.delete_by_id(take.asset_id)
    with pytest.raises(NotFound, match="record of the file"):
        listed(service)


def test_there_is_no_take_of_a_wrong_id(service: TakeService) -> None:
    with pytest.raises(NotFound):
        service.get_take("abcdef")


# choosing


def test_a_take_is_chosen_and_the_choice_can_be_looked_up(house: House, service: TakeService, clip: Clip) -> None:
    first, second = add(house, clip, 1), add(house, clip, 2)
    assert service.select(second.id).is_selected
    assert house.clips.find_by_id(clip.id).selected_image_id == second.id
    [change] = house.app._changes.of_document(clip.id)
    assert change.old_values() == {"selected_image_id": first.id}


def test_another_video_is_shown_from_its_start(house: House, service: TakeService, clip: Clip) -> None:
    add(house, clip, 1, MediaKind.VIDEO)
    second = add(house, clip, 2, MediaKind.VIDEO)
    house.clips.update_by_id(clip.id, {"$set": {"source_start": 12}})
    service.select(add(house, clip, 3).id)
    assert house.clips.find_by_id(clip.id).source_start == 12
    service.select(second.id)
    assert house.clips.find_by_id(clip.id).source_start == 0


def test_a_locked_clip_keeps_its_choice_and_its_takes(house: House, service: TakeService, clip: Clip) -> None:
    first, second = add(house, clip, 1), add(house, clip, 2)
    house.clips.update_by_id(clip.id, {"$set": {"locked": True}})
    for refused in (lambda: service.select(second.id), lambda: service.delete_takes([second.id])):
        with pytest.raises(Locked):
            refused()
    service.rate([second.id], TakeRatingDTO(rating=2))
    assert house.clips.find_by_id(clip.id).selected_image_id == first.id
    assert len(house.takes.find_many({})) == 2


def test_what_lands_in_a_locked_clip_is_kept_but_not_shown(house: House, clip: Clip) -> None:
    house.clips.update_by_id(clip.id, {"$set": {"locked": True}})
    take = add(house, clip)
    assert house.clips.find_by_id(clip.id).selected_image_id is None
    assert house.takes.find_by_id(take.id)


def test_a_characters_take_cannot_be_shown_by_a_clip(house: House, service: TakeService, clip: Clip) -> None:
    take = house.takes.create(new_take(clip, asset(house).id).model_copy(update={"clip_id": "", "character_id": "c"}))
    with pytest.raises(InvalidInput, match="belongs to a character"):
        service.select(take.id)


# rating, tags, notes


def test_several_takes_are_rated_at_once_and_the_rating_can_go(house: House, service: TakeService, clip: Clip) -> None:
    takes = [add(house, clip, number).id for number in range(2)]
    assert [take.rating for take in service.rate(takes, TakeRatingDTO(rating=5)).items] == [5, 5]
    assert [take.rating for take in service.rate(takes[:1], TakeRatingDTO(rating=None)).items] == [None]
    [change_set] = [
        each for each in house.app._change_sets.newest({"project_id": clip.project_id}) if each.counts == {"takes": 2}
    ]
    assert (change_set.action, change_set.label) == ("take rate", "2 takes")


@pytest.mark.parametrize("rating", [0, 6, -1, 2.5])
def test_a_rating_is_one_to_five(rating: float) -> None:
    with pytest.raises(InvalidInput):
        make_input(TakeRatingDTO, rating=rating)


def test_tags_come_once_in_lower_case_and_go(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    service.tag([take.id], TagsDTO(add=["Hero", "night", "hero"]))
    [tagged] = service.tag([take.id, take.id], TagsDTO(add=["rain"], remove=["NIGHT", "never"])).items
    assert tagged.tags == ["hero", "rain"]


@pytest.mark.parametrize("tag", ["", " ", "two words", "a,b", "x" * 51, "a\nb", "a\tb"])
def test_a_tag_is_one_short_word(tag: str) -> None:
    with pytest.raises(InvalidInput):
        make_input(TagsDTO, add=[tag])


def test_a_take_bears_a_hundred_tags_and_no_more(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip, tags=[f"t{number}" for number in range(99)])
    service.tag([take.id], TagsDTO(add=["x" * 50]))
    with pytest.raises(InvalidInput):
        service.tag([take.id], TagsDTO(add=["more"]))
    assert len(house.takes.find_by_id(take.id).tags) == 100


def test_tagging_needs_a_tag_and_one_meaning(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    with pytest.raises(InvalidInput, match="no tag"):
        service.tag([take.id], TagsDTO())
    with pytest.raises(InvalidInput, match="added and removed"):
        service.tag([take.id], TagsDTO(add=["a"], remove=["A"]))


def test_a_note_is_kept_and_cleared(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    assert service.note(take.id, TakeNoteDTO(note="the left hand")).items[0].note == "the left hand"
    assert service.note(take.id, TakeNoteDTO(note="")).items[0].note == ""
    with pytest.raises(InvalidInput):
        make_input(TakeNoteDTO, note="x" * 5001)


def test_one_wrong_take_among_many_changes_none(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    with pytest.raises(NotFound):
        service.rate([take.id, "abcdef"], TakeRatingDTO(rating=1))
    assert house.takes.find_by_id(take.id).rating is None


def test_takes_of_two_films_are_not_changed_as_one(house: House, service: TakeService, clip: Clip) -> None:
    takes = [add(house, clip).id, add(house, house.clip(slug="other")).id]
    with pytest.raises(InvalidInput, match="several films"):
        service.delete_takes(takes)


# deleting


def test_a_deleted_take_is_no_longer_shown_and_both_can_be_brought_back(
    house: House, service: TakeService, clip: Clip
) -> None:
    first, second = add(house, clip, 1), add(house, clip, 2)
    assert service.describe_deletion([first.id, second.id]) == "2 takes, of which 1 is selected"
    deleted = service.delete_takes([first.id])
    assert deleted.deleted == {"takes": 1}
    assert house.clips.find_by_id(clip.id).selected_image_id is None
    assert [take.id for take in house.takes.find_many({})] == [second.id]
    [change_set] = house.app._change_sets.newest({"project_id": clip.project_id})
    kept = {change.collection: change for change in house.app._changes.of_set(change_set.id)}
    assert kept["takes"].old_values()["id"] == first.id
    assert kept["clips"].old_values() == {"selected_image_id": first.id}


def test_the_file_of_a_deleted_take_stays(house: House, service: TakeService, clip: Clip) -> None:
    take = add(house, clip)
    service.delete_takes([take.id])
    assert house.files.path(house.assets.find_by_id(take.asset_id).location).is_file()


def test_deleting_one_that_is_not_shown_leaves_the_choice(house: House, service: TakeService, clip: Clip) -> None:
    first, second = add(house, clip, 1), add(house, clip, 2)
    service.delete_takes([second.id])
    assert house.clips.find_by_id(clip.id).selected_image_id == first.id


def test_a_take_that_was_chosen_while_it_is_deleted_is_not_shown(
    house: House, service: TakeService, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(house, clip, 1)
    second = add(house, clip, 2)
    write = house.store.write_all
    rivals = iter([lambda: service.select(second.id)])

    def overtaken(writes: Any) -> None:
        if (rival := next(rivals, None)) is not None:
            rival()
        write(writes)

    monkeypatch.setattr(house.store, "write_all", overtaken, raising=False)
    service.delete_takes([second.id])
    assert house.clips.find_by_id(clip.id).selected_image_id is None
    assert house.takes.find_one({"id": second.id}) is None
