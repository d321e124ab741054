"""Takes and files: nothing is lost when many add at once, nothing is there twice, and a choice is kept."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.backend import picture
from tests.fakes.gallery_filler import add_takes, new_take
from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.errors import MediaInvalid, NotFound
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.services.gallery_manager import GalleryManager

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


@pytest.fixture
def gallery(house: House) -> GalleryManager:
    return house.app.gallery


def bring(gallery: GalleryManager, house: House, number: int = 0) -> Asset:
    """A picture that is stored as an asset."""
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture(number))
        return gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")


# takes


def test_the_first_take_is_selected_and_stays(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    takes = [gallery.add_take(new_take(clip, asset.id, number), {}) for number in range(3)]
    shown = gallery.gallery(clip.id)
    assert shown.selected_image_id == takes[0].id
    assert [take.id for take in shown.images if take.is_selected] == [takes[0].id]
    assert len(shown.images) == 3


def test_stills_and_videos_are_selected_apart(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    still, video = new_take(clip, asset.id, 1), new_take(clip, asset.id, 2, MediaKind.VIDEO)
    gallery.add_take(video, {})
    gallery.add_take(still, {})
    shown = gallery.gallery(clip.id)
    assert (shown.selected_image_id, shown.selected_video_id) == (still.id, video.id)


def test_adding_a_take_again_changes_nothing(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    take = gallery.add_take(new_take(clip, asset.id), {})
    house.choose(clip.id, MediaKind.IMAGE, "another")
    again = new_take(clip, asset.id).model_copy(update={"seconds": 99.0})
    assert gallery.add_take(again, {}) == take
    assert house.clips.find_by_id(clip.id).selected_image_id == "another"
    assert len(house.takes.find_many({})) == 1


def test_a_take_of_a_deleted_clip_is_not_kept(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    house.clips.delete_by_id(clip.id)
    with pytest.raises(NotFound):
        gallery.add_take(new_take(clip, asset.id), {})
    assert house.takes.find_many({}) == []


def test_a_gallery_shows_newest_first(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    ids = []
    for number in range(3):
        ids.append(gallery.add_take(new_take(clip, asset.id, number, at=house.store.now()), {}).id)
        house.clock.advance(seconds=1)
    assert [take.id for take in gallery.gallery(clip.id).images] == ids[::-1]


def test_eight_threads_add_takes_to_one_clip_and_none_is_lost(tmp_path: Path) -> None:
    with House(tmp_path, SqliteStore(tmp_path / "film.db"), rate=0) as house:
        clip, asset = house.clip(), bring(house.app.gallery, house)
        start = threading.Barrier(8)

        def add(thread: int) -> None:
            start.wait()
            for number in range(5):
                house.app.gallery.add_take(new_take(clip, asset.id, 10 * thread + number), {})

        threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        check_all_there(house, clip, 40)


@pytest.mark.parametrize(("processes", "takes"), [pytest.param(2, 20), pytest.param(8, 100, marks=pytest.mark.slow)])
def test_processes_add_takes_to_one_clip_and_none_is_lost(tmp_path: Path, processes: int, takes: int) -> None:
    with House(tmp_path, SqliteStore(tmp_path / "film.db"), rate=0) as house:
        clip, asset = house.clip(), bring(house.app.gallery, house)
        start = SPAWN.Barrier(processes)
        running = [
            SPAWN.Process(target=add_takes, args=(str(tmp_path), clip.id, asset.id, number, start, takes))
            for number in range(processes)
        ]
        for process in running:
            process.start()
        for process in running:
            process.join(110)
        assert [process.exitcode for process in running] == [0] * processes
        check_all_there(house, clip, processes * takes)


def check_all_there(house: House, clip: Clip, number: int) -> None:
    shown = house.app.gallery.gallery(clip.id)
    assert len({take.id for take in shown.images}) == number
    assert [take.is_selected for take in shown.images].count(True) == 1


# files


def test_a_file_becomes_an_asset_known_by_its_content(house: House, gallery: GalleryManager) -> None:
    asset = bring(gallery, house)
    assert (asset.facts.width, asset.facts.height, asset.original_name) == (64, 64, "picture.png")
    assert gallery.path(asset).read_bytes() == picture()
    assert asset.size == len(picture())


def test_the_same_content_twice_is_one_asset(house: House, gallery: GalleryManager) -> None:
    assert bring(gallery, house).id == bring(gallery, house).id
    assert len(house.assets.find_many({})) == 1


def test_a_file_that_does_not_decode_is_no_asset(house: House, gallery: GalleryManager) -> None:
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(b"rubbish")
        with pytest.raises(MediaInvalid):
            gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")
    assert house.assets.find_many({}) == []
    assert list(house.files.files()) == []


def test_a_video_is_no_still(house: House, gallery: GalleryManager, tmp_path: Path) -> None:
    with house.files.incoming("film.mp4") as incoming:
        media.video(incoming, frames=2)
        with pytest.raises(MediaInvalid):
            gallery.store_file(incoming, AssetKind.IMAGE, "film.mp4")


def test_the_sidecar_tells_how_a_file_was_made(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    gallery.add_take(new_take(clip, asset.id), {"recipe": {"seed": 5}})
    sidecar = house.files.root / f"{asset.location}.json"
    assert json.loads(sidecar.read_text(encoding="utf-8")) == {"recipe": {"seed": 5}}


def test_a_selected_file_that_is_gone_is_told(house: House, gallery: GalleryManager) -> None:
    clip, asset = house.clip(), bring(gallery, house)
    gallery.add_take(new_take(clip, asset.id), {})
    selected = gallery.selected_file(house.clips.find_by_id(clip.id), MediaKind.IMAGE)
    assert selected == asset
    gallery.path(asset).unlink()
    with pytest.raises(NotFound, match="is missing"):
        gallery.path(asset)
    assert gallery.still_path(asset.id) is None
    assert gallery.still_path("b" * 64) is None


def test_nothing_selected_is_no_file(house: House, gallery: GalleryManager) -> None:
    assert gallery.selected_file(house.clip(), MediaKind.IMAGE) is None
