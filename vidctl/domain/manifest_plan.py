"""What is to be done so that a film is as a manifest says: a plan of steps, made of the film as it is.

Things are matched by their slugs. A clip that the file has in another scene than the film is moved with its takes, if
there is only one that it can be. What the file does not name is kept, or deleted where pruning is asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document, new_id
from vidctl.domain.manifest import ClipEntry, Manifest, SceneEntry
from vidctl.domain.manifest_film import FilmDocuments, order_key, scene_key
from vidctl.domain.manifest_layout import Key, Layout, original_of
from vidctl.domain.manifest_values import (
    Media,
    character_values,
    clip_values,
    project_values,
    scene_values,
    template_values,
    told_changes,
)
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate

#: A document that is not stored yet is younger than all others.
_LATEST = datetime.max.replace(tzinfo=UTC)


class Mark(StrEnum):
    """What a step does."""

    CREATE = "+"
    CHANGE = "~"
    DELETE = "-"
    KEEP = "="


@dataclass(frozen=True)
class Step:
    """`document` is the new one for CREATE, else as it is stored; `changes` are the fields that get other values,
    `told` the same in the words of a manifest: (field, before, after)."""

    mark: Mark
    noun: str
    path: str
    document: Document
    changes: Mapping[str, Any] = field(default_factory=dict)
    told: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Plan:
    """`project` as it is stored, or the new one. `lengths` are those of the stored scenes whose clips change, in
    frames. `clips` are all that the film will have, by scene id; `ties` are the stored characters and templates that
    the new and changed ones among them have."""

    project: Project
    is_new: bool
    steps: Sequence[Step]
    lengths: Sequence[tuple[Scene, int]]
    clips: Mapping[str, Sequence[Clip]]
    ties: Sequence[Document]

    @property
    def todo(self) -> list[Step]:
        """The steps that change something."""
        return [step for step in self.steps if step.mark is not Mark.KEEP]

    @property
    def locked(self) -> list[str]:
        """Paths of clips that are locked and would be changed or deleted."""
        return [step.path for step in self.todo if isinstance(step.document, Clip) and _is_locked(step)]

    def counts(self) -> Counter[Mark]:
        """How many steps there are of each mark."""
        return Counter(step.mark for step in self.steps)


def make_plan(manifest: Manifest, layout: Layout, film: FilmDocuments, media: Media, *, slug: str, prune: bool) -> Plan:
    """What makes the film that is called `slug` as the manifest says. The manifest is without faults."""
    return _Planner(manifest, layout, film, media, slug).plan(prune)


class _Planner:
    def __init__(self, manifest: Manifest, layout: Layout, film: FilmDocuments, media: Media, slug: str) -> None:
        self._manifest = manifest
        self._layout = layout
        self._film = film
        self._media = media
        self._slug = slug
        self._rate = manifest.project.rate
        self._old_rate: Fraction = film.project.rate if film.project else self._rate
        self._project_id = film.project.id if film.project else new_id()
        self._scene_slugs = {scene.id: scene.slug for scene in film.scenes}
        self._stored = {(self._scene_slugs.get(c.scene_id, ""), c.slug): c for c in film.clips}
        self._templates = _known(film.templates, manifest.template)
        self._characters = _known(film.characters, manifest.character)
        self._scenes = _known(film.scenes, manifest.scene)
        self._wanted = {(scene.slug, clip.slug): clip for scene in manifest.scene for clip in scene.clip}
        self._matched = self._match()
        self._ids = {key: stored.id if (stored := self._matched.get(key)) else new_id() for key in self._wanted}
        known = (self._templates, self._characters, self._scenes)
        self._names = {each: slug for found in known for slug, each in found.items()}
        self._names |= {each.id: key[1] for key, each in self._stored.items()}
        self._names |= {each: key[1] for key, each in self._ids.items()}
        self._now: dict[str, list[Clip]] = defaultdict(list)
        self._touched: set[str] = set()
        self._orders: dict[Key, int] = {}
        for scene in manifest.scene:
            self._clip_orders(scene)

    def plan(self, prune: bool) -> Plan:
        project = self._project_step()
        shared = [*self._template_steps(), *self._character_steps()]
        clips = [step for scene in self._manifest.scene for step in self._clip_steps(scene)]
        extras = list(self._extras(prune))
        lengths = {scene_id: _end(found) for scene_id, found in self._now.items()}
        steps = [*project, *shared, *self._scene_steps(lengths), *clips, *extras]
        gone = {step.document.id for step in extras if step.mark is Mark.DELETE}
        changed = [scene for scene in self._film.scenes if scene.id in self._touched - gone]
        return Plan(
            project=self._film.project or _only_project(project),
            is_new=self._film.project is None,
            steps=steps,
            lengths=[(scene, lengths.get(scene.id, 0)) for scene in changed],
            clips=self._now,
            ties=list(self._ties(clips)),
        )

    def _match(self) -> dict[Key, Clip]:
        """The stored clips by where the file has them."""
        found = {key: self._stored[key] for key in self._wanted if key in self._stored}
        free: dict[str, list[Clip]] = defaultdict(list)
        for key, clip in self._stored.items():
            if key not in self._wanted:
                free[clip.slug].append(clip)
        homeless: dict[str, list[Key]] = defaultdict(list)
        for key in self._wanted:
            if key not in found:
                homeless[key[1]].append(key)
        moved = {keys[0]: free[slug][0] for slug, keys in homeless.items() if len(keys) == len(free[slug]) == 1}
        return {**found, **moved}

    def _project_step(self) -> list[Step]:
        stored, entry = self._film.project, self._manifest.project
        fps = stored.fps if stored and stored.rate == self._rate else str(self._rate)
        values = project_values(entry, self._media, fps)
        if stored is None:
            project = Project(id=self._project_id, slug=self._slug, **values)
            return [Step(Mark.CREATE, "project", self._slug, project)]
        return list(self._change("project", self._slug, stored, values))

    def _template_steps(self) -> Iterator[Step]:
        stored = {template.slug: template for template in self._film.templates}
        for entry in self._manifest.template:
            values = template_values(entry)
            if entry.slug in stored:
                yield from self._change("template", entry.slug, stored[entry.slug], values)
            else:
                template = StyleTemplate(id=self._templates[entry.slug], slug=entry.slug, **values)
                yield Step(Mark.CREATE, "template", entry.slug, template)

    def _character_steps(self) -> Iterator[Step]:
        stored = {character.slug: character for character in self._film.characters}
        for number, entry in enumerate(self._manifest.character):
            values = character_values(entry, self._media, number)
            if entry.slug in stored:
                yield from self._change("character", entry.slug, stored[entry.slug], values)
            else:
                character = Character(
                    id=self._characters[entry.slug], project_id=self._project_id, slug=entry.slug, **values
                )
                yield Step(Mark.CREATE, "character", entry.slug, character)

    def _scene_steps(self, lengths: Mapping[str, int]) -> Iterator[Step]:
        stored = {scene.slug: scene for scene in self._film.scenes}
        for entry, order in zip(self._manifest.scene, self._scene_orders(stored), strict=True):
            values = scene_values(entry, self._layout.starts[entry.slug], self._layout.numbers.get(entry.slug, 0))
            values["original_id"] = self._scenes[entry.alternate_of] if entry.alternate_of else None
            values["order"] = order
            if entry.slug in stored:
                yield from self._change("scene", entry.slug, stored[entry.slug], values)
            else:
                own = self._scenes[entry.slug]
                length = lengths.get(own, 0)
                scene = Scene(id=own, project_id=self._project_id, slug=entry.slug, length=length, **values)
                yield Step(Mark.CREATE, "scene", entry.slug, scene)

    def _scene_orders(self, stored: Mapping[str, Scene]) -> Iterator[int]:
        """Numbers that put the scenes in the order of the file. Those that do so already are kept; alternates have
        the number of their original."""
        orders: dict[str, int] = {}
        last: tuple[Any, ...] = (-1,)
        for entry in self._manifest.scene:
            scene = stored.get(entry.slug)
            if entry.alternate_of is None:
                key = scene_key(scene) if scene else None
                last = key if key and key > last else (last[0] + 1, _LATEST)
                orders[entry.slug] = last[0]
            elif scene:
                orders[entry.slug] = scene.order
        for entry in self._manifest.scene:
            yield orders[entry.slug] if entry.slug in orders else orders[entry.alternate_of or ""]

    def _clip_steps(self, scene: SceneEntry) -> Iterator[Step]:
        for entry in scene.clip:
            key = (scene.slug, entry.slug)
            values = {**clip_values(entry, self._layout.places[key]), **self._clip_ids(scene, entry)}
            stored, path = self._matched.get(key), f"{scene.slug}/{entry.slug}"
            values["order"] = self._order(key, entry, stored)
            if stored is None:
                clip = Clip(id=self._ids[key], project_id=self._project_id, slug=entry.slug, **values)
                steps = [Step(Mark.CREATE, "clip", path, clip)]
            else:
                clip = stored.model_copy(update=values)
                steps = list(self._change("clip", path, stored, values))
            self._now[clip.scene_id].append(clip)
            if steps:
                self._touched |= {clip.scene_id, *({stored.scene_id} if stored else ())}
            yield from steps

    def _clip_ids(self, scene: SceneEntry, entry: ClipEntry) -> dict[str, Any]:
        original = original_of(scene.slug, entry.alternate_of) if entry.alternate_of else None
        return {
            "scene_id": self._scenes[scene.slug],
            "original_id": self._ids[original] if original else None,
            "character_ids": [self._characters[slug] for slug in entry.characters],
            "template_id": self._templates[entry.template] if entry.template else None,
        }

    def _ties(self, steps: Iterable[Step]) -> Iterator[Document]:
        named: set[str | None] = set()
        for step in steps:
            clip = step.document.model_copy(update=dict(step.changes))
            assert isinstance(clip, Clip)
            named |= {*clip.character_ids, clip.template_id}
        yield from (each for each in (*self._film.characters, *self._film.templates) if each.id in named)

    def _clip_orders(self, scene: SceneEntry) -> None:
        """Numbers that put the clips of a scene in the order of the file, unless it says other ones. Those that do so
        already are kept, and those of locked clips."""
        last: tuple[Any, ...] = (-1,)
        for entry in (entry for entry in scene.clip if entry.alternate_of is None):
            key = (scene.slug, entry.slug)
            stored, position = self._stored.get(key), self._layout.places[key].position
            own = order_key(stored.model_copy(update={"position": position})) if stored else None
            if entry.order is not None:
                last = (entry.order, position, _LATEST)
            elif own and (own > last or (stored and stored.locked)):
                last = own
            else:
                last = (last[0] + 1, position, _LATEST)
            self._orders[key] = last[0]

    def _order(self, key: Key, entry: ClipEntry, stored: Clip | None) -> int:
        """A new alternate has the number of its original. No order is ever asked of alternates."""
        if entry.alternate_of is None:
            return self._orders[key]
        return stored.order if stored else self._orders[original_of(key[0], entry.alternate_of)]

    def _extras(self, prune: bool) -> Iterator[Step]:
        """What the file does not name, children first."""
        named = {scene.slug for scene in self._manifest.scene}
        matched = {clip.id for clip in self._matched.values()}
        for (scene, slug), clip in self._stored.items():
            if clip.id not in matched:
                yield Step(Mark.DELETE if prune else Mark.KEEP, "clip", f"{scene}/{slug}", clip)
                self._now[clip.scene_id] += [] if prune else [clip]
                self._touched |= {clip.scene_id} if prune else set()
        for scene_ in self._film.scenes:
            if scene_.slug not in named:
                yield Step(Mark.DELETE if prune else Mark.KEEP, "scene", scene_.slug, scene_)
        used = {each for clips in self._now.values() for clip in clips for each in clip.character_ids}
        listed = {character.slug for character in self._manifest.character}
        for character in self._film.characters:
            if character.slug not in listed:
                is_free = prune and character.id not in used
                yield Step(Mark.DELETE if is_free else Mark.KEEP, "character", character.slug, character)

    def _change(self, noun: str, path: str, stored: Document, values: Mapping[str, Any]) -> Iterable[Step]:
        changes = {name: value for name, value in values.items() if getattr(stored, name) != value}
        if changes:
            told = told_changes(stored, changes, self._names, (self._old_rate, self._rate))
            yield Step(Mark.CHANGE, noun, path, stored, changes, told)


def _known(stored: Iterable[Any], entries: Iterable[Any]) -> dict[str, str]:
    """Ids by slug, new ones for what is not stored."""
    found = {each.slug: each.id for each in stored}
    return found | {entry.slug: new_id() for entry in entries if entry.slug not in found}


def _only_project(steps: Sequence[Step]) -> Project:
    project = steps[0].document
    assert isinstance(project, Project)
    return project


def _end(clips: Iterable[Clip]) -> int:
    return max((clip.end for clip in clips if not clip.is_alternate), default=0)


def _is_locked(step: Step) -> bool:
    return step.mark is not Mark.CREATE and isinstance(step.document, Clip) and step.document.locked
