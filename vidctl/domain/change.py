"""What people have changed and deleted, kept so that it can be looked at and taken back."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from pydantic import Field

from vidctl.domain.document import Document


class ChangeKind(StrEnum):
    """A deletion lies in the trash until it is restored or the trash is emptied. A change set is one if it deletes
    anything, else an edit, also where all that it did was to create."""

    EDIT = "edit"
    DELETION = "deletion"
    CREATION = "creation"


class ChangeSet(Document):
    """What one command did at once. `label` says to what ("neon/chorus/hero"); `counts` by kind of document, of those
    that it changed or deleted; `created` is how many it made new. `undoes` is the set that this one has taken back,
    "" for a command of its own and for one that was done again; `undone` whether it has been taken back itself."""

    project_id: str
    action: str
    label: str
    kind: ChangeKind
    counts: dict[str, int] = Field(default_factory=dict)
    created: int = Field(default=0, ge=0)
    undoes: str = ""
    undone: bool = False


class Change(Document):
    """One document of a change set. `before` and `after` are JSON text: of an edit the fields that differ, of a
    deletion the whole document and "", of a creation "{}" and the whole document. `version` is that of a clip's texts
    before the change, where they changed. `number` is its place in the set, `document_revision` the document's before
    it, 0 where there was none; `asset_ids` are the files that bringing `before` back needs."""

    set_id: str
    project_id: str
    kind: ChangeKind
    collection: str
    document_id: str
    number: int = Field(default=0, ge=0)
    document_revision: int
    version: int | None = None
    before: str
    after: str = ""
    asset_ids: list[str] = Field(default_factory=list)

    def old_values(self) -> dict[str, Any]:
        """`before` as values."""
        values: dict[str, Any] = json.loads(self.before)
        return values

    def new_values(self) -> dict[str, Any]:
        """`after` as values; {} for a deletion."""
        values: dict[str, Any] = json.loads(self.after) if self.after else {}
        return values
