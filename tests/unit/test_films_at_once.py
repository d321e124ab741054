"""Two people at one film: whatever the second does between any two steps of the first, the film stays sound and what
was acknowledged is there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.film_check import faults, kept_ids
from tests.fakes.film_storm import ASSET, MANIFEST, add_asset
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from tests.fakes.meanwhile import MeanwhileStore
from tests.fakes.memory import image_of, migrated_store, store_of
from vidctl.dtos.character_dtos import CharacterCreateDTO
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.dtos.project_dtos import ProjectUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO
from vidctl.errors import Conflict, VidctlError
from vidctl.services import editor

#: What a person does; the id of what is new, if it is one thing.
Deed = Callable[[House, Path], str | None]


def the_film(house: House, folder: Path) -> None:
    """verse: a (0-24, two takes, one shown; Ada; an alternate), b (24-48; a take; noir), c. verse-a1: copies of them.
    chorus: d. In the trash: x of verse with Ada and noir, the character Bo with clip c, a take of b. Done last: b was
    split."""
    add_asset(house, folder)
    film = house.project("film")
    verse, chorus = house.scene(film, "verse"), house.scene(film, "chorus", order=1)
    for number, slug in enumerate("abcx"):
        house.clip(verse, slug, position=24 * number, order=number)
    house.clip(chorus, "d")
    app = house.app
    for name in ("Ada", "Bo"):
        app.characters.create_character(None, CharacterCreateDTO(name=name))
    app.templates.create_template(StyleTemplateCreateDTO(name="Noir", prompt="dark"))
    app.characters.apply(None, "ada", ["a", "x"])
    app.characters.apply(None, "bo", ["c"])
    app.templates.apply("noir", ["b", "x"])
    for number, slug in enumerate("aabbx"):
        app.gallery.add_take(new_take(app.references.clip(slug), ASSET, number), {})
    app.clip_arranger.make_alternate("a", None)
    app.clips.delete_clips(["x"])
    app.characters.delete_character(None, "bo")
    app.takes.delete_takes([house.takes.find_many({"clip_id": app.references.clip("b").id})[0].id])
    app.scene_arranger.make_alternate("verse", None)
    app.clip_arranger.split("verse/b", "36f")
    assert faults(house.store) == []


def land(slug: str, house: House, folder: Path) -> str:
    take = new_take(house.app.references.clip(f"verse/{slug}"), ASSET, 100)
    return house.app.gallery.add_take(take, {}).id


def a_take_of(slug: str, house: House) -> str:
    there = house.takes.find_one({"clip_id": house.app.references.clip(f"verse/{slug}").id})
    return there.id if there else house.app.references.take("none").id


def restore(action: str, house: House, folder: Path) -> None:
    trash = house.app.history.list_trash("film", everywhere=True).items
    house.app.history.restore(next((each.id for each in trash if each.action == action), "none"))


def apply_manifest(house: House, folder: Path, *, prune: bool = True) -> None:
    file = folder / "film.toml"
    file.write_text(MANIFEST.format(notes="x", first=10, second=20), encoding="utf-8")
    house.app.manifests.apply(file, project=None, dry_run=False, check=False, prune=prune)


def move(slug: str, house: House, folder: Path, **place: str) -> None:
    house.app.clips.move_clip(slug, ClipTimelineUpdateDTO(**place))


DEEDS: dict[str, Deed] = {
    "create a clip": lambda h, _: h.app.clips.create_clip("film/verse", ClipCreateDTO(name="New")).id,
    "insert a clip": lambda h, _: h.app.clips.create_clip("film/verse", ClipCreateDTO(name="In", before="verse/b")).id,
    "lengthen a clip": lambda h, _: h.app.clips.update_clip("verse/c", ClipUpdateDTO(length="90f")).id,
    "move a clip": partial(move, "verse/a", position="200f"),
    "move a clip away": partial(move, "verse/a", scene="film/chorus"),
    "move a clip there": partial(move, "chorus/d", scene="film/verse"),
    "split a clip": lambda h, _: h.app.clip_arranger.split("verse/a", "12f").items[1].id,
    "merge clips": lambda h, _: h.app.clip_arranger.merge(["verse/a", "verse/b"]).id,
    "duplicate a clip": lambda h, _: (
        h.app.clip_arranger.duplicate("verse/a", name=None, scene=None, at=None, with_takes=True).id
    ),
    "make an alternate": lambda h, _: h.app.clip_arranger.make_alternate("verse/a", None).id,
    "promote an alternate": lambda h, _: h.app.clip_arranger.promote("verse/a-a1").id,
    "delete a clip": lambda h, _: h.app.clips.delete_clips(["verse/a"]) and None,
    "delete the alternate": lambda h, _: h.app.clips.delete_clips(["verse/a-a1"]) and None,
    "restore a clip": partial(restore, "clip delete"),
    "lock a clip": lambda h, _: h.app.clips.lock_clips(["verse/a"], locked=True) and None,
    "land a take": partial(land, "a"),
    "land a take on the second": partial(land, "b"),
    "land a first take": partial(land, "c"),
    "select a take": lambda h, _: h.app.takes.select(a_take_of("a", h)) and None,
    "select a take of a clip": lambda h, _: h.app.clips.select_take("verse/a", a_take_of("a", h)) and None,
    "delete a take": lambda h, _: h.app.takes.delete_takes([a_take_of("a", h)]) and None,
    "move a take": lambda h, _: h.app.take_moves.move([a_take_of("a", h)], "verse/c") and None,
    "restore a take": partial(restore, "take delete"),
    "apply a character": lambda h, _: h.app.characters.apply(None, "ada", ["verse/c"]) and None,
    "delete a character": lambda h, _: h.app.characters.delete_character(None, "ada") and None,
    "restore a character": partial(restore, "character delete"),
    "apply a template": lambda h, _: h.app.templates.apply("noir", ["verse/c"]) and None,
    "delete a template": lambda h, _: h.app.templates.delete_template("noir") and None,
    "create a scene": lambda h, _: h.app.scenes.create_scene("film", SceneCreateDTO(name="New")).id,
    "insert a scene": lambda h, _: h.app.scenes.create_scene("film", SceneCreateDTO(name="In", before="chorus")).id,
    "duplicate a scene": lambda h, _: h.app.scene_arranger.duplicate("film/verse", name=None, with_takes=True).id,
    "make an alternate scene": lambda h, _: h.app.scene_arranger.make_alternate("film/verse", "Other").id,
    "promote a scene": lambda h, _: h.app.scene_arranger.promote("film/verse-a1").id,
    "delete a scene": lambda h, _: h.app.scenes.delete_scene("film/verse") and None,
    "delete the chorus": lambda h, _: h.app.scenes.delete_scene("film/chorus") and None,
    "delete the film": lambda h, _: h.app.projects.delete_project("film") and None,
    "close gaps": lambda h, _: h.app.timeline_edits.close_gaps("film", None, dry_run=False) and None,
    "undo": lambda h, _: h.app.history.undo("film", None) and None,
    "apply a manifest": apply_manifest,
    "land a take in the new one": partial(land, "b-2"),
    "put an alternate beside the new one": lambda h, _: h.app.clip_arranger.make_alternate("verse/b-2", None).id,
    "put a clip before the new one": lambda h, _: (
        h.app.clips.create_clip("film/verse", ClipCreateDTO(name="In", before="verse/b-2")).id
    ),
    "empty the trash": lambda h, _: h.app.history.empty_trash(None, everywhere=True, older_than=None) and None,
}
#: Seconds after which all that was done to make the film lies in the past, as the clocks of houses run fast.
LATER = 86_400
#: What went wrong once.
SUSPECTS = [
    ("delete a scene", "create a clip"),
    ("delete a scene", "make an alternate scene"),
    ("delete a scene", "move a clip there"),
    ("delete a clip", "make an alternate"),
    ("delete a clip", "move a clip away"),
    ("delete a character", "apply a character"),
    ("delete a template", "apply a template"),
    ("delete the film", "create a scene"),
    ("delete the film", "create a clip"),
    ("create a scene", "delete the film"),
    ("make an alternate scene", "create a clip"),
    ("duplicate a clip", "delete a character"),
    ("merge clips", "land a take on the second"),
    ("select a take", "delete a take"),
    ("select a take of a clip", "move a take"),
    ("restore a clip", "delete a character"),
    ("restore a clip", "restore a clip"),
    ("restore a clip", "empty the trash"),
    ("apply a manifest", "land a take on the second"),
    ("undo", "land a take in the new one"),
    ("undo", "put an alternate beside the new one"),
    ("undo", "put a clip before the new one"),
    ("undo", "undo"),
]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is there to be waited for."""
    monkeypatch.setattr(editor, "_PAUSE", 0.0)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The image of a store that holds the film."""
    folder = tmp_path_factory.mktemp("film")
    store = migrated_store()
    with House(folder, store, rate=1000, project="film") as house:
        the_film(house, folder)
        return image_of(store)


def at_once(film: bytes, folder: Path, first: str, second: str) -> None:
    """The second before each step of the first, one after the other."""
    (folder / "assets" / "aa").mkdir(parents=True, exist_ok=True)
    for number in range(1, 10_000):
        store = MeanwhileStore(store_of(film))
        with House(folder, store, rate=1000, project="film") as house:
            house.clock.advance(seconds=LATER)
            made: list[str | None] = []
            store.before_call(number, lambda: made.append(tried(house, folder, second)))  # noqa: B023 - called in here
            made.append(tried(house, folder, first))
            if not store.happened:
                return
            assert faults(house.store) == [], f"{second} before call {number} of {first}"
            lost = {each for each in made if each} - kept_ids(house.store)
            assert not lost or "empty the trash" in (first, second), f"{second} before call {number} of {first}"


def tried(house: House, folder: Path, deed: str) -> str | None:
    try:
        return DEEDS[deed](house, folder)
    except VidctlError:
        return None


@pytest.mark.parametrize(("first", "second"), SUSPECTS, ids=lambda deed: deed.replace(" ", "-"))
def test_a_film_stays_sound_whatever_happens_meanwhile(film: bytes, tmp_path: Path, first: str, second: str) -> None:
    at_once(film, tmp_path, first, second)


@pytest.mark.slow
@pytest.mark.parametrize("first", DEEDS)
def test_a_film_stays_sound_whatever_anybody_does_meanwhile(film: bytes, tmp_path: Path, first: str) -> None:
    for second in DEEDS:
        at_once(film, tmp_path, first, second)


# the rate and the first clip, which is two seconds long


def set_rate(house: House) -> None:
    house.app.projects.update_project("film", ProjectUpdateDTO(fps="30"))


def create_first_clip(house: House) -> None:
    house.app.clips.create_clip("film/verse", ClipCreateDTO(name="First", length="2s"))


@pytest.mark.parametrize("first", [set_rate, create_first_clip])
def test_the_first_clip_is_placed_at_the_rate_that_the_film_has(tmp_path: Path, first: Callable[[House], None]) -> None:
    second = create_first_clip if first is set_rate else set_rate
    for number in range(1, 10_000):
        store = MeanwhileStore(migrated_store())
        with House(tmp_path, store, rate=1000, project="film") as house:
            house.scene(house.project("film"), "verse")
            store.before_call(number, lambda: second(house))
            with suppress(Conflict):
                first(house)
            if not store.happened:
                return
            (clip,) = house.clips.find_many({})
            assert clip.length == 2 * house.projects.find_by_id(clip.project_id).rate, f"before call {number}"
