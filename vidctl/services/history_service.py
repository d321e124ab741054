"""What people have changed and deleted: look at it, take it back, empty the trash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from vidctl.domain.change import Change, ChangeKind, ChangeSet
from vidctl.dtos.history_dtos import (
    ChangedFieldsDTO,
    ChangeSetDetailDTO,
    ChangeSetDTO,
    ChangeSetListDTO,
    RestoredDTO,
    TrashEmptiedDTO,
)
from vidctl.errors import Conflict, NotFound, StaleDocument, VidctlError
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.change_repository import ChangeRepository, ChangeSetRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.layout import Layouts
from vidctl.services.paging import first_of
from vidctl.services.references import References, find_by_id_start
from vidctl.services.taking_back import TakingBack

_SHOWN = set(ChangeSetDTO.model_fields)


class HistoryService:
    """`repositories` are those of the documents that people change, by collection."""

    def __init__(
        self,
        change_sets: ChangeSetRepository,
        changes: ChangeRepository,
        references: References,
        editor: Editor,
        layouts: Layouts,
        repositories: Mapping[str, BaseRepository[Any]],
    ) -> None:
        self._change_sets = change_sets
        self._changes = changes
        self._references = references
        self._editor = editor
        self._layouts = layouts
        self._repositories = repositories

    def list_trash(
        self, project: str | None, *, everywhere: bool, after: str | None = None, limit: int | None = None
    ) -> ChangeSetListDTO:
        """Deletions, newest first: of a project, or of all, deleted ones among them."""
        return self._list({**self._inside(project, everywhere), "kind": ChangeKind.DELETION}, after, limit)

    def list_history(
        self, project: str | None, *, after: str | None = None, limit: int | None = None
    ) -> ChangeSetListDTO:
        """What was changed and deleted in a project, newest first."""
        return self._list(self._inside(project, False), after, limit)

    def show(self, reference: str) -> ChangeSetDetailDTO:
        """A change with the fields that it touched."""
        found = self._find(reference)
        documents = [_fields(change) for change in self._changes.of_set(found.id)]
        return ChangeSetDetailDTO(**_told(found).model_dump(), documents=documents)

    def restore(self, reference: str) -> RestoredDTO:
        """Bring back what a deletion took, and what it changed beside. Raises NotFound for what it belonged to,
        Conflict for what has been changed since, DuplicateName for a name that is taken by now."""
        found = self._find(reference)
        if found.kind is not ChangeKind.DELETION:
            raise Conflict(f"{found.id[:8]} is no deletion", fix=f"vidctl project undo {found.id[:8]} takes it back")
        return self._take_back(found, "trash restore")

    def undo(self, project: str | None, reference: str | None) -> RestoredDTO:
        """Take a change back: if none is named, the last one of the project that has not been taken back yet. Raises as
        `restore` does."""
        return self._take_back(self._find(reference) if reference else self._last(project), "undo")

    def empty_trash(
        self, project: str | None, *, everywhere: bool, older_than: timedelta | None, edits: bool = False
    ) -> TrashEmptiedDTO:
        """Forget deletions for good; with `edits` all changes, and so the earlier versions of texts too."""
        where = {**self._inside(project, everywhere), **({} if edits else {"kind": ChangeKind.DELETION})}
        now = self._change_sets.store.now()
        found = [
            each
            for each in self._change_sets.find_many(where)
            if older_than is None or now - each.created_at > older_than
        ]
        emptied = [number for number in map(self._forget, found) if number is not None]
        return TrashEmptiedDTO(changes=len(emptied), documents=sum(emptied))

    def _forget(self, found: ChangeSet) -> int | None:
        """At once, as it may be restored at this moment; how many documents, None if somebody else was quicker."""
        draft = Draft("trash empty", found.project_id, found.label)
        draft.forget(self._change_sets, found)
        changes = self._changes.of_set(found.id)
        for change in changes:
            draft.forget(self._changes, change)
        try:
            self._editor.write(draft)
        except (NotFound, StaleDocument):
            return None
        return len(changes)

    def _inside(self, project: str | None, everywhere: bool) -> dict[str, Any]:
        return {} if everywhere else {"project_id": self._references.project(project).id}

    def _list(self, where: Mapping[str, Any], after: str | None, limit: int | None) -> ChangeSetListDTO:
        cursor = None if after is None else self._find(after).id
        found = self._change_sets.newest(where, cursor, None if limit is None else limit + 1)
        shown, following = first_of(found, limit)
        return ChangeSetListDTO(
            items=[_told(each) for each in shown],
            total=self._change_sets.count(where),
            next_after=following,
        )

    def _find(self, reference: str) -> ChangeSet:
        found = find_by_id_start(self._change_sets, reference)
        if found is None:
            raise NotFound(f"there is no change {reference!r}", fix="vidctl project history and trash list show them")
        return found

    def _last(self, project: str | None) -> ChangeSet:
        owner = self._references.project(project)
        left = {"project_id": owner.id, "undoes": "", "undone": False}
        newest = self._change_sets.newest(left, limit=1)
        if not newest:
            raise NotFound(f"there is nothing of {owner.slug} to take back", fix="vidctl project history shows why")
        return newest[0]

    def _take_back(self, wanted: ChangeSet, action: str) -> RestoredDTO:
        def build() -> tuple[Draft, RestoredDTO]:
            draft = Draft(action, wanted.project_id, wanted.label, undoes=wanted.id)
            found = self._change_sets.find_one({"id": wanted.id})
            changes = self._changes.of_set(wanted.id)
            if found is None or not changes:
                raise _nothing_to_take_back(found, wanted)
            moved = TakingBack(draft, self._repositories, self._layouts, changes).run()
            edits = [change for change in changes if change.kind is ChangeKind.EDIT]
            if not draft.kept and len(edits) == len(changes):
                raise Conflict(f"{found.id[:8]} has been taken back already", fix="vidctl project history")
            self._leave_edits(draft, found, changes, edits)
            self._turn_round(draft, found)
            counts = Counter(change.collection for change in changes)
            return draft, RestoredDTO(
                change=_told(found), restored=dict(counts), moved=moved, left=0 if found.undoes else found.created
            )

        return self._editor.attempt(build)

    def _leave_edits(self, draft: Draft, found: ChangeSet, changes: Sequence[Change], edits: Sequence[Change]) -> None:
        """What was deleted leaves the trash. Edits stay in the history: versions of texts are read from them."""
        for change in changes:
            if change.kind is ChangeKind.DELETION:
                draft.forget(self._changes, change)
        if not edits:
            draft.forget(self._change_sets, found)
        else:
            counts = dict(Counter(change.collection for change in edits))
            draft.adjust(self._change_sets, found, kind=ChangeKind.EDIT, counts=counts, undone=True)

    def _turn_round(self, draft: Draft, found: ChangeSet) -> None:
        """Where an undo is taken back, what it had taken back is done again, and may be undone again."""
        undone = self._change_sets.find_one({"id": found.undoes}) if found.undoes else None
        if undone is not None:
            draft.adjust(self._change_sets, undone, undone=False)


def _nothing_to_take_back(stored: ChangeSet | None, found: ChangeSet) -> VidctlError:
    if stored is None:
        return NotFound(f"there is no change {found.id[:8]} any more", cause="somebody else was quicker")
    return Conflict(
        f"{found.action} {found.label} made something new, which is not undone",
        fix="delete it, or name an earlier change: vidctl project history lists them",
    )


def _told(found: ChangeSet) -> ChangeSetDTO:
    return ChangeSetDTO(**found.model_dump(include=_SHOWN))


def _fields(change: Change) -> ChangedFieldsDTO:
    before = change.old_values()
    return ChangedFieldsDTO(
        kind=change.kind,
        collection=change.collection,
        document_id=change.document_id,
        name=str(before.get("name", "")),
        before=before,
        after=change.new_values(),
    )
