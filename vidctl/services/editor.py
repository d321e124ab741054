"""What people change is written whole or not at all, and kept so that it can be taken back.

A command collects its changes in a Draft; the Editor writes them in one step, with the change set beside them. Every
document is written only if it still is as it was read: whoever comes second reads again, or is told.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from vidctl.domain.change import Change, ChangeKind, ChangeSet
from vidctl.domain.document import Doc, Document, new_id, read_time, write_time
from vidctl.domain.project import Project
from vidctl.errors import StaleDocument
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.change_repository import ChangeRepository, ChangeSetRepository
from vidctl.repositories.store import Delete, DocumentStore, DuplicateKey, Insert, Replace, StaleWrite, Write
from vidctl.repositories.turns import Turn
from vidctl.services.editing import changed

D = TypeVar("D", bound=Document)
T = TypeVar("T")

_TRIES = 60
_PATIENCE = 4  # times that one is overtaken before the others have to wait
_PAUSE = 0.05  # seconds at most between two tries


class Draft:
    """What one command is about to write: to the documents of one project, or to those of none ("").

    `action` is the command in words ("clip delete"), `label` what it was done to. Methods return documents as they
    will be, so that a later change in the same draft can go on from there.
    """

    def __init__(self, action: str, project_id: str = "", label: str = "", *, undoes: str = "") -> None:
        self.action = action
        self.project_id = project_id
        self.label = label
        self.undoes = undoes
        self.writes: list[Write] = []
        self.kept: list[Change] = []
        self.repositories: dict[str, BaseRepository[Any]] = {}
        self.set_id = new_id()
        self._latest: dict[str, Document] = {}
        self._last: dict[str, int] = {}
        self._new: dict[str, Change] = {}

    def create(self, repository: BaseRepository[D], document: D) -> D:
        """A new document, or one that comes back."""
        self._write(repository, Insert(repository.collection, document.to_stored()))
        self._new[document.id] = self._change(ChangeKind.CREATION, repository, document, {})
        self._latest[document.id] = document
        return document

    def change(self, repository: BaseRepository[D], document: D, changes: Mapping[str, Any]) -> D:
        """Other values for some fields, over those that the draft has given it before. Nothing is written if they are
        what they are. Raises InvalidInput, Locked."""
        document = self.current(document)
        new = changed(document, changes).to_stored()
        old = document.to_stored()
        different = {name: new[name] for name in changes if new[name] != old[name]}
        if not different:
            return document
        edited = changed(document, {**document.edited(different), "revision": document.revision + 1})
        if document.id not in self._new:  # that is kept whole, as it is in the end
            before = {name: old[name] for name in different}
            self.kept.append(self._change(ChangeKind.EDIT, repository, document, before, different))
        self._write(repository, Replace(repository.collection, edited.to_stored(), document.revision))
        self._latest[document.id] = edited
        return edited

    def current(self, document: D) -> D:
        """A document as it is in the draft by now."""
        return cast(D, self._latest.get(document.id, document))

    def adjust(self, repository: BaseRepository[D], document: D, **values: Any) -> D:
        """Write values that follow from others, such as a scene's length, even if they are the same: then nobody else
        may change the document meanwhile. They are not kept, as they are no person's work. What the draft writes
        anyway gets them along."""
        document = self.current(document)
        write = self.writes[self._last[document.id]] if document.id in self._last else None
        revision = document.revision + (write is None)
        adjusted = changed(document, {**values, "revision": revision})
        if isinstance(write, Insert | Replace):
            self.writes[self._last[document.id]] = replace(write, document=adjusted.to_stored())
        else:
            self._write(repository, Replace(repository.collection, adjusted.to_stored(), document.revision))
        self._latest[document.id] = adjusted
        return adjusted

    def delete(self, repository: BaseRepository[D], document: D) -> None:
        """Into the trash. Raises Locked."""
        document = self.current(document)
        document.check_deletable()
        self.kept.append(self._change(ChangeKind.DELETION, repository, document, document.to_stored()))
        self._write(repository, Delete(repository.collection, document.id, document.revision))

    def forget(self, repository: BaseRepository[D], document: D) -> None:
        """Delete for good what is no person's work."""
        self._write(repository, Delete(repository.collection, document.id, document.revision))

    def deleted_from(self, repository: BaseRepository[Any]) -> list[str]:
        """The documents of a repository that go into the trash, by id."""
        return [
            change.document_id
            for change in self.kept
            if change.kind is ChangeKind.DELETION and change.collection == repository.collection
        ]

    def stamp(self, now: datetime) -> None:
        """Let the documents that were returned say when they were written."""
        for document in self._latest.values():
            document.updated_at = read_time(now)

    def change_set(self) -> ChangeSet | None:
        """What to call this in the history; None if it is no person's work."""
        if not self.kept and not self._new:
            return None
        deletes = any(change.kind is ChangeKind.DELETION for change in self.kept)
        return ChangeSet(
            id=self.set_id,
            project_id=self.project_id,
            action=self.action,
            label=self.label,
            kind=ChangeKind.DELETION if deletes else ChangeKind.EDIT,
            counts=dict(Counter(change.collection for change in self.kept)),
            created=len(self._new),
            undoes=self.undoes,
        )

    def changes(self) -> list[Change]:
        """What is kept of it: edits and deletions as they came, then all that is new, as it is in the end."""
        made = [
            change.model_copy(update={"number": number, "after": _text(self._latest[document_id].to_stored())})
            for number, (document_id, change) in enumerate(self._new.items(), len(self.kept))
        ]
        return [*self.kept, *made]

    def _write(self, repository: BaseRepository[D], write: Write) -> None:
        self.repositories[repository.collection] = repository
        self._last[write.id] = len(self.writes)
        self.writes.append(write)

    def _change(
        self,
        kind: ChangeKind,
        repository: BaseRepository[Any],
        document: Document,
        before: Mapping[str, Any],
        after: Mapping[str, Any] | None = None,
    ) -> Change:
        is_new = kind is ChangeKind.CREATION
        return Change(
            set_id=self.set_id,
            project_id=self.project_id,
            kind=kind,
            collection=repository.collection,
            document_id=document.id,
            number=len(self.kept),
            document_revision=document.revision - is_new,
            version=None if is_new else getattr(document, "version", None),
            before=_text(before),
            after="" if after is None else _text(after),
            asset_ids=_assets(before),
        )


class Editor:
    """Writes drafts."""

    def __init__(self, store: DocumentStore, change_sets: ChangeSetRepository, changes: ChangeRepository) -> None:
        self._store = store
        self._change_sets = change_sets
        self._changes = changes

    def write(self, draft: Draft) -> None:
        """All of it or nothing. Raises StaleDocument that tells what has changed, NotFound, DuplicateName."""
        now = self._store.now()
        told = draft.change_set()
        journal = [_entry(self._change_sets, told, now)] if told else []
        journal += [_entry(self._changes, change, now) for change in draft.changes()]
        stamped = [_stamped(write, now) for write in _guards_first(draft.writes)]
        try:
            self._store.write_all([*stamped, *journal])
        except DuplicateKey as error:
            raise draft.repositories[error.collection].duplicate(error, _refused(error, draft)) from error
        except StaleWrite as error:
            raise _stale(error, draft) from error
        draft.stamp(now)

    def attempt(self, build: Callable[[], tuple[Draft, T]]) -> T:
        """Build a draft from what is stored and write it; build it anew where somebody else was quicker. The result
        that was built with it. Raises StaleDocument if that never ends, and what `build` raises."""
        with Turn(self._store) as turn:
            for overtaken in range(1, _TRIES):
                draft, result = build()
                if turn.let_go_first(draft.project_id):
                    draft, result = build()
                try:
                    self.write(draft)
                except StaleDocument:
                    time.sleep(random.uniform(0, _PAUSE))  # two that meet must not meet again
                    if overtaken >= _PATIENCE:
                        turn.claim(draft.project_id)
                else:
                    return result
            draft, result = build()
            self.write(draft)
            return result

    def change(
        self,
        action: str,
        repository: BaseRepository[D],
        document_id: str,
        changes: Mapping[str, Any] | Callable[[D], Mapping[str, Any]],
        *,
        label: str = "",
    ) -> D:
        """Change one document: to values, or to what is made of it as it then is."""

        def build() -> tuple[Draft, D]:
            document = repository.find_by_id(document_id)
            values = changes(document) if callable(changes) else changes
            draft = Draft(action, _project_of(document), label or getattr(document, "name", ""))
            return draft, draft.change(repository, document, values)

        return self.attempt(build)


def _project_of(document: Document) -> str:
    return document.id if isinstance(document, Project) else getattr(document, "project_id", "")


def _guards_first(writes: Sequence[Write]) -> list[Write]:
    """New documents last: whoever was overtaken is told so, and not that a name is taken which was free before."""
    new = {write.id for write in writes if isinstance(write, Insert)}
    return sorted(writes, key=lambda write: write.id in new)


def _stamped(write: Write, now: datetime) -> Write:
    if isinstance(write, Insert | Replace):
        return replace(write, document={**write.document, "updated_at": write_time(now)})
    return write


def _entry(repository: BaseRepository[D], document: D, now: datetime) -> Write:
    return Insert(repository.collection, document.model_copy(update={"created_at": now}).to_stored())


def _refused(error: DuplicateKey, draft: Draft) -> Doc:
    """The values of the last write that may have met another document's."""
    written = [w.document for w in draft.writes if not isinstance(w, Delete) and w.collection == error.collection]
    return written[-1] if written else {}


def _stale(error: StaleWrite, draft: Draft) -> StaleDocument:
    repository = draft.repositories[error.write.collection]
    if isinstance(error.write, Replace):
        return repository.stale(error.write.document)
    return repository.stale(repository.find_by_id(error.document_id).to_stored())


def _text(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _assets(values: Mapping[str, Any]) -> list[str]:
    """The files that a document, or some fields of it, refers to."""
    named = [values.get("asset_id"), values.get("music_asset_id")]
    named += [image["asset_id"] for image in values.get("reference_images", ())]
    return [each for each in named if each]
