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
    LostTieDTO,
    RestoredDTO,
    TrashEmptiedDTO,
)

_WHOLE = {"creation": "(created)", "deletion": "(deleted)"}


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
            if document.kind == "edit"
            else [(_WHOLE[document.kind], "", "")]
        )
    ]
    return [fields(change, leave_out=("documents",)), Table(["of", "name", "field", "before", "after"], rows)]


def _restored(done: RestoredDTO) -> list[Block]:
    told = [": ".join(filter(None, [_what(done.change), tally(done.restored)]))]
    if done.removed:
        told.append(f"into the trash: {tally(done.removed)}")
    told += [f"{slug}: its place is taken, it starts at frame {frame} now" for slug, frame in done.moved.items()]
    told += [_lost(tie) for tie in done.lost]
    return [Lines([*told, f"vidctl project undo {done.undo[:SHORT_ID]} does it again"])]


def _lost(tie: LostTieDTO) -> str:
    if tie.noun == "clip":
        return f"without the clip {tie.name}, which is gone"
    return f"{tie.clip}: without the {tie.noun} {tie.name}, which is not there any more"


def _emptied(done: TrashEmptiedDTO) -> list[Block]:
    if not done.changes:
        return [Lines(["there was nothing to forget"])]
    return [Lines([f"forgot {counted(done.changes, 'change')} of {counted(done.documents, 'document')}"])]


def _what(change: ChangeSetDTO) -> str:
    verb = "restored" if change.kind == "deletion" else "took back"
    return f"{verb} {change.label} ({change.action})"


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ChangeSetListDTO: _change_sets,
    ChangeSetDetailDTO: _change_set,
    RestoredDTO: _restored,
    TrashEmptiedDTO: _emptied,
}
