"""Takes side by side: small pictures of stills, films and animations, on a sheet or for a terminal."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.data import media
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import AssetKind
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.errors import Conflict, InvalidInput, MediaInvalid, NotFound
from vidctl.gateways.thumbnails import raster, thumbnail


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, rate=0, project="film") as house:
        yield house


@pytest.fixture
def clip(house: House) -> Clip:
    return house.clip(house.scene(house.project("film")))


def take(house: House, clip: Clip, number: int = 1, **fields: object) -> Take:
    with house.files.incoming("p.png") as incoming:
        media.image(incoming, number=number)
        asset = house.app.gallery.store_file(incoming, AssetKind.IMAGE, "p.png")
    return house.app.gallery.add_take(new_take(clip, asset.id, number).model_copy(update=fields), {})


# thumbnails


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "film.mkv", "film.mov"])
def test_of_a_film_the_frame_in_its_middle_is_shown(tmp_path: Path, name: str) -> None:
    picture = thumbnail(media.video(tmp_path / name, frames=9, first=20), (64, 64))
    assert media.read_barcode(picture) == (1, 24)


@pytest.mark.parametrize("name", ["loop.webp", "loop.gif", "loop.png"])
def test_of_an_animated_picture_the_middle_is_shown_too(tmp_path: Path, name: str) -> None:
    picture = thumbnail(media.animation(tmp_path / name, frames=6), (64, 64))
    assert media.read_barcode(picture) == (1, 3)


def test_a_film_of_one_frame_is_shown(tmp_path: Path) -> None:
    assert media.read_barcode(thumbnail(media.video(tmp_path / "one.mp4", frames=1), (64, 64))) == (1, 0)


@pytest.mark.parametrize(("size", "shown"), [((64, 64), (20, 20)), ((128, 64), (20, 10)), ((30, 90), (7, 20))])
def test_a_picture_keeps_its_shape(tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]) -> None:
    picture = thumbnail(media.image(tmp_path / "p.png", size=size), (20, 20))
    assert picture.size == pytest.approx(shown, abs=1)


def test_for_a_terminal_a_picture_is_an_even_number_of_rows_of_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (30, 15), (255, 0, 10)).save(tmp_path / "red.png")
    drawn = raster(tmp_path / "red.png", (10, 10))
    assert (drawn.width, drawn.height, len(drawn.rgb)) == (10, 6, 180)
    assert drawn.rgb.startswith(bytes((255, 0, 10)))
    assert drawn.rgb.endswith(bytes(3))


def test_what_cannot_be_shown_is_told(tmp_path: Path) -> None:
    for name in ("a.png", "a.mp4"):
        (tmp_path / name).write_bytes(b"rubbish" * 99)
        with pytest.raises(MediaInvalid):
            thumbnail(tmp_path / name, (64, 64))


# comparing


def test_takes_come_with_pictures_that_fit_where_they_are_drawn(house: House, clip: Clip) -> None:
    takes = [take(house, clip, number) for number in (1, 2)]
    found = house.app.contact_sheets.compare([each.id for each in takes], room=(16, 16))
    assert [item.id for item in found.items] == [each.id for each in takes]
    for number, picture in enumerate(found.pictures, 1):
        drawn = Image.frombytes("RGB", (picture.width, picture.height), picture.rgb)
        assert (drawn.size, media.read_barcode(drawn)) == ((16, 16), (1, number))
    assert found.model_dump(mode="json").keys() == {"items", "file"}


def test_without_room_there_are_no_pictures(house: House, clip: Clip) -> None:
    assert house.app.contact_sheets.compare([take(house, clip).id]).pictures == []


def test_a_clips_newest_takes_are_compared(house: House, clip: Clip) -> None:
    takes = [take(house, clip, number, created_at=house.store.now()).id for number in range(3)]
    assert {item.id for item in house.app.contact_sheets.compare([], clip="hero").items} == set(takes)


def test_there_must_be_something_to_compare_but_not_too_much(house: House, clip: Clip) -> None:
    with pytest.raises(NotFound, match="no takes yet"):
        house.app.contact_sheets.compare([], clip="hero")
    one = take(house, clip)
    for named, of in ((list[str](), None), ([one.id], "hero")):
        with pytest.raises(InvalidInput, match="either takes or a clip"):
            house.app.contact_sheets.compare(named, clip=of)
    many = [take(house, clip, number).id for number in range(2, 103)]
    with pytest.raises(InvalidInput, match="too many"):
        house.app.contact_sheets.compare(many)
    assert len(house.app.contact_sheets.compare([], clip="hero").items) == 100


def test_a_sheet_is_a_picture_of_all_takes(house: House, clip: Clip, tmp_path: Path) -> None:
    takes = [take(house, clip, number).id for number in range(5)]
    file = tmp_path / "sheet.png"
    assert house.app.contact_sheets.compare(takes, file=file, room=(9, 9)).file == str(file)
    with Image.open(file) as sheet:
        assert (sheet.format, sheet.width) == ("PNG", 16 + 3 * 336)
        first = sheet.crop((16, 16, 336, 336))
    assert media.read_barcode(first) == (1, 0)


def test_the_selected_take_stands_out(house: House, clip: Clip, tmp_path: Path) -> None:
    takes = [take(house, clip, number).id for number in range(2)]
    house.app.contact_sheets.compare(takes, file=tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        edges = [sheet.getpixel((left, 100)) for left in (13, 13 + 336)]
    assert edges[0] != edges[1]


def test_a_page_needs_nothing_else_and_is_escaped(house: House, clip: Clip, tmp_path: Path) -> None:
    named = take(house, clip, 3, model="<script>alert('x')</script> & co", rating=4)
    file = tmp_path / "sheet.html"
    house.app.contact_sheets.compare([named.id], file=file)
    page = file.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert f"{named.id[:8]} · selected · 4/5" in page
    [data] = re.findall(r"data:image/jpeg;base64,([\w+/=]+)", page)
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert media.read_barcode(picture) == (1, 3)


def test_an_existing_file_stays_unless_it_may_go(house: House, clip: Clip, tmp_path: Path) -> None:
    one, file = take(house, clip).id, tmp_path / "sheet.png"
    file.write_text("mine")
    with pytest.raises(Conflict):
        house.app.contact_sheets.compare([one], file=file)
    assert file.read_text() == "mine"
    house.app.contact_sheets.compare([one], file=file, overwrite=True)
    assert file.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet", "nowhere/sheet.png", "."])
def test_a_sheet_is_written_only_where_and_as_what_it_can_be(
    house: House, clip: Clip, tmp_path: Path, name: str
) -> None:
    one = take(house, clip).id
    with pytest.raises(InvalidInput):
        house.app.contact_sheets.compare([one], file=tmp_path / name)


def test_a_film_among_stills_is_shown_on_the_sheet(house: House, clip: Clip, tmp_path: Path) -> None:
    with house.files.incoming("p.mp4") as incoming:
        media.video(incoming, frames=3)
        asset = house.app.gallery.store_file(incoming, AssetKind.VIDEO, "p.mp4")
    film = house.app.gallery.add_take(new_take(clip, asset.id, 9, MediaKind.VIDEO), {})
    found = house.app.contact_sheets.compare([film.id, take(house, clip).id], room=(16, 16))
    drawn = Image.frombytes("RGB", (16, 16), found.pictures[0].rgb)
    assert media.read_barcode(drawn) == (1, 1)


def test_a_file_that_is_gone_is_told(house: House, clip: Clip) -> None:
    one = take(house, clip)
    Path(house.app.takes.open_take(one.id, only_tell=True).file).unlink()
    with pytest.raises(NotFound, match="missing"):
        house.app.contact_sheets.compare([one.id], room=(9, 9))
