"""Reference images: what is taken as one, what is refused, and that nothing is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import AssetKind
from vidctl.domain.character import ReferenceRole
from vidctl.domain.limits import PICTURE_BYTES, check_picture_bytes, check_picture_sides
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import make_input
from vidctl.dtos.character_dtos import CharacterCreateDTO, ReferenceImageListDTO, ReferenceImagesAddDTO
from vidctl.errors import AmbiguousReference, InvalidInput, MediaInvalid, NotFound
from vidctl.services.character_references import CharacterReferences

SIDE = (512, 512)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film") as house:
        house.scene(house.project("film"))
        house.app.characters.create_character(None, CharacterCreateDTO(name="Ada"))
        yield house


@pytest.fixture
def images(house: House) -> CharacterReferences:
    return house.app.character_references


def picture(folder: Path, number: int = 0, size: tuple[int, int] = SIDE, name: str = "") -> str:
    return str(media.image(folder / (name or f"picture-{number}.png"), number=number, size=size))


def add(images: CharacterReferences, *pictures: str, role: str | None = None) -> ReferenceImageListDTO:
    return images.add(None, "ada", make_input(ReferenceImagesAddDTO, pictures=list(pictures), role=role))


# what is taken


def test_pictures_are_copied_and_listed_in_their_order(
    house: House, images: CharacterReferences, tmp_path: Path
) -> None:
    told = add(images, picture(tmp_path, 1), picture(tmp_path, 2), role="body")
    assert (told.added, told.total, told.warnings) == (2, 2, [])
    assert [(each.name, each.role, each.width) for each in told.items] == [
        ("picture-1.png", ReferenceRole.BODY, 512),
        ("picture-2.png", ReferenceRole.BODY, 512),
    ]
    assert Path(told.items[0].file).read_bytes() == (tmp_path / "picture-1.png").read_bytes()
    assert images.list_images(None, "ada").items == told.items


def test_a_picture_is_never_there_twice(images: CharacterReferences, tmp_path: Path) -> None:
    add(images, picture(tmp_path, 1))
    told = add(images, picture(tmp_path, 1, name="same.png"), picture(tmp_path, 2), picture(tmp_path, 2))
    assert (told.added, [each.name for each in told.items]) == (1, ["picture-1.png", "picture-2.png"])


def test_a_role_that_is_given_counts_for_a_picture_that_is_there_and_none_leaves_it(
    images: CharacterReferences, tmp_path: Path
) -> None:
    assert add(images, picture(tmp_path, 1)).items[0].role is ReferenceRole.REFERENCE
    assert add(images, picture(tmp_path, 1), role="face").items[0].role is ReferenceRole.FACE
    assert add(images, picture(tmp_path, 1)).items[0].role is ReferenceRole.FACE


def bring(house: House, number: int = 0, size: tuple[int, int] = SIDE) -> str:
    """The id of a stored picture."""
    with house.files.incoming("picture.png") as incoming:
        media.image(incoming, number=number, size=size)
        return house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png").id


def test_a_take_is_taken_by_its_id_and_its_file_is_not_copied(house: House, images: CharacterReferences) -> None:
    [scene] = house.scenes.find_many({})
    asset = bring(house)
    take = house.app.gallery.add_take(new_take(house.clip(scene), asset), {})
    told = add(images, take.id[:8])
    assert [(each.asset_id, each.name) for each in told.items] == [(asset, f"take-{take.id[:8]}.png")]


def test_takes_of_another_film_and_videos_are_refused(house: House, images: CharacterReferences) -> None:
    [scene] = house.scenes.find_many({})
    asset = bring(house)
    foreign = house.app.gallery.add_take(new_take(house.clip(), asset), {})
    film = house.app.gallery.add_take(new_take(house.clip(scene), asset, kind=MediaKind.VIDEO), {})
    with pytest.raises(NotFound, match="another project"):
        add(images, foreign.id)
    with pytest.raises(InvalidInput, match="is a video"):
        add(images, film.id)


def test_a_take_that_is_too_small_is_refused(house: House, images: CharacterReferences) -> None:
    [scene] = house.scenes.find_many({})
    take = house.app.gallery.add_take(new_take(house.clip(scene), bring(house, size=(64, 64))), {})
    with pytest.raises(MediaInvalid, match="too small"):
        add(images, take.id)


# limits


def test_one_must_be_named_and_twenty_may_be_there(images: CharacterReferences, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least 1"):
        add(images)
    size = (256, 256)
    assert add(images, *(picture(tmp_path, number, size) for number in range(19))).total == 19
    assert add(images, picture(tmp_path, 19, size)).total == 20
    with pytest.raises(InvalidInput, match="21"):
        add(images, picture(tmp_path, 20, size))
    assert add(images, picture(tmp_path, 5, size)).total == 20
    assert images.list_images(None, "ada").total == 20


@pytest.mark.parametrize(("size", "warned"), [((256, 256), True), ((511, 800), True), ((512, 800), False)])
def test_small_pictures_are_taken_with_a_warning(
    images: CharacterReferences, tmp_path: Path, size: tuple[int, int], warned: bool
) -> None:
    assert [("512 pixels" in text) for text in add(images, picture(tmp_path, 0, size)).warnings] == [True] * warned


@pytest.mark.parametrize("size", [(255, 255), (2000, 255), (8193, 256)])
def test_pictures_of_sizes_that_show_nothing_or_fill_the_memory_are_refused(
    house: House, images: CharacterReferences, tmp_path: Path, size: tuple[int, int]
) -> None:
    with pytest.raises(MediaInvalid):
        add(images, picture(tmp_path, 0, size))
    assert (house.assets.find_many({}), images.list_images(None, "ada").total) == ([], 0)


def test_the_limits_are_themselves_allowed() -> None:
    assert check_picture_sides("a", 8192, 8192) == ""
    assert check_picture_sides("a", 8192, 256)
    check_picture_bytes("a", PICTURE_BYTES)
    with pytest.raises(MediaInvalid, match="too large"):
        check_picture_bytes("a", PICTURE_BYTES + 1)


def test_a_file_of_too_many_bytes_is_refused_before_it_is_decoded(
    images: CharacterReferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(images, "_examine")
    path = Path(picture(tmp_path))
    with path.open("ab") as file:
        file.truncate(PICTURE_BYTES + 1)
    with pytest.raises(MediaInvalid, match="too large"):
        add(images, str(path))


def test_what_is_no_picture_is_refused_and_of_several_none_is_taken(
    house: House, images: CharacterReferences, tmp_path: Path
) -> None:
    (tmp_path / "text.png").write_text("red hair")
    half = Path(picture(tmp_path, 3, (600, 600)))
    half.write_bytes(half.read_bytes()[:-20])
    film = media.video(tmp_path / "film.mp4", frames=2, size=SIDE)
    for bad in (tmp_path / "text.png", half, film, media.animation(tmp_path / "moving.webp")):
        with pytest.raises(MediaInvalid):
            add(images, picture(tmp_path, 1), str(bad))
    with pytest.raises(NotFound):
        add(images, picture(tmp_path, 1), str(tmp_path / "none.png"))
    with pytest.raises(InvalidInput, match="folder"):
        add(images, str(tmp_path))
    with pytest.raises(InvalidInput, match="no path"):
        add(images, "x" * 300)
    assert (images.list_images(None, "ada").total, house.assets.find_many({})) == (0, [])


def test_a_role_that_is_none_is_refused(images: CharacterReferences, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="role"):
        add(images, picture(tmp_path), role="hat")


# taking away


def test_images_are_taken_away_by_name_or_id_and_come_back_with_undo(
    house: House, images: CharacterReferences, tmp_path: Path
) -> None:
    first, second, third = add(images, *(picture(tmp_path, number) for number in range(3))).items
    told = images.remove(None, "ada", ["picture-0.png", second.asset_id[:10]])
    assert [each.asset_id for each in told.items] == [third.asset_id]
    house.app.history.undo(None, None)
    assert images.list_images(None, "ada").items == [first, second, third]


def test_one_that_is_not_there_is_told_with_those_that_are(images: CharacterReferences, tmp_path: Path) -> None:
    add(images, picture(tmp_path, 1))
    with pytest.raises(NotFound) as refused:
        images.remove(None, "ada", ["picture-1.jpg"])
    assert "picture-1.png" in refused.value.fix
    assert images.list_images(None, "ada").total == 1


def test_a_name_that_two_images_have_is_ambiguous(images: CharacterReferences, tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        add(images, picture(folder, number, name="face.png"))
    with pytest.raises(AmbiguousReference):
        images.remove(None, "ada", ["face.png"])
    assert images.list_images(None, "ada").total == 2


# several people at once


def test_pictures_that_are_added_at_once_are_all_there(images: CharacterReferences, tmp_path: Path) -> None:
    pictures = [picture(tmp_path, number, (256, 256)) for number in range(8)]
    with ThreadPoolExecutor(4) as crew:
        list(crew.map(lambda path: add(images, path), pictures))
    assert sorted(each.name for each in images.list_images(None, "ada").items) == sorted(
        Path(path).name for path in pictures
    )
