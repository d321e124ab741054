"""The pool: pictures and videos kept aside, found by any of their tags, and given to clips with their recipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.data import media
from tests.fakes.backend import picture
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import AssetKind
from vidctl.domain.clip import Clip
from vidctl.domain.pool import SourceType
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.base import make_input
from vidctl.dtos.pool_dtos import PoolFilterDTO, PoolItemCreateDTO, PoolItemListResponseDTO
from vidctl.dtos.take_dtos import TagsDTO, TakeNoteDTO
from vidctl.errors import DuplicateName, InvalidInput, MediaInvalid, NotFound


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, rate=0, project="film") as house:
        yield house


@pytest.fixture
def clip(house: House) -> Clip:
    return house.clip(house.scene(house.project("film")))


def take(house: House, clip: Clip, number: int = 0, **fields: Any) -> Take:
    """A take with a picture of its own."""
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture(number))
        asset = house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")
    made = new_take(clip, asset.id, number).model_copy(update=fields)
    return house.app.gallery.add_take(made, {})


def add(house: House, *sources: object, **fields: Any) -> PoolItemListResponseDTO:
    house.clock.advance(seconds=1)
    return house.app.pool.add(None, make_input(PoolItemCreateDTO, sources=[str(s) for s in sources], **fields))


def listed(house: House, **wanted: Any) -> PoolItemListResponseDTO:
    return house.app.pool.list_items(None, make_input(PoolFilterDTO, **wanted))


# adding


def test_a_take_goes_into_the_pool_with_its_recipe(house: House, clip: Clip) -> None:
    made = take(house, clip, 7, model="sdxl", server_name="Box", job_id="gone")
    [item] = add(house, made.id, description="at night", tags=["Night"]).items
    assert (item.name, item.slug) == (f"hero {made.id[:8]}", f"hero-{made.id[:8]}")
    assert (item.content_type, item.seed, item.model_name, item.server_name) == ("image", 7, "sdxl", "Box")
    assert (item.source_type, item.source_clip_id) == (SourceType.CLIP_GENERATION, clip.id)
    assert (item.description, item.tags, item.width) == ("at night", ["night"], 64)
    assert house.app.takes.get_take(made.id).pool == [item.slug]


def test_a_take_that_was_rendered_with_others_says_so(house: House, clip: Clip) -> None:
    jobs = [house.job(clip) for _ in range(2)]
    [item] = add(house, take(house, clip, job_id=jobs[0].id).id).items
    assert item.source_type is SourceType.BATCH_GENERATION


@pytest.mark.parametrize(("name", "kind"), [("sky line.png", "image"), ("loop.webp", "video"), ("loop.mp4", "video")])
def test_a_file_is_decoded_and_kept(house: House, clip: Clip, tmp_path: Path, name: str, kind: str) -> None:
    file = tmp_path / name
    {".png": media.image, ".webp": media.animation, ".mp4": media.video}[file.suffix](file)
    [item] = add(house, file).items
    assert (item.name, item.content_type, item.source_type) == (file.stem, kind, SourceType.MANUAL_UPLOAD)
    assert (item.seed, item.source_clip_id) == (None, None)
    assert Path(item.file).read_bytes() == file.read_bytes()
    file.unlink()
    assert Path(item.file).is_file()


def test_what_is_no_picture_and_no_film_stays_out(house: House, clip: Clip, tmp_path: Path) -> None:
    song, rubbish, cut = media.song(tmp_path / "song.wav", seconds=0.2), tmp_path / "a.png", tmp_path / "b.png"
    rubbish.write_text("rubbish")
    cut.write_bytes(picture()[:80])
    for file in (song, rubbish, cut):
        with pytest.raises(MediaInvalid):
            add(house, file)
    for missing in ("./none.png", "abcdef"):
        with pytest.raises(NotFound):
            add(house, missing)
    with pytest.raises(InvalidInput, match="folder"):
        add(house, f"{tmp_path}/")
    assert listed(house).total == 0


def test_the_same_content_is_in_the_pool_once(house: House, clip: Clip, tmp_path: Path) -> None:
    made = take(house, clip)
    file = tmp_path / "same.png"
    file.write_bytes(picture())
    first = add(house, made.id, name="First", tags=["a"]).items
    assert add(house, made.id, name="Second").items == first
    assert add(house, file, file).items == [*first, *first]
    assert listed(house).total == 1


def test_what_is_in_the_pool_already_gets_the_tags_that_are_given(house: House, clip: Clip) -> None:
    made = take(house, clip)
    add(house, made.id, tags=["a"])
    assert add(house, made.id, made.id, tags=["b", "a"]).items[1].tags == ["a", "b"]
    assert listed(house, tags=["b"]).total == 1


def test_a_name_belongs_to_one_item(house: House, clip: Clip) -> None:
    takes = [take(house, clip, number).id for number in range(3)]
    with pytest.raises(InvalidInput, match="one name"):
        add(house, *takes, name="Sky")
    add(house, takes[0], name="Sky")
    with pytest.raises(DuplicateName, match="in the pool already"):
        add(house, takes[1], name="SKY!")
    assert listed(house).total == 1


def test_one_wrong_source_keeps_all_of_them_out(house: House, clip: Clip) -> None:
    with pytest.raises(NotFound):
        add(house, take(house, clip).id, "abcdef")
    assert listed(house).total == 0


def test_a_files_name_may_be_anything(house: House, clip: Clip, tmp_path: Path) -> None:
    for number, name in enumerate(["é" * 120 + ".png", "a\nb.png", "....png"]):
        (tmp_path / name).write_bytes(picture(number))
        [item] = add(house, tmp_path / name).items
        assert item.name
        assert house.app.pool.get_item(None, item.slug) == item


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 201}, {"description": "x" * 2001}, {"tags": ["a b"]}, {"tags": ["x" * 51]}]
)
def test_names_texts_and_tags_have_their_limits(house: House, clip: Clip, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        add(house, take(house, clip).id, **fields)


# finding


def test_items_are_found_by_any_tag_and_by_kind_page_by_page(house: House, clip: Clip, tmp_path: Path) -> None:
    night, rain, both = (take(house, clip, number).id for number in range(3))
    add(house, night, name="Night", tags=["night"])
    add(house, rain, name="Rain", tags=["rain"])
    add(house, both, name="Both", tags=["night", "rain"])
    add(house, media.video(tmp_path / "loop.mp4", frames=2), tags=["loop"])
    assert [item.slug for item in listed(house, tags=["night", "rain"]).items] == ["both", "rain", "night"]
    assert [item.slug for item in listed(house, tags=["night"]).items] == ["both", "night"]
    assert [item.slug for item in listed(house, kind="video").items] == ["loop"]
    first = listed(house, limit=3)
    assert (first.total, [item.slug for item in first.items]) == (4, ["loop", "both", "rain"])
    second = listed(house, limit=3, after=first.next_after)
    assert ([item.slug for item in second.items], second.next_after) == (["night"], None)


def test_the_pool_of_one_film_is_not_that_of_another(house: House, clip: Clip) -> None:
    add(house, take(house, clip).id, name="Sky")
    house.project("other")
    request = PoolFilterDTO()
    assert house.app.pool.list_items("other", request).total == 0
    with pytest.raises(NotFound, match="no pool item 'sky' in other"):
        house.app.pool.get_item("other", "sky")
    with pytest.raises(NotFound, match="no pool item"):
        house.app.pool.get_item("other", listed(house).items[0].id)


def test_a_name_that_is_nearly_right_is_told_the_right_one(house: House, clip: Clip) -> None:
    add(house, take(house, clip).id, name="Skyline")
    with pytest.raises(NotFound) as refused:
        house.app.pool.get_item(None, "skylin")
    assert refused.value.fix == "did you mean skyline?"


# tagging and removing


def test_items_get_and_lose_tags(house: House, clip: Clip) -> None:
    add(house, take(house, clip).id, name="Sky", tags=["day"])
    [item] = house.app.pool.tag(None, ["sky"], TagsDTO(add=["night", "day"])).items
    assert item.tags == ["day", "night"]
    [item] = house.app.pool.tag(None, ["sky"], TagsDTO(remove=["day"])).items
    assert item.tags == ["night"]


def test_a_removed_item_goes_into_the_trash_and_its_takes_stay(house: House, clip: Clip) -> None:
    [item] = add(house, take(house, clip).id, name="Sky").items
    other = house.clip(house.scenes.find_by_id(clip.scene_id), "crowd")
    house.app.pool.apply(None, "sky", [other.id])
    assert house.app.pool.describe_removal(None, ["sky"]) == "Sky"
    assert house.app.pool.remove(None, ["sky", item.id]).deleted == {"pool items": 1}
    assert house.takes.count({"clip_id": other.id}) == 1
    change = house.app._changes.of_document(item.id)[0]
    assert (change.old_values()["name"], change.asset_ids) == ("Sky", [item.asset_id])


# applying


def test_clips_get_takes_of_an_item_with_its_recipe(house: House, clip: Clip) -> None:
    made = take(house, clip, 7, model="sdxl")
    add(house, made.id, name="Sky", tags=["night"])
    other = house.clip(house.scenes.find_by_id(clip.scene_id), "crowd")
    here, there = house.app.pool.apply(None, "sky", [clip.id, "crowd"]).takes
    assert (there.asset_id, there.seed, there.model_name, there.tags) == (made.asset_id, 7, "sdxl", ["night"])
    assert there.note == "from the pool: Sky"
    assert (here.is_selected, there.is_selected) == (False, True)
    assert house.takes.find_by_id(there.id).request() == made.request()
    assert house.clips.find_by_id(other.id).selected_image_id == there.id


def test_applying_twice_is_applying_once(house: House, clip: Clip, tmp_path: Path) -> None:
    add(house, media.video(tmp_path / "loop.mp4", frames=2))
    first = house.app.pool.apply(None, "loop", [clip.id, clip.id]).takes
    house.app.takes.note(first[0].id, TakeNoteDTO(note="mine"))
    [second] = house.app.pool.apply(None, "loop", [clip.id]).takes
    assert (second.id, second.note, second.content_type) == (first[0].id, "mine", MediaKind.VIDEO)
    assert house.takes.count({}) == 1


def test_an_item_does_not_go_to_another_films_clip(house: House, clip: Clip) -> None:
    add(house, take(house, clip).id, name="Sky")
    stranger = house.clip(slug="far")
    with pytest.raises(InvalidInput, match="another film"):
        house.app.pool.apply(None, "sky", [clip.id, stranger.id])
    assert house.takes.count({"clip_id": stranger.id}) == 0


def test_a_locked_clip_gets_the_take_but_goes_on_showing_what_it_shows(house: House, clip: Clip) -> None:
    add(house, take(house, house.clip(house.scenes.find_by_id(clip.scene_id), "crowd")).id, name="Sky")
    house.clips.update_by_id(clip.id, {"$set": {"locked": True}})
    [given] = house.app.pool.apply(None, "sky", [clip.id]).takes
    assert not given.is_selected
