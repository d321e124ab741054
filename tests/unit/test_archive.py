"""A film goes into an archive and comes out of it whole; what is no archive of ours changes nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data import media
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.character import Character, ReferenceImage
from vidctl.domain.document import Document
from vidctl.domain.pool import PoolItem, SourceType
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.style_template import StyleTemplate
from vidctl.errors import Conflict, DuplicateName, InvalidInput, MediaInvalid, NewerFormat, NotFound, VidctlError

Entries = dict[str, bytes]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film with one of everything, packed."""
    folder = tmp_path_factory.mktemp("archive")
    with House(folder / "house") as house:
        fill(house, folder)
        told = house.app.archives.archive("film", folder / "film.vidctl", overwrite=False)
        assert told.documents == {
            "projects": 1, "scenes": 2, "clips": 2, "characters": 1, "takes": 2, "pool": 1, "templates": 1, "assets": 3,
        }  # fmt: skip
    return folder / "film.vidctl"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house") as house:
        yield house


def fill(house: House, folder: Path) -> Project:
    song = store(house, media.song(folder / "song.wav", seconds=0.1), AssetKind.AUDIO)
    face = store(house, media.image(folder / "face.png", clip=1), AssetKind.IMAGE)
    still = store(house, media.image(folder / "still.png", clip=2), AssetKind.IMAGE)
    project = house.project("film", music_asset_id=song.id, music_name="song.wav", music_duration=0.1)
    noir = house.app._templates.create(StyleTemplate(slug="noir", name="Noir", prompt="grey"))
    image = ReferenceImage(asset_id=face.id, name="face.png")
    mara = house.app._characters.create(
        Character(project_id=project.id, slug="mara", name="Mara", reference_images=[image])
    )
    verse = house.scene(project, "verse", length=24)
    house.scene(project, "verse-a1", original_id=verse.id, alternate_number=1)
    hero = house.clip(verse, "hero", character_ids=[mara.id], template_id=noir.id)
    house.clip(verse, "hero-a1", original_id=hero.id, alternate_number=1)
    house.app.gallery.add_take(new_take(hero, still.id), {"made": "by hand"})
    house.takes.create(new_take(hero, face.id, 2).model_copy(update={"clip_id": "", "character_id": mara.id}))
    house.app._pool.create(
        PoolItem(
            project_id=project.id, name="Still", slug="still", kind=MediaKind.IMAGE, source_clip_id=hero.id,
            source_type=SourceType.CLIP_GENERATION, asset_id=still.id,
        )
    )  # fmt: skip
    return project


def store(house: House, path: Path, kind: AssetKind) -> Asset:
    with house.files.incoming(path.name) as incoming:
        shutil.copyfile(path, incoming)
        return house.app.gallery.store_file(incoming, kind, path.name)


def contents(house: House) -> dict[str, list[dict[str, Any]]]:
    app = house.app
    repositories = (app._projects, app._scenes, app._clips, app._takes, app._characters, app._pool, app._templates)
    return {each.collection: [_told(found) for found in each.find_many({})] for each in repositories}


def _told(document: Document) -> dict[str, Any]:
    """All but when it was written here."""
    return {name: value for name, value in document.to_stored().items() if name != "updated_at"}


def is_empty(house: House) -> bool:
    left = [path for path in house.files.root.rglob("*") if path.is_file()]
    return not any(contents(house).values()) and left == [] and house.assets.count({}) == 0


def restore(house: House, path: Path, slug: str | None = None) -> Any:
    return house.app.archives.restore(path, slug=slug)


def repacked(archive: Path, to: Path, change: Callable[[Entries], None], *, mend: bool = True) -> Path:
    """The archive with other entries; with `mend` its index says so."""
    with zipfile.ZipFile(archive) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    change(entries)
    if mend:
        index = json.loads(entries.pop("index.json"))
        index["entries"] = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in entries.items()
        ]
        entries["index.json"] = json.dumps(index).encode()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return to


def rows(entries: Entries, collection: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in entries[f"documents/{collection}.jsonl"].splitlines()]


def put(entries: Entries, collection: str, documents: list[dict[str, Any]]) -> None:
    entries[f"documents/{collection}.jsonl"] = "".join(f"{json.dumps(each)}\n" for each in documents).encode()


# there and back


def test_everything_comes_back_as_it_was(archive: Path, house: House, tmp_path: Path) -> None:
    with House(tmp_path / "again") as again:
        told = restore(house, archive)
        assert (told.project, told.new_ids, told.media, told.new_media) == ("film", False, 3, 3)
        assert house.app.archives.archive("film", tmp_path / "two.vidctl", overwrite=False).media == 3
        restore(again, tmp_path / "two.vidctl")
        assert contents(again) == contents(house)
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if name.startswith("assets/"):
                file = name.removeprefix("assets/")
                assert (house.files.root / file[:2] / file).read_bytes() == packed.read(name)
    (clip,) = house.clips.find_many({"slug": "hero"})
    assert house.app.gallery.gallery(clip.id).images[0].is_selected


def test_the_same_film_is_the_same_archive(archive: Path, house: House, tmp_path: Path) -> None:
    restore(house, archive)
    for name in ("a", "b"):
        house.app.archives.archive("film", tmp_path / name, overwrite=False)
    one, two = (zipfile.ZipFile(tmp_path / name) for name in ("a", "b"))
    with one, two:
        assert [i.CRC for i in one.infolist()[:-1]] == [i.CRC for i in two.infolist()[:-1]]


def test_a_second_restore_is_a_film_of_its_own(archive: Path, house: House) -> None:
    restore(house, archive)
    before = contents(house)
    told = restore(house, archive, "copy")
    assert (told.project, told.new_ids, told.new_media, told.templates_kept) == ("copy", True, 0, ["noir"])
    (copy,) = house.projects.find_many({"slug": "copy"})
    mine = {"project_id": copy.id}
    (hero,) = house.clips.find_many({**mine, "slug": "hero"})
    (other,) = house.clips.find_many({**mine, "slug": "hero-a1"})
    (scene,) = house.scenes.find_many({**mine, "slug": "verse"})
    (mara,) = house.app._characters.find_many(mine)
    (still,) = house.takes.find_many({"clip_id": hero.id})
    assert (hero.scene_id, hero.character_ids, hero.selected_image_id) == (scene.id, [mara.id], still.id)
    assert (other.original_id, house.app._pool.find_many(mine)[0].source_clip_id) == (hero.id, hero.id)
    assert house.takes.count({"character_id": mara.id}) == 1
    house.app.projects.delete_project("copy")
    assert contents(house) == before


def test_a_film_that_repeats_itself_is_no_bomb(house: House, tmp_path: Path) -> None:
    scene = house.scene(house.project("film"), "verse")
    for number in range(20):
        house.clip(scene, f"c{number}", position=24 * number, image_prompt="la" * 50_000)
    house.app.archives.archive("film", tmp_path / "film.vidctl", overwrite=False)
    assert restore(house, tmp_path / "film.vidctl", "again").documents["clips"] == 20


def test_a_slug_that_is_taken_is_told_before_anything_is_read(archive: Path, house: House) -> None:
    house.project("film")
    with pytest.raises(DuplicateName, match="film"):
        restore(house, archive)
    assert house.assets.count({}) == 0


def test_documents_of_older_schemas_are_upgraded(archive: Path, house: House, tmp_path: Path) -> None:
    def age(entries: Entries) -> None:
        clips = rows(entries, "clips")
        put(entries, "clips", [{k: v for k, v in c.items() if k != "tags"} | {"schema_version": 1} for c in clips])

    restore(house, repacked(archive, tmp_path / "old.vidctl", age))
    assert house.clips.count({}) == 2


def test_an_archive_replaces_no_file_unasked_and_needs_every_file(house: House, tmp_path: Path) -> None:
    fill(house, tmp_path)
    (tmp_path / "film.vidctl").write_text("mine")
    with pytest.raises(Conflict):
        house.app.archives.archive("film", tmp_path / "film.vidctl", overwrite=False)
    house.files.remove(house.assets.find_many({})[0].location)
    with pytest.raises(NotFound, match="1 files of film are lost"):
        house.app.archives.archive("film", tmp_path / "film.vidctl", overwrite=True)
    assert (tmp_path / "film.vidctl").read_text() == "mine"


def test_a_damaged_file_of_ours_is_noticed_when_it_is_packed(house: House, tmp_path: Path) -> None:
    fill(house, tmp_path)
    asset = house.assets.find_many({})[0]
    (house.files.root / asset.location).write_bytes(b"x")
    with pytest.raises(MediaInvalid, match=asset.id):
        house.app.archives.archive("film", tmp_path / "film.vidctl", overwrite=False)
    assert not (tmp_path / "film.vidctl").exists()


# what is not to be trusted


def rename(old: str, new: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        name = next(name for name in entries if name.startswith(old))
        entries[new] = entries.pop(name)

    return change


def edit(collection: str, **values: Any) -> Callable[[Entries], None]:
    return lambda entries: put(entries, collection, [{**each, **values} for each in rows(entries, collection)])


def drop(prefix: str) -> Callable[[Entries], None]:
    def change(entries: Entries) -> None:
        for name in [name for name in entries if name.startswith(prefix)]:
            del entries[name]

    return change


def swap_a_picture(entries: Entries) -> None:
    """Text in place of a picture, under the right hash everywhere."""
    assets = rows(entries, "assets")
    picture = next(each for each in assets if each["facts"]["kind"] == "image")
    content, old = b"no picture", picture["id"]
    new = hashlib.sha256(content).hexdigest()
    for name in [name for name in entries if name.startswith(f"assets/{old}")]:
        entries[name.replace(old, new)] = content if name.endswith(".png") else entries[name]
        del entries[name]
    for name in [name for name in entries if name.startswith("documents/")]:
        entries[name] = entries[name].replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (rename("assets/", "../escaped.png"), "no name of an entry"),
        (rename("assets/", "/etc/escaped.png"), "no name of an entry"),
        (rename("assets/", "assets/../../escaped.png"), "no name of an entry"),
        (rename("assets/", "C:\\escaped.png"), "no name of an entry"),
        (rename("assets/", "documents/secrets.jsonl"), "no name of an entry"),
        (rename("index.json", "documents/index"), "no name of an entry"),
        (drop("index.json"), "no index.json"),
        (drop("documents/takes"), "no documents/takes.jsonl"),
        (drop("assets/"), "it has no assets/"),
        (edit("projects", id="other"), "belongs to another project"),
        (lambda entries: put(entries, "projects", []), "0 projects"),
        (lambda entries: put(entries, "scenes", []), "has no scene"),
        (lambda entries: put(entries, "assets", rows(entries, "assets")[1:]), "is not in it"),
        (lambda entries: put(entries, "clips", rows(entries, "clips") * 2), "there twice"),
        (edit("clips", slug="same"), "there twice"),
        (edit("clips", colour="red"), "colour"),
        (edit("clips", length=0), "length"),
        (edit("takes", clip_id="none", character_id=""), "neither a clip nor a character"),
        (lambda entries: entries.update({"documents/clips.jsonl": b"{\n"}), "line 1 of documents/clips.jsonl"),
        (lambda entries: entries.update({"documents/clips.jsonl": b"[" * 100_000}), "documents/clips.jsonl"),
        (lambda entries: entries.update({"documents/clips.jsonl": b"7\n"}), "documents/clips.jsonl"),
        (lambda entries: entries.update({"documents/pool.jsonl": bytes(50 << 20)}), "would grow"),
    ],
)
def test_what_is_not_to_be_trusted_changes_nothing(
    archive: Path, house: House, tmp_path: Path, change: Callable[[Entries], None], problem: str
) -> None:
    def safely(entries: Entries) -> None:
        change(entries)
        entries.setdefault("index.json", b"{}")

    keeps_index = problem != "no index.json"
    broken = repacked(archive, tmp_path / "broken", safely if keeps_index else change, mend=keeps_index)
    with pytest.raises((InvalidInput, NotFound), match=problem):
        restore(house, broken)
    assert is_empty(house)


def test_a_picture_that_is_none_is_noticed_although_its_hash_is_right(
    archive: Path, house: House, tmp_path: Path
) -> None:
    with pytest.raises(MediaInvalid):
        restore(house, repacked(archive, tmp_path / "broken", swap_a_picture))
    assert is_empty(house)


def test_another_content_than_the_index_says_is_noticed(archive: Path, house: House, tmp_path: Path) -> None:
    def change(entries: Entries) -> None:
        name = next(name for name in entries if name.endswith(".wav"))
        entries[name] = entries[name][:-1] + bytes([entries[name][-1] ^ 1])

    with pytest.raises(InvalidInput, match="not what the index says"):
        restore(house, repacked(archive, tmp_path / "broken", change, mend=False))
    assert is_empty(house)


def test_a_link_is_no_entry(archive: Path, house: House, tmp_path: Path) -> None:
    shutil.copyfile(archive, tmp_path / "broken")
    with zipfile.ZipFile(tmp_path / "broken", "a") as packed:
        link = zipfile.ZipInfo(f"assets/{'0' * 64}.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="is a link"):
        restore(house, tmp_path / "broken")


def test_entries_that_share_their_bytes_are_no_archive(house: House, tmp_path: Path) -> None:
    """So a small file could become any number of large ones."""
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("documents/clips.jsonl", bytes(10_000))
        (shared,) = packed.infolist()
    with zipfile.ZipFile(tmp_path / "broken", "w") as packed:
        packed.writestr("documents/takes.jsonl", inner.getvalue()[: 10_000 + 30 + len(shared.filename)])
        shared.header_offset = 30 + len("documents/takes.jsonl")
        packed.filelist.append(shared)
    with pytest.raises(InvalidInput, match="its entries overlap"):
        restore(house, tmp_path / "broken")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_is_there_once(archive: Path, house: House, tmp_path: Path) -> None:
    shutil.copyfile(archive, tmp_path / "broken")
    with zipfile.ZipFile(tmp_path / "broken", "a") as packed:
        packed.writestr("documents/clips.jsonl", b"")
    with pytest.raises(InvalidInput, match="there twice"):
        restore(house, tmp_path / "broken")
    assert is_empty(house)


def test_what_comes_from_a_newer_vidctl_is_told_as_such(archive: Path, house: House, tmp_path: Path) -> None:
    def version(entries: Entries) -> None:
        entries["index.json"] = entries["index.json"].replace(b'"version": 1', b'"version": 2')
        assert b'"version": 2' in entries["index.json"]

    with pytest.raises(NewerFormat):
        restore(house, repacked(archive, tmp_path / "new", version, mend=False))
    with pytest.raises(NewerFormat):
        restore(house, repacked(archive, tmp_path / "newer", edit("clips", schema_version=99)))
    assert is_empty(house)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not a zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_told(house: House, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "film.vidctl").write_bytes(content)
    with pytest.raises(InvalidInput):
        restore(house, tmp_path / "film.vidctl")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_makes_half_a_film(archive: Path, data: st.DataObject) -> None:
    content = bytearray(archive.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[place:]
    else:
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    with tempfile.TemporaryDirectory() as folder, House(Path(folder) / "house") as house:
        (Path(folder) / "broken").write_bytes(content)
        try:
            restore(house, Path(folder) / "broken")
        except VidctlError:
            assert is_empty(house)
        else:  # the damage was in what nobody reads, such as a time
            assert {name: len(found) for name, found in contents(house).items()} == {
                "projects": 1, "scenes": 2, "clips": 2, "takes": 2, "characters": 1, "pool": 1, "templates": 1,
            }  # fmt: skip
