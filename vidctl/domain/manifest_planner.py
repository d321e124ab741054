"""How a film becomes as its manifest says: a plan of steps, made of the film as it is.

Things are matched by their slugs. A clip that the file has in another scene than the film is moved with its takes, if
there is only one that it can be. What the file does not name is kept, or deleted where pruning is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document, new_id
from vidctl.domain.manifest import ClipEntry, Manifest, SceneEntry
from vidctl.domain.manifest_families import family_changes
from vidctl.domain.manifest_film import FilmDocuments, scene_key
from vidctl.domain.manifest_layout import Key, Layout, original_of
from vidctl.domain.manifest_orders import orders_of_scene
from vidctl.domain.manifest_plan import Mark, Plan, Step
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


def make_plan(manifest: Manifest, layout: Layout, film: FilmDocuments, media: Media, *, slug: str, prune: bool) -> Plan:
    """What makes the film that is called `slug` as the manifest says. The manifest is without faults."""
    return _Planner(manifest, layout, film, media, slug, prune).plan()


class _Planner:
    def __init__(
        self, manifest: Manifest, layout: Layout, film: FilmDocuments, media: Media, slug: str, prune: bool
    ) -> None:
        self._manifest = manifest
        self._layout = layout
        self._film = film
        self._media = media
        self._slug = slug
        self._prune = prune
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
        matched = {clip.id for clip in self._matched.values()}
        self._extra = {key: clip for key, clip in self._stored.items() if clip.id not in matched}
        self._values = {key: self._clip_values(*key, entry) for key, entry in self._wanted.items()}
        self._now: dict[str, list[Clip]] = defaultdict(list)
        self._follows = {} if prune else family_changes(self._kept(), self._wanted_by_id())
        extras = [clip.model_copy(update=self._follows.get(clip.id, {})) for clip in self._extra.values()]
        for clip in [*map(self._as_wanted, self._wanted), *(() if prune else extras)]:
            self._now[clip.scene_id].append(clip)
        self._touched: set[str] = set()
        self._orders: dict[str, int] = {}
        self._reordered: set[str] = set()
        self._put_in_order()

    def plan(self) -> Plan:
        project = self._project_step()
        shared = [*self._template_steps(), *self._character_steps()]
        clips = [step for scene in self._manifest.scene for step in self._clip_steps(scene)]
        extras = list(self._extras())
        lengths = {scene_id: _end(found) for scene_id, found in self._now.items()}
        steps = [*project, *shared, *self._scene_steps(lengths), *clips, *extras]
        gone = {step.document.id for step in extras if step.mark is Mark.DELETE}
        changed = [scene for scene in self._film.scenes if scene.id in self._touched - gone]
        return Plan(
            project=self._film.project or _only_project(project),
            is_new=self._film.project is None,
            steps=steps,
            lengths=[(scene, lengths.get(scene.id, 0)) for scene in changed],
            orders=list(self._orders_that_follow()),
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
            values, stored, path = self._values[key], self._matched.get(key), "/".join(key)
            order = {"order": self._orders[values["original_id"] or self._ids[key]]}
            if stored is None:
                steps = [Step(Mark.CREATE, "clip", path, self._as_wanted(key).model_copy(update=order))]
            else:
                is_told = stored.id in self._reordered
                steps = list(self._change("clip", path, stored, {**values, **order} if is_told else values))
            if steps:
                self._touched |= {values["scene_id"], *({stored.scene_id} if stored else ())}
            yield from steps

    def _clip_values(self, scene: str, slug: str, entry: ClipEntry) -> dict[str, Any]:
        original = original_of(scene, entry.alternate_of) if entry.alternate_of else None
        return {
            **clip_values(entry, self._layout.places[scene, slug]),
            "scene_id": self._scenes[scene],
            "original_id": self._ids[original] if original else None,
            "character_ids": [self._characters[slug] for slug in entry.characters],
            "template_id": self._templates[entry.template] if entry.template else None,
        }

    def _as_wanted(self, key: Key) -> Clip:
        """A clip as the file says it, but for its order."""
        values = self._values[key]
        if stored := self._matched.get(key):
            return stored.model_copy(update=values)
        return Clip(id=self._ids[key], project_id=self._project_id, slug=key[1], **values)

    def _put_in_order(self) -> None:
        scenes = {clip.id: clip.scene_id for clip in self._film.clips}
        ranks = {self._ids[key]: number for number, key in enumerate(self._wanted)}
        for scene_id, clips in self._now.items():
            shown = [clip for clip in clips if not clip.is_alternate]
            new = {clip.id for clip in shown if scenes.get(clip.id) != scene_id}
            orders, reordered = orders_of_scene(shown, ranks, new)
            self._orders |= orders
            self._reordered |= reordered

    def _orders_that_follow(self) -> Iterator[tuple[Clip, int]]:
        """Of stored clips in the scenes that are written."""
        stored = {clip.id: clip for clip in self._film.clips}
        for clip in (clip for scene_id in self._touched for clip in self._now[scene_id] if clip.id in stored):
            order = self._orders.get(clip.original_id or clip.id, clip.order)
            if order != clip.order and clip.id not in self._reordered:
                yield stored[clip.id], order

    def _ties(self, steps: Iterable[Step]) -> Iterator[Document]:
        named: set[str | None] = set()
        for step in steps:
            clip = step.document.model_copy(update=dict(step.changes))
            assert isinstance(clip, Clip)
            named |= {*clip.character_ids, clip.template_id}
        yield from (each for each in (*self._film.characters, *self._film.templates) if each.id in named)

    def _extras(self) -> Iterator[Step]:
        """What the file does not name, children first."""
        named = {scene.slug for scene in self._manifest.scene}
        for (scene, slug), clip in self._extra.items():
            yield self._extra_step("clip", f"{scene}/{slug}", clip)
            follows = self._follows.get(clip.id, {})
            self._touched |= (
                {clip.scene_id, follows.get("scene_id", clip.scene_id)} if self._prune or follows else set()
            )
        for scene_ in self._film.scenes:
            if scene_.slug not in named:
                yield self._extra_step("scene", scene_.slug, scene_)
        used = {each for clips in self._now.values() for clip in clips for each in clip.character_ids}
        listed = {character.slug for character in self._manifest.character}
        for character in self._film.characters:
            if character.slug not in listed:
                is_free = self._prune and character.id not in used
                yield Step(Mark.DELETE if is_free else Mark.KEEP, "character", character.slug, character)

    def _extra_step(self, noun: str, path: str, stored: Clip | Scene) -> Step:
        if self._prune:
            return Step(Mark.DELETE, noun, path, stored)
        changed = list(self._change(noun, path, stored, self._follows.get(stored.id, {})))
        return changed[0] if changed else Step(Mark.KEEP, noun, path, stored)

    def _kept(self) -> list[Clip | Scene]:
        """The clips and scenes of the film that the file does not name."""
        named = {scene.slug for scene in self._manifest.scene}
        return [*self._extra.values(), *(scene for scene in self._film.scenes if scene.slug not in named)]

    def _wanted_by_id(self) -> dict[str, dict[str, Any]]:
        """What the file makes of the clips and scenes that it names."""
        found = {self._ids[key]: {**values, "slug": key[1]} for key, values in self._values.items()}
        for entry in self._manifest.scene:
            original = self._scenes[entry.alternate_of] if entry.alternate_of else None
            number = self._layout.numbers.get(entry.slug, 0)
            found[self._scenes[entry.slug]] = {"slug": entry.slug, "original_id": original, "alternate_number": number}
        return found

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
