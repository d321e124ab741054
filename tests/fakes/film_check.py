"""Whether the films in a store are sound: what must hold whoever did what at the same time, and wherever it was killed.

No clip may have been forced onto another: then films have no overlaps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from vidctl.domain.change import Change, ChangeKind, ChangeSet
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import wrong_orders
from vidctl.domain.document import Document
from vidctl.domain.pool import PoolItem
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.domain.timeline import span_of
from vidctl.repositories.store import DocumentStore

D = TypeVar("D", bound=Document)
V = TypeVar("V", Scene, Clip)


def faults(store: DocumentStore) -> list[str]:
    """What is wrong, one line each; nothing if all is well."""
    return [*_Films(store).faults()]


def kept_ids(store: DocumentStore) -> set[str]:
    """All documents that people can still get at: those of films, and those in the trash."""
    stored = {each["id"] for name in ("projects", "scenes", "clips", "takes") for each in store.find(name, {})}
    return stored | {each["document_id"] for each in store.find("changes", {"kind": "deletion"})}


class _Films:
    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._projects = self._read("projects", Project)
        self._scenes = self._read("scenes", Scene)
        self._clips = self._read("clips", Clip)
        self._takes = self._read("takes", Take)
        self._characters = self._read("characters", Character)
        self._templates = self._read("templates", StyleTemplate)
        self._pool = self._read("pool", PoolItem)

    def faults(self) -> Iterator[str]:
        yield from self._owners()
        yield from self._places()
        yield from self._alternates(self._scenes.values(), self._scenes)
        yield from self._alternates(self._clips.values(), self._clips)
        yield from self._ties()
        yield from self._choices()
        yield from self._slugs()
        yield from self._history()

    def _read(self, collection: str, kind: type[D]) -> dict[str, D]:
        return {each["id"]: kind.from_stored(each) for each in self._store.find(collection, {})}

    def _owners(self) -> Iterator[str]:
        for each in (*self._scenes.values(), *self._clips.values(), *self._characters.values(), *self._pool.values()):
            if each.project_id not in self._projects:
                yield f"{_name(each)} is of no project"
        for clip in self._clips.values():
            scene = self._scenes.get(clip.scene_id)
            if scene is None or scene.project_id != clip.project_id:
                yield f"{_name(clip)} is in no scene of its project"
        for take in self._takes.values():
            owner = self._clips.get(take.clip_id) if take.clip_id else self._characters.get(take.character_id)
            if owner is None or owner.project_id != take.project_id:
                yield f"{_name(take)} is of no clip or character of its project"

    def _places(self) -> Iterator[str]:
        shown: dict[str, list[Clip]] = defaultdict(list)
        for clip in self._clips.values():
            if not clip.is_alternate:
                shown[clip.scene_id].append(clip)
        for scene in self._scenes.values():
            clips = sorted(shown[scene.id], key=span_of)
            end = max((clip.end for clip in clips), default=0)
            if scene.length != end:
                yield f"{_name(scene)} is {scene.length} frames long, its clips end at {end}"
            for one, two in pairwise(clips):
                if span_of(one).overlaps(span_of(two)):
                    yield f"{_name(one)} overlaps {_name(two)} in {_name(scene)}"
            for clip_id in wrong_orders([clip for clip in self._clips.values() if clip.scene_id == scene.id]):
                yield f"{_name(self._clips[clip_id])} is not in order of time in {_name(scene)}"

    def _alternates(self, documents: Iterable[V], known: Mapping[str, V]) -> Iterator[str]:
        numbers: Counter[tuple[str, int]] = Counter()
        for each in documents:
            if each.original_id is None:
                if each.alternate_number:
                    yield f"{_name(each)} has a number and is no alternate"
                continue
            numbers[each.original_id, each.alternate_number] += 1
            original = known.get(each.original_id)
            if original is None or original.is_alternate:
                yield f"{_name(each)} is an alternate of {'nothing' if original is None else 'an alternate'}"
            elif isinstance(each, Clip) and isinstance(original, Clip) and original.scene_id != each.scene_id:
                yield f"{_name(each)} is not in its original's scene"
            if each.alternate_number < 1:
                yield f"{_name(each)} has no number"
        yield from (f"{n} alternates of {original} are number {no}" for (original, no), n in numbers.items() if n > 1)

    def _ties(self) -> Iterator[str]:
        for clip in self._clips.values():
            for character_id in clip.character_ids:
                character = self._characters.get(character_id)
                if character is None or character.project_id != clip.project_id:
                    yield f"{_name(clip)} shows a character that is not there"
            if clip.template_id is not None and clip.template_id not in self._templates:
                yield f"{_name(clip)} has a template that is not there"

    def _choices(self) -> Iterator[str]:
        for clip in self._clips.values():
            for kind in MediaKind:
                take_id = clip.selected(kind)
                if take_id is None:
                    continue
                take = self._takes.get(take_id)
                if take is None or take.clip_id != clip.id or take.kind is not kind:
                    whose = "that is not there" if take is None else f"of another: {_name(take)}"
                    yield f"{_name(clip)} shows the {kind} {take_id[:8]} {whose}"

    def _slugs(self) -> Iterator[str]:
        slugs = Counter(("project", "", each.slug) for each in self._projects.values())
        slugs += Counter(("scene", each.project_id, each.slug) for each in self._scenes.values())
        slugs += Counter(("clip", each.scene_id, each.slug) for each in self._clips.values())
        slugs += Counter(("character", each.project_id, each.slug) for each in self._characters.values())
        yield from (
            f"the {noun} {slug} is there {number} times" for (noun, _, slug), number in slugs.items() if number > 1
        )

    def _history(self) -> Iterator[str]:
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        created: Counter[str] = Counter()
        for change in self._read("changes", Change).values():
            if change.kind is ChangeKind.CREATION:
                created[change.set_id] += 1
            else:
                counted[change.set_id][change.collection] += 1
        sets = self._read("change_sets", ChangeSet)
        for told in sets.values():
            if told.counts != dict(counted[told.id]):
                there = dict(counted[told.id])
                yield f"the change {told.action} {told.label} tells of {told.counts}, there are {there}"
            if told.created != created[told.id]:
                yield f"the change {told.action} {told.label} tells of {told.created} new, there are {created[told.id]}"
        if lost := (set(counted) | set(created)) - set(sets):
            yield f"{len(lost)} sets of changes belong to no change"


def _name(document: Any) -> str:
    return f"{type(document).__name__.lower()} {getattr(document, 'slug', '')} {document.id[:8]}".replace("  ", " ")
