"""What people bring along: songs and lyrics; and what is thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.data import media
from tests.fakes.backend import picture
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.character import Character, ReferenceImage
from vidctl.domain.pool import PoolItem, SourceType
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.character_dtos import CharacterCreateDTO, ReferenceImagesAddDTO
from vidctl.errors import InvalidInput, MediaInvalid, NotFound
from vidctl.repositories.base_repository import BaseRepository


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film") as house:
        house.project("film")
        yield house


# the song


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".m4a"])
def test_a_song_of_any_usual_format_is_taken(house: House, tmp_path: Path, suffix: str) -> None:
    song = house.app.media.set_music(None, media.song(tmp_path / f"song{suffix}", seconds=1.5))
    assert song.duration == pytest.approx(1.5, abs=0.06)
    stored = house.projects.find_many({})[0]
    assert (stored.music_name, stored.music_duration) == (f"song{suffix}", song.duration)
    assert Path(song.file_path).read_bytes() == (tmp_path / f"song{suffix}").read_bytes()


def test_another_song_takes_its_place(house: House, tmp_path: Path) -> None:
    house.app.media.set_music(None, media.song(tmp_path / "one.wav", seconds=1))
    song = house.app.media.set_music(None, media.song(tmp_path / "two.wav", seconds=2))
    assert house.projects.find_many({})[0].music_asset_id == song.asset_id


@pytest.mark.parametrize("content", [b"", b"la la la\n", b"ID3" + bytes(500)])
def test_what_is_no_song_is_refused_and_changes_nothing(house: House, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "song.mp3").write_bytes(content)
    with pytest.raises(MediaInvalid):
        house.app.media.set_music(None, tmp_path / "song.mp3")
    assert house.projects.find_many({})[0].music_asset_id is None
    assert list(house.files.files()) == []


def test_a_song_that_is_not_there_is_not_found(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        house.app.media.set_music(None, tmp_path / "song.mp3")


# the lyrics


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_lyrics_are_read_in_the_usual_encodings(house: House, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "song.lrc").write_bytes("[00:01.00]Ça va\n[00:03.50]Bien\n".encode(encoding))
    found = house.app.media.set_lyrics(None, tmp_path / "song.lrc")
    assert (found.lines, found.first_second) == (2, 1.0)
    assert house.projects.find_many({})[0].lyrics[0].text == "Ça va"


@pytest.mark.parametrize(("start", "end"), [("00:01.00", 2.0), ("00:05.00", 13.0)])
def test_the_last_line_leaves_with_the_song_unless_it_starts_after_it(
    house: House, tmp_path: Path, start: str, end: float
) -> None:
    house.app.media.set_music(None, media.song(tmp_path / "song.wav", seconds=2))
    (tmp_path / "song.lrc").write_text(f"[00:00.50]one\n[{start}]two\n", encoding="utf-8")
    assert house.app.media.set_lyrics(None, tmp_path / "song.lrc").last_second == end
    assert house.projects.find_many({})[0].lyrics[-1].end_ms == end * 1000


def test_lyrics_that_cannot_be_read_name_the_line(house: House, tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_text("[00:01.00]one\n[00:xx]two\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        house.app.media.set_lyrics(None, tmp_path / "song.lrc")
    assert "2" in str(refused.value)


def test_lyrics_are_no_whole_books(house: House, tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_bytes(b"[00:01.00]x\n" * 100_000)
    with pytest.raises(InvalidInput, match="too large"):
        house.app.media.set_lyrics(None, tmp_path / "song.lrc")


# tidying up


def stored(house: House, number: int, *, hours: float = 2) -> Asset:
    """A picture in the store, so old."""
    with house.files.incoming("picture.png") as incoming:
        incoming.write_bytes(picture(number))
        asset = house.app.gallery.store_file(incoming, AssetKind.IMAGE, "picture.png")
    age(house.files.root / asset.location, hours)
    return asset


def age(path: Path, hours: float = 2) -> None:
    then = time.time() - 3600 * hours
    os.utime(path, (then, then))


def test_files_that_nothing_refers_to_are_removed(house: House) -> None:
    spare = stored(house, 0)
    house.files.write_sidecar(spare.location, {})
    found = house.app.media.tidy(dry_run=False)
    assert (found.files, found.bytes, found.removed) == ([spare.location], spare.size, True)
    assert [path for path in house.files.root.rglob("*") if path.is_file()] == []
    assert house.assets.find_many({}) == []


def test_a_dry_run_removes_nothing(house: House) -> None:
    spare = stored(house, 0)
    found = house.app.media.tidy(dry_run=True)
    assert (found.files, found.removed) == ([spare.location], False)
    assert house.files.path(spare.location).is_file()


def test_files_of_takes_and_songs_stay(house: House, tmp_path: Path) -> None:
    asset = stored(house, 0)
    house.app.gallery.add_take(new_take(house.clip(), asset.id), {})
    song = house.app.media.set_music(None, media.song(tmp_path / "song.wav"))
    age(Path(song.file_path))
    assert house.app.media.tidy(dry_run=False).files == []
    assert house.files.path(asset.location).is_file()
    assert Path(song.file_path).is_file()


def test_files_of_reference_images_and_of_the_pool_stay(house: House) -> None:
    face, aside, spare = (stored(house, number) for number in range(3))
    project = house.projects.find_many({})[0]
    image = ReferenceImage(asset_id=face.id, name="face.png")
    house.app._characters.create(Character(project_id=project.id, name="Ada", slug="ada", reference_images=[image]))
    values = {"kind": MediaKind.IMAGE, "source_type": SourceType.MANUAL_UPLOAD, "asset_id": aside.id}
    house.app._pool.create(PoolItem(project_id=project.id, name="Rain", slug="rain", **values))
    assert house.app.media.tidy(dry_run=False).files == [spare.location]


def test_files_of_what_lies_in_the_trash_stay_until_it_is_emptied(house: House) -> None:
    asset = stored(house, 0)
    clip = house.clip(house.scene(house.projects.find_many({})[0]))
    house.app.gallery.add_take(new_take(clip, asset.id), {})
    house.app.clips.delete_clips([clip.id])
    assert house.app.media.tidy(dry_run=False).files == []
    house.app.history.empty_trash(None, everywhere=True, older_than=None)
    assert house.app.media.tidy(dry_run=False).files == [asset.location]


@pytest.mark.parametrize("way", ["into the trash", "out of it"])
def test_files_of_what_goes_into_the_trash_or_comes_out_of_it_meanwhile_stay(
    house: House, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The history is read, then a clip is deleted; or the takes are read, then a deleted one comes back."""
    asset = stored(house, 0)
    clip = house.clip(house.scene(house.projects.find_many({})[0]))
    house.app.gallery.add_take(new_take(clip, asset.id), {})
    if way == "out of it":
        house.app.clips.delete_clips([clip.id])
    read_first: BaseRepository[Any] = house.app._changes if way == "into the trash" else house.takes
    find = read_first.find_many

    def read_before(*arguments: Any, **options: Any) -> Any:
        found = find(*arguments, **options)
        monkeypatch.setattr(read_first, "find_many", find)
        if way == "into the trash":
            house.app.clips.delete_clips([clip.id])
        else:
            house.app.history.restore(house.app.history.list_trash(None, everywhere=True).items[0].id)
        return found

    monkeypatch.setattr(read_first, "find_many", read_before)
    assert house.app.media.tidy(dry_run=False).files == []


def test_reference_images_that_were_taken_away_can_be_brought_back_with_their_files(
    house: House, tmp_path: Path
) -> None:
    house.app.characters.create_character(None, CharacterCreateDTO(name="Ada"))
    face = media.image(tmp_path / "face.png", size=(512, 512))
    added = house.app.character_references.add(None, "ada", ReferenceImagesAddDTO(pictures=[str(face)]))
    age(Path(added.items[0].file))
    house.app.character_references.remove(None, "ada", ["face.png"])
    assert house.app.media.tidy(dry_run=False).files == []
    house.app.history.undo(None, None)
    assert house.app.character_references.list_images(None, "ada").items == added.items
    assert Path(added.items[0].file).is_file()


def test_a_song_that_was_replaced_can_be_brought_back(house: House, tmp_path: Path) -> None:
    first = house.app.media.set_music(None, media.song(tmp_path / "one.wav", seconds=1))
    house.app.media.set_music(None, media.song(tmp_path / "two.wav", seconds=2))
    [latest, _] = house.app.history.list_history(None).items
    house.app.history.undo(None, latest.id)
    stored_project = house.projects.find_many({})[0]
    assert (stored_project.music_asset_id, stored_project.music_name) == (first.asset_id, "one.wav")


def test_young_files_stay(house: House) -> None:
    stored(house, 0, hours=0.9)
    assert house.app.media.tidy(dry_run=False).files == []


def test_a_file_that_comes_in_again_is_young_again(house: House) -> None:
    stored(house, 0)
    stored(house, 0, hours=0)
    assert house.app.media.tidy(dry_run=False).files == []


def test_what_killed_processes_left_half_way_is_removed(house: House) -> None:
    with house.files.incoming("old.png") as old, house.files.incoming("new.png") as new:
        old.write_bytes(b"half")
        new.write_bytes(b"half")
        age(old)
        assert house.app.media.tidy(dry_run=False).files == [f"incoming/{old.name}"]
        assert new.exists()
        assert not old.exists()


def test_a_file_that_goes_to_its_place_meanwhile_is_no_reason_to_stop(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = house.files.root / "incoming" / "gone.png"
    monkeypatch.setattr(house.files, "leftovers", lambda: iter([("incoming/gone.png", gone)]))
    assert house.app.media.tidy(dry_run=False).files == []
