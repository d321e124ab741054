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
from vidctl.errors import Conflict, NotFound, StaleDocument
from vidctl.repositories.change_repository import ChangeRepository, ChangeSetRepository
from vidctl.services.deletion import Deletion
from vidctl.services.editor import Draft, Editor
from vidctl.services.orders import CREATED, Orders
from vidctl.services.paging import stored_page
from vidctl.services.references import References, find_by_id_start
from vidctl.services.taking_back import Documents, TakenBack, TakingBack

_SHOWN = set(ChangeSetDTO.model_fields)
_ORDERS = Orders("changes", "-created", {"created": CREATED})


class HistoryService:
    """What one can do with changes."""

    def __init__(
        self,
        change_sets: ChangeSetRepository,
        changes: ChangeRepository,
        references: References,
        editor: Editor,
        deletion: Deletion,
        documents: Documents,
    ) -> None:
        self._change_sets = change_sets
        self._changes = changes
        self._references = references
        self._editor = editor
        self._deletion = deletion
        self._documents = documents

    def list_trash(
        self,
        project: str | None,
        *,
        everywhere: bool,
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> ChangeSetListDTO:
        """Deletions: of a project, or of all, deleted ones among them."""
        return self._list({**self._inside(project, everywhere), "kind": ChangeKind.DELETION}, sort, after, limit)

    def list_history(
        self, project: str | None, *, sort: str | None = None, after: str | None = None, limit: int | None = None
    ) -> ChangeSetListDTO:
        """What was changed and deleted in a project."""
        return self._list(self._inside(project, False), sort, after, limit)

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
        """Take a change back, all of it: if none is named, the last one of the project that has not been taken back
        yet. What it created goes into the trash. Raises as `restore` does, and Conflict for what is in use since."""
        found = self._find(reference) if reference else self._last(project)
        return self._take_back(found, "redo" if found.undoes else "undo")

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

    def _list(
        self, where: Mapping[str, Any], sort: str | None, after: str | None, limit: int | None
    ) -> ChangeSetListDTO:
        cursor = None if after is None else self._find(after).id
        page = stored_page(self._change_sets, where, _ORDERS.read(sort), cursor, limit)
        return ChangeSetListDTO(
            items=[_told(each) for each in page.items], total=page.total, next_after=page.next_after
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
        def build() -> tuple[Draft, tuple[Draft, ChangeSet, TakenBack]]:
            # whoever takes an undo back does again what that had taken back: it is a command like any other
            undoes = "" if wanted.undoes else wanted.id
            draft = Draft(action, wanted.project_id, wanted.label, undoes=undoes)
            found = self._change_sets.find_one({"id": wanted.id})
            changes = self._changes.of_set(wanted.id)
            if found is None:
                raise NotFound(f"there is no change {wanted.id[:8]} any more", cause="somebody else was quicker")
            if not changes:
                raise _not_kept(found)
            taken_back = None if found.undone else TakingBack(draft, self._documents, changes).run()
            if taken_back is None or not draft.change_set():
                raise Conflict(f"{found.id[:8]} has been taken back already", fix="vidctl project history")
            self._leave_rest(draft, found, changes)
            return draft, (draft, found, taken_back)

        draft, found, done = self._editor.attempt(build)
        for field, collection in (("clip_id", "clips"), ("character_id", "characters")):
            if ids := done.removed.get(collection):
                self._deletion.end_jobs({field: {"$in": ids}})
        return RestoredDTO(
            change=_told(found),
            undo=draft.set_id,
            restored=done.restored,
            removed={collection: len(ids) for collection, ids in done.removed.items()},
            moved=done.moved,
            lost=done.lost,
        )

    def _leave_rest(self, draft: Draft, found: ChangeSet, changes: Sequence[Change]) -> None:
        """What was deleted leaves the trash. The rest stays in the history: versions of texts are read from it."""
        for change in changes:
            if change.kind is ChangeKind.DELETION:
                draft.forget(self._changes, change)
        rest = [change for change in changes if change.kind is not ChangeKind.DELETION]
        if not rest:
            draft.forget(self._change_sets, found)
        else:
            counts = Counter(change.collection for change in rest if change.kind is ChangeKind.EDIT)
            draft.adjust(self._change_sets, found, kind=ChangeKind.EDIT, counts=dict(counts), undone=True)


def _not_kept(found: ChangeSet) -> Conflict:
    """Stores of earlier versions counted what a command made, and no more."""
    return Conflict(
        f"what {found.action} {found.label} made was not kept then, so it cannot be taken back",
        fix="delete it, or name an earlier change: vidctl project history",
    )


def _told(found: ChangeSet) -> ChangeSetDTO:
    return ChangeSetDTO(**found.model_dump(include=_SHOWN))


def _fields(change: Change) -> ChangedFieldsDTO:
    before, after = change.old_values(), change.new_values()
    return ChangedFieldsDTO(
        kind=change.kind,
        collection=change.collection,
        document_id=change.document_id,
        name=str({**after, **before}.get("name", "")),
        before=before,
        after=after,
    )
