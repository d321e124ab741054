"""What was changed, deleted and restored, as it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.cli.output.blocks import Block, Lines, Table
from vidctl.cli.output.views.words import SHORT_ID, counted, fields, tally, text_of
from vidctl.dtos.history_dtos import (
    ChangeSetDetailDTO,
    ChangeSetDTO,
    ChangeSetListDTO,
    RestoredDTO,
    TrashEmptiedDTO,
)


def _change_sets(found: ChangeSetListDTO) -> list[Block]:
    rows = [[c.id[:SHORT_ID], f"{c.created_at:%Y-%m-%d %H:%M:%S}", c.action, c.label, _touched(c)] for c in found.items]
    return [Table(["change", "when (UTC)", "what", "of", "documents"], rows, "nothing")]


def _touched(change: ChangeSetDTO) -> str:
    """What it changed, and how it stands with being taken back."""
    made = [f"{change.created} new"] if change.created else []
    state = " (undone)" if change.undone else ""
    return ", ".join(filter(None, [tally(change.counts), *made])) + state


def _change_set(change: ChangeSetDetailDTO) -> list[Block]:
    rows = [
        [document.collection, document.name or document.document_id[:SHORT_ID], field, text_of(old), text_of(new)]
        for document in change.documents
        for field, old, new in (
            [(name, value, document.after.get(name)) for name, value in document.before.items()]
            if document.after
            else [("(deleted)", "", "")]
        )
    ]
    return [fields(change, leave_out=("documents",)), Table(["of", "name", "field", "before", "after"], rows)]


def _restored(done: RestoredDTO) -> list[Block]:
    told = [f"{_verb(done.change)} {done.change.label} ({done.change.action}): {tally(done.restored)}"]
    if done.left:
        told.append(f"what it had made new stays ({counted(done.left, 'document')})")
    told += [f"{slug}: its place is taken, it starts at frame {frame} now" for slug, frame in done.moved.items()]
    return [Lines(told)]


def _emptied(done: TrashEmptiedDTO) -> list[Block]:
    if not done.changes:
        return [Lines(["there was nothing to forget"])]
    return [Lines([f"forgot {counted(done.changes, 'change')} of {counted(done.documents, 'document')}"])]


def _verb(change: ChangeSetDTO) -> str:
    return "restored" if change.kind == "deletion" else "took back"


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ChangeSetListDTO: _change_sets,
    ChangeSetDetailDTO: _change_set,
    RestoredDTO: _restored,
    TrashEmptiedDTO: _emptied,
}
