"""Whatever a person does, one thing after the other: undo goes back step by step to the very beginning, and redo on to
the very end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.film_check import faults
from tests.fakes.film_storm import ASSET, add_asset
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.dtos.character_dtos import CharacterCreateDTO
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.dtos.project_dtos import ProjectUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.dtos.take_dtos import TakeRatingDTO
from vidctl.errors import VidctlError
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import Insert

COUNTED = {"revision", "updated_at", "version"}
COLLECTIONS = ("projects", "scenes", "clips", "takes", "characters", "templates", "assets")
#: b has gone to another scene, its own is not there; c is longer, the chorus is new, Bo too.
OTHER_FILM = """vidctl = 1
[project]
slug = "film"
name = "Other"
size = "64x64"
[[character]]
name = "Bo"
[[scene]]
name = "Refrain"
[[scene.clip]]
name = "B"
length = "20f"
[[scene]]
name = "Bridge"
[[scene.clip]]
name = "C"
length = "40f"
characters = ["bo"]
[[scene.clip]]
name = "New"
length = "10f"
"""


def the_film(house: House, folder: Path) -> None:
    """verse: a (0-24, two takes, Ada), b (24-48, a take). bridge: c, with an alternate."""
    add_asset(house, folder)
    app, film = house.app, house.project("film")
    for scene, clips in (("verse", "ab"), ("bridge", "c")):
        app.scenes.create_scene(film.id, SceneCreateDTO(name=scene))
        for slug in clips:
            app.clips.create_clip(scene, ClipCreateDTO(name=slug.upper(), length="24f", image_prompt=slug))
    app.characters.create_character(None, CharacterCreateDTO(name="Ada"))
    app.characters.apply(None, "ada", ["a"])
    for number, slug in enumerate("aab"):
        app.gallery.add_take(new_take(app.references.clip(slug), ASSET, number), {})
    app.clip_arranger.make_alternate("c", None)


def any_clip(house: House, number: int) -> str:
    return one_of([clip.id for clip in house.clips.find_many({}, sort=(("slug", 1),))], number)


def any_scene(house: House, number: int) -> str:
    return one_of([scene.id for scene in house.scenes.find_many({}, sort=(("slug", 1),))], number)


def any_take(house: House, number: int) -> str:
    return one_of([take.id for take in house.takes.find_many({}, sort=(("created_at", 1),))], number)


def one_of(ids: Sequence[str], number: int) -> str:
    return ids[number % len(ids)] if ids else "none"


def create_clip(house: House, number: int, folder: Path) -> None:
    house.app.clips.create_clip(any_scene(house, number), ClipCreateDTO(name=f"N{number}", length="10f"))


def insert_clip(house: House, number: int, folder: Path) -> None:
    beside = any_clip(house, number)
    scene = house.app.references.clip(beside).scene_id
    house.app.clips.create_clip(scene, ClipCreateDTO(name=f"I{number}", length="7f", before=beside))


def move_clip(house: House, number: int, folder: Path) -> None:
    house.app.clips.move_clip(any_clip(house, number), ClipTimelineUpdateDTO(after=any_clip(house, number + 1)))


def merge(house: House, number: int, folder: Path) -> None:
    clips = [clip.id for clip in house.clips.list_by_scene(any_scene(house, number)) if not clip.is_alternate]
    house.app.clip_arranger.merge(clips[:2] or ["none"])


def apply_manifest(house: House, number: int, folder: Path) -> None:
    file = folder / "film.toml"
    file.write_text(OTHER_FILM, encoding="utf-8")
    house.app.manifests.apply(file, project=None, dry_run=False, check=False, prune=number % 2 == 0)


def split(house: House, number: int, folder: Path) -> None:
    clip = house.app.references.clip(any_clip(house, number))
    house.app.clip_arranger.split(clip.id, f"{clip.position + 1 + number}f")


def duplicate(house: House, number: int, folder: Path) -> None:
    house.app.clip_arranger.duplicate(any_clip(house, number), name=None, scene=None, at=None, with_takes=True)


def promote(house: House, number: int, folder: Path) -> None:
    house.app.clip_arranger.promote(one_of([c.id for c in house.clips.find_many({}) if c.is_alternate], number))


def promote_scene(house: House, number: int, folder: Path) -> None:
    house.app.scene_arranger.promote(one_of([s.id for s in house.scenes.find_many({}) if s.is_alternate], number))


Deed = Callable[[House, int, Path], object]
DEEDS: dict[str, Deed] = {
    "create a clip": create_clip,
    "insert a clip": insert_clip,
    "move a clip": move_clip,
    "move to a scene": lambda h, n, _: h.app.clips.move_clip(
        any_clip(h, n), ClipTimelineUpdateDTO(scene=any_scene(h, n + 1))
    ),
    "update": lambda h, n, _: h.app.clips.update_clip(any_clip(h, n), ClipUpdateDTO(image_prompt=f"p{n}")),
    "shorten": lambda h, n, _: h.app.clips.update_clip(any_clip(h, n), ClipUpdateDTO(length=f"{1 + n}f")),
    "lock": lambda h, n, _: h.app.clips.lock_clips([any_clip(h, n)], locked=n % 2 > 0),
    "split": split,
    "merge": merge,
    "duplicate": duplicate,
    "make an alternate": lambda h, n, _: h.app.clip_arranger.make_alternate(any_clip(h, n), None),
    "promote": promote,
    "delete a clip": lambda h, n, _: h.app.clips.delete_clips([any_clip(h, n)], ripple=n % 2 > 0),
    "create a scene": lambda h, n, _: h.app.scenes.create_scene(None, SceneCreateDTO(name=f"S{n}")),
    "insert a scene": lambda h, n, _: h.app.scenes.create_scene(
        None, SceneCreateDTO(name=f"J{n}", before=any_scene(h, n))
    ),
    "duplicate a scene": lambda h, n, _: h.app.scene_arranger.duplicate(any_scene(h, n), name=None, with_takes=True),
    "make an alternate scene": lambda h, n, _: h.app.scene_arranger.make_alternate(any_scene(h, n), None),
    "promote a scene": promote_scene,
    "delete a scene": lambda h, n, _: h.app.scenes.delete_scene(any_scene(h, n)),
    "create a character": lambda h, n, _: h.app.characters.create_character(None, CharacterCreateDTO(name=f"C{n}")),
    "apply a character": lambda h, n, _: h.app.characters.apply(None, "ada", [any_clip(h, n)]),
    "delete a character": lambda h, n, _: h.app.characters.delete_character(None, "ada"),
    "rate": lambda h, n, _: h.app.takes.rate([any_take(h, n)], TakeRatingDTO(rating=1 + n % 5)),
    "select": lambda h, n, _: h.app.takes.select(any_take(h, n)),
    "move a take": lambda h, n, _: h.app.take_moves.move([any_take(h, n)], any_clip(h, n)),
    "copy a take": lambda h, n, _: h.app.take_moves.copy([any_take(h, n)], any_clip(h, n)),
    "delete a take": lambda h, n, _: h.app.takes.delete_takes([any_take(h, n)]),
    "apply a manifest": apply_manifest,
    "change the rate": lambda h, n, _: h.app.projects.update_project(None, ProjectUpdateDTO(fps=str(24 + n % 2))),
}
steps = st.lists(st.tuples(st.sampled_from([*DEEDS]), st.integers(0, 5)), min_size=1, max_size=10)


class Film:
    """All documents of a film, by collection; its history is not among them."""

    def __init__(self, house: House) -> None:
        self.documents = {name: house.store.find(name, {}) for name in COLLECTIONS}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("film")
    with House(folder, rate=1000, project="film") as house:
        the_film(house, folder)
        return Film(house)


def stored(house: House) -> dict[str, dict[str, Any]]:
    """All documents by id, without what counts changes. A clip's order is its place among those that start with it."""
    found = [each for name in COLLECTIONS for each in house.store.find(name, {})]
    documents = {each["id"]: {name: value for name, value in each.items() if name not in COUNTED} for each in found}
    for clip in house.clips.find_many({}):
        documents[clip.id]["order"] = house.clips.count(
            {"scene_id": clip.scene_id, "position": clip.position, "order": {"$lt": clip.order}}
        )
    return documents


def sets(house: House) -> int:
    return int(house.app._change_sets.count({"undoes": "", "undone": False}))


def done(house: House, folder: Path, wanted: Sequence[tuple[str, int]]) -> Iterator[dict[str, dict[str, Any]]]:
    """How the film was before each deed that did something."""
    for deed, number in wanted:
        before, known = stored(house), sets(house)
        try:
            DEEDS[deed](house, number, folder)
        except VidctlError:
            assert stored(house) == before
        assert faults(house.store) == [], deed
        if sets(house) > known:
            yield before


@settings(max_examples=40, deadline=None)
@given(wanted=steps)
def test_undo_goes_back_to_the_very_beginning_and_redo_to_the_end(film: Film, wanted: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as name, House(Path(name), SqliteStore(None), rate=1000, project="film") as house:
        for collection, documents in film.documents.items():
            house.store.write_all([Insert(collection, document) for document in documents])
        history = [*done(house, Path(name), wanted), stored(house)]
        undone = []
        for before in reversed(history[:-1]):
            undone.append(house.app.history.undo(None, None))
            assert stored(house) == before, undone[-1].change.action
            assert faults(house.store) == []
        for undo, after in zip(reversed(undone), history[1:], strict=True):
            house.app.history.undo(None, undo.undo)
            assert stored(house) == after, undo.change.action
            assert faults(house.store) == []
