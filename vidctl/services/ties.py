"""What documents refer to, while a change is taken back: who owns them, and who and what clips show.

Owners must be there. Of the rest a clip gets back what is still there: a character that was deleted since would have
been taken out of it, too. What it does not get back is told. All that is referred to is written as well, so that nobody
deletes it unseen meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.document import Document
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.history_dtos import LostTieDTO
from vidctl.errors import NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.change_repository import ChangeRepository
from vidctl.services.editor import Draft

#: What a document belongs to, by the field that names it: (collection, what it is called).
_OWNERS = {"project_id": ("projects", "project"), "scene_id": ("scenes", "scene"), "clip_id": ("clips", "clip"),
           "character_id": ("characters", "character")}  # fmt: skip
_CHOICES = {selection_field(kind): kind for kind in MediaKind}
#: What a clip that is gone does not need back: it has no place, and gets its ties from its own deletion.
_MOOT = frozenset({"character_ids", "template_id", "position", "order"})


class Ties:
    """Of the documents that `changes` bring back in a draft. `repositories` by collection; the names of what is gone
    are read from the `history`. `lost` tells what was left out, `moot` are the clips that are gone, by id."""

    def __init__(
        self,
        draft: Draft,
        repositories: Mapping[str, BaseRepository[Any]],
        history: ChangeRepository,
        changes: Sequence[Change],
    ) -> None:
        self.lost: list[LostTieDTO] = []
        self.moot: set[str] = set()
        self._draft = draft
        self._repositories = repositories
        self._history = history
        self._restored = {change.document_id for change in changes if change.kind is ChangeKind.DELETION}
        takes = {change.document_id: change.old_values() for change in changes if change.collection == "takes"}
        self._clips_of_takes = {take_id: old["clip_id"] for take_id, old in takes.items() if "clip_id" in old}
        self._held: set[str] = set()

    def is_restored(self, document_id: str) -> bool:
        """Whether it comes out of the trash with this draft."""
        return document_id in self._restored

    def hold(self, collection: str, document_id: str) -> bool:
        """Whether it is there, or comes back with this draft. What is there is written, so that it stays."""
        if self.is_restored(document_id) or document_id in self._held:
            return True
        repository = self._repositories[collection]
        found = repository.find_one({"id": document_id})
        if found is not None:
            self._draft.adjust(repository, found)
            self._held.add(document_id)
        return found is not None

    def hold_owners(self, document: Document) -> None:
        """Raises NotFound if what it belongs to is gone."""
        for field, (collection, noun) in _OWNERS.items():
            owner = getattr(document, field, "")
            if owner and not self.hold(collection, owner):
                raise gone(noun)

    def let_go(self, change: Change) -> bool:
        """Whether an edit of a clip that is gone by now need not be taken back, as something is restored that was
        only tied to the clip, or stood before it."""
        is_moot = bool(self._restored) and change.collection == "clips" and change.old_values().keys() <= _MOOT
        if is_moot:
            name = self._name(change.document_id)
            self.lost.append(LostTieDTO(clip=name, noun="clip", name=name))
            self.moot.add(change.document_id)
        return is_moot

    def left_of(self, clip: Clip, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of a clip without the characters, the template and the takes that it cannot have any more."""
        left = dict(values)
        if "character_ids" in left:
            there = [each for each in left["character_ids"] if self.hold("characters", each)]
            self._lose(clip, "character", *(each for each in left["character_ids"] if each not in there))
            left["character_ids"] = there
        if left.get("template_id") and not self.hold("templates", left["template_id"]):
            self._lose(clip, "template", left["template_id"])
            left["template_id"] = None
        for field, kind in _CHOICES.items():
            if left.get(field) and not self._is_take_of(clip.id, left[field]):
                self._lose(clip, kind.value, left[field])
                left[field] = None
        return left

    def _is_take_of(self, clip_id: str, take_id: str) -> bool:
        """The clip itself is written, and whoever takes one of its takes away writes it, too."""
        if take_id in self._clips_of_takes:
            return bool(self._clips_of_takes[take_id] == clip_id)
        return self._repositories["takes"].count({"id": take_id, "clip_id": clip_id}) > 0

    def _lose(self, clip: Clip, noun: str, *ids: str) -> None:
        self.lost += [LostTieDTO(clip=clip.slug, noun=noun, name=self._name(each)) for each in ids]

    def _name(self, document_id: str) -> str:
        """What something that is gone was called, as far as the trash knows."""
        deletion = self._history.find_one({"document_id": document_id, "kind": ChangeKind.DELETION})
        return str((deletion.old_values() if deletion else {}).get("slug", document_id[:8]))


def tied_values(clip: Clip) -> dict[str, Any]:
    """The fields of a clip that name what it shows."""
    return clip.model_dump(include={*_CHOICES, "character_ids", "template_id"})


def gone(noun: str) -> NotFound:
    """What to say where an owner is missing."""
    return NotFound(
        f"the {noun} that it belonged to is gone",
        cause="it was deleted, too",
        fix=f"vidctl project trash list --all shows it: restore the {noun} first",
    )
