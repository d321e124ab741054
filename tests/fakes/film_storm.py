"""Somebody who works on a film in a hurry, at random, while others do the same: for tests of what survives it.

    python film_storm.py URL FOLDER NUMBER OPERATIONS [SEED]

What was acknowledged is written to FOLDER/NUMBER.jsonl at once, so that it is known also of one who was killed.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.dtos.character_dtos import CharacterCreateDTO
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO, ClipUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.dtos.take_dtos import TakeRatingDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO
from vidctl.dtos.timeline_dtos import RippleInsertDTO
from vidctl.errors import NotFound, VidctlError
from vidctl.repositories.opening import open_store

T = TypeVar("T")

ASSET = "a" * 64
PROJECT = "film"
#: A clip that nobody deletes: what is written on it by many at once is all there in the end.
LEDGER = "ledger"

MANIFEST = """vidctl = 1
[project]
slug = "film"
name = "Film"
size = "64x64"
notes = "{notes}"
[[character]]
name = "Ada"
[[scene]]
name = "Told"
[[scene.clip]]
name = "Told One"
length = "{first}f"
characters = ["ada"]
[[scene.clip]]
name = "Told Two"
length = "{second}f"
image_prompt = "{notes}"
"""


def found_film(url: str, folder: Path) -> None:
    """The film that the storm is about: two scenes of three clips, two characters, a template and the ledger."""
    with House(folder, open_store(url), rate=1.0, project=PROJECT) as house:
        add_asset(house, folder)
        film = house.project(PROJECT)
        for order, slug in enumerate(("verse", "chorus")):
            scene = house.scene(film, slug, order=order)
            for number in range(3):
                house.clip(scene, f"{slug}-{number}", position=24 * number, order=number)
        house.clip(house.scene(film, "books", order=2), LEDGER)
        for name in ("Ada", "Bo"):
            house.app.characters.create_character(None, CharacterCreateDTO(name=name))
        house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir", prompt="dark"))


def add_asset(house: House, folder: Path) -> None:
    """A picture without content, for takes to refer to."""
    (folder / "assets" / "aa").mkdir(parents=True)
    facts = MediaFacts(kind=AssetKind.IMAGE, media_type="image/png", extension=".png", width=64, height=64)
    house.assets.create(Asset(id=ASSET, facts=facts, size=1, location=f"aa/{ASSET}.png", original_name="a.png"))


class Person:
    """Does one thing after the other to whatever is there."""

    def __init__(self, house: House, folder: Path, number: int, seed: int) -> None:
        self._house = house
        self._app = house.app
        self._folder = folder
        self._number = number
        self._random = random.Random(f"{seed}/{number}")
        self._ledger = (folder / f"{number}.jsonl").open("a", encoding="utf-8")
        self._count = 0
        self._deeds: list[Callable[[], None]] = [
            *[self.add_take] * 6,
            *[self.create_clip] * 5,
            *[self.insert_clip] * 2,
            *[self.move_clip] * 3,
            *[self.move_to_scene] * 3,
            *[self.split] * 3,
            *[self.merge] * 4,
            *[self.duplicate] * 2,
            *[self.alternate] * 4,
            *[self.promote] * 4,
            *[self.write_ledger] * 3,
            *[self.update] * 3,
            *[self.lock] * 1,
            *[self.select] * 3,
            *[self.rate] * 2,
            *[self.delete_take] * 2,
            *[self.move_take] * 2,
            *[self.delete_clip] * 4,
            *[self.take_back] * 6,
            *[self.cast] * 4,
            *[self.recast] * 2,
            *[self.style] * 2,
            *[self.restyle] * 1,
            *[self.create_scene] * 2,
            *[self.copy_scene] * 2,
            *[self.promote_scene] * 2,
            *[self.delete_scene] * 2,
            *[self.ripple] * 2,
            *[self.apply_manifest] * 1,
        ]

    def run(self, operations: int) -> None:
        """So many things; errors of ours are part of life, others are noted as crashes."""
        for _ in range(operations):
            deed = self._random.choice(self._deeds)
            began = time.monotonic()
            try:
                deed()
            except VidctlError as error:
                self._note(told=type(error).__name__, by=deed.__name__, text=str(error))
            except Exception:  # noqa: BLE001 - whatever it is, the test shall show it
                self._note(crash=traceback.format_exc(), by=deed.__name__)
            else:
                self._note(done=deed.__name__)
            self._note(took=round(time.monotonic() - began, 3), by=deed.__name__)

    def close(self) -> None:
        self._ledger.close()

    def _note(self, **facts: Any) -> None:
        self._ledger.write(json.dumps(facts) + "\n")
        self._ledger.flush()

    def _made(self, document_id: str) -> None:
        self._note(made=document_id)

    def _any(self, things: Sequence[T]) -> T:
        if not things:
            raise NotFound("there is nothing to do that to")
        return self._random.choice(things)

    def _name(self) -> str:
        self._count += 1
        return f"p{self._number} {self._count} {self._random.randrange(1000)}"

    def _clip(self) -> Clip:
        return self._any([clip for clip in self._house.clips.find_many({}) if clip.slug != LEDGER])

    def _scene(self) -> Scene:
        scenes = [scene for scene in self._house.scenes.find_many({}) if scene.slug != "books"]
        if len(scenes) < 2:
            self._made(self._app.scenes.create_scene(None, SceneCreateDTO(name=self._name())).id)
            return self._scene()
        return self._any(scenes)

    def _alternate(self) -> str:
        return self._any([clip for clip in self._house.clips.find_many({}) if clip.is_alternate]).id

    def _frame(self) -> str:
        return f"{self._random.randrange(200)}f"

    # clips

    def create_clip(self) -> None:
        wanted = ClipCreateDTO(
            name=self._name(), length=f"{self._random.randint(4, 30)}f", timeline_position=self._frame(), next_free=True
        )
        self._made(self._app.clips.create_clip(self._scene().id, wanted).id)

    def insert_clip(self) -> None:
        beside = self._clip()
        wanted = ClipCreateDTO(name=self._name(), length="10f", before=beside.id)
        self._made(self._app.clips.create_clip(beside.scene_id, wanted).id)

    def move_clip(self) -> None:
        self._app.clips.move_clip(self._clip().id, ClipTimelineUpdateDTO(position=self._frame()))

    def move_to_scene(self) -> None:
        self._app.clips.move_clip(self._clip().id, ClipTimelineUpdateDTO(scene=self._scene().id))

    def split(self) -> None:
        clip = self._clip()
        middle = (clip.position + clip.end) // 2
        for part in self._app.clip_arranger.split(clip.id, f"{middle}f").items:
            self._made(part.id)

    def merge(self) -> None:
        shown = [clip for clip in self._house.clips.list_by_scene(self._scene().id) if not clip.is_alternate]
        at = self._random.randrange(max(1, len(shown) - 1))
        self._app.clip_arranger.merge([clip.id for clip in shown[at : at + 2]] or ["none"])

    def duplicate(self) -> None:
        made = self._app.clip_arranger.duplicate(self._clip().id, name=None, scene=None, at=None, with_takes=True)
        self._made(made.id)

    def alternate(self) -> None:
        self._made(self._app.clip_arranger.make_alternate(self._clip().id, None).id)

    def promote(self) -> None:
        self._app.clip_arranger.promote(self._alternate())

    def update(self) -> None:
        text = self._name()
        request = self._random.choice(
            [ClipUpdateDTO(image_prompt=text), ClipUpdateDTO(length=self._frame()), ClipUpdateDTO(notes=text)]
        )
        self._app.clips.update_clip(self._clip().id, request)

    def lock(self) -> None:
        self._app.clips.lock_clips([self._clip().id], locked=self._random.random() < 0.3)

    def delete_clip(self) -> None:
        self._app.clips.delete_clips([self._clip().id], ripple=self._random.random() < 0.5)

    def write_ledger(self) -> None:
        tag = self._name().replace(" ", "-")
        self._app.clips.tag_clips(["books/ledger"], [tag], [])
        self._note(tag=tag)

    def ripple(self) -> None:
        if self._random.random() < 0.5:
            self._app.timeline_edits.ripple_insert(self._scene().id, RippleInsertDTO(at=self._frame(), by="7f"))
        else:
            self._app.timeline_edits.close_gaps(None, None, dry_run=False)

    # takes

    def add_take(self) -> None:
        kind = self._random.choice(list(MediaKind))
        take = new_take(self._clip(), ASSET, self._random.getrandbits(60), kind)
        self._made(self._app.gallery.add_take(take, {"process": self._number}).id)

    def _take(self) -> str:
        return str(self._any(self._house.takes.find_many({})).id)

    def select(self) -> None:
        take = self._house.takes.find_by_id(self._take())
        if self._random.random() < 0.5:
            self._app.takes.select(take.id)
        else:
            self._app.clips.select_take(take.clip_id, take.id)

    def rate(self) -> None:
        self._app.takes.rate([self._take()], TakeRatingDTO(rating=self._random.randint(1, 5)))

    def delete_take(self) -> None:
        self._app.takes.delete_takes([self._take()])

    def move_take(self) -> None:
        self._app.take_moves.move([self._take()], self._clip().id)

    # history

    def take_back(self) -> None:
        found = [each for each in self._app.history.list_history(None, limit=25).items if each.action != "clip tag"]
        chosen = self._any(found)
        if chosen.kind == "deletion":
            self._app.history.restore(chosen.id)
        else:
            self._app.history.undo(None, chosen.id)

    # who and how

    def cast(self) -> None:
        who, clip = self._random.choice(["ada", "bo"]), self._clip().id
        if self._random.random() < 0.7:
            self._app.characters.apply(None, who, [clip])
        else:
            self._app.characters.remove(None, who, [clip])

    def recast(self) -> None:
        who = self._random.choice(["Ada", "Bo"])
        if self._random.random() < 0.5:
            self._app.characters.delete_character(None, who.lower())
        else:
            self._app.characters.create_character(None, CharacterCreateDTO(name=who))

    def style(self) -> None:
        self._app.templates.apply("noir", [self._clip().id])

    def restyle(self) -> None:
        if self._random.random() < 0.5:
            self._app.templates.delete_template("noir")
        else:
            self._app.templates.create_template(StyleTemplateCreateDTO(name="Noir", prompt="dark"))

    # scenes and films

    def create_scene(self) -> None:
        self._made(self._app.scenes.create_scene(None, SceneCreateDTO(name=self._name())).id)

    def copy_scene(self) -> None:
        scene = self._scene().id
        if self._random.random() < 0.5:
            self._made(self._app.scene_arranger.duplicate(scene, name=None, with_takes=True).id)
        else:
            self._made(self._app.scene_arranger.make_alternate(scene, None).id)

    def promote_scene(self) -> None:
        found = [scene for scene in self._house.scenes.find_many({}) if scene.is_alternate]
        self._app.scene_arranger.promote(self._any(found).id)

    def delete_scene(self) -> None:
        self._app.scenes.delete_scene(self._scene().id)

    def apply_manifest(self) -> None:
        file = self._folder / f"{self._number}.toml"
        first, second = self._random.randint(4, 30), self._random.randint(4, 30)
        file.write_text(MANIFEST.format(notes=self._name(), first=first, second=second), encoding="utf-8")
        self._app.manifests.apply(file, project=None, dry_run=False, check=False, prune=False)


def storm(url: str, folder: str, number: int, operations: int, seed: int = 0) -> None:
    """One person's share."""
    with House(Path(folder), open_store(url), rate=1.0, project=PROJECT) as house:
        person = Person(house, Path(folder), number, seed)
        try:
            person.run(operations)
        finally:
            person.close()


if __name__ == "__main__":
    storm(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
