"""What was changed and deleted, at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vidctl.domain.change import ChangeKind
from vidctl.dtos.base import ListResponseDTO, ResponseDTO, Time


class ChangeSetDTO(ResponseDTO):
    """What one command did. `counts` says how many documents of each kind it changed or deleted, `created` how many it
    made new. `undoes` is the change that it took back, "" where it was done (again) itself; `undone` whether it was
    taken back."""

    id: str
    action: str
    label: str
    kind: ChangeKind
    project_id: str
    counts: dict[str, int]
    created: int
    undoes: str
    undone: bool
    created_at: Time


class ChangeSetListDTO(ListResponseDTO[ChangeSetDTO]):
    pass


class LostTieDTO(ResponseDTO):
    """Something that a clip had and does not get back, as it is gone or belongs to another clip by now: `noun` is
    "character", "template", "image" or "video"; or "clip" where the clip itself is gone, and what else was taken back
    has come back without it."""

    clip: str
    noun: str
    name: str


class RestoredDTO(ResponseDTO):
    """What was taken back: `restored` counts the documents that were brought back or got their old values, `removed`
    those that the change had made, which are in the trash now. `moved` tells of clips whose old place was taken, with
    the frame they start on now. `undo` is the change that this was itself, by which it can be done again."""

    change: ChangeSetDTO
    undo: str
    restored: dict[str, int]
    removed: dict[str, int]
    moved: dict[str, int] = Field(default_factory=dict)
    lost: list[LostTieDTO] = Field(default_factory=list)


class TrashEmptiedDTO(ResponseDTO):
    """What can no longer be restored. Its files go with the next `media tidy`."""

    changes: int
    documents: int


class ChangedFieldsDTO(ResponseDTO):
    """One document of a change: what its fields were and became; nothing before it was created or after it was
    deleted."""

    kind: ChangeKind
    collection: str
    document_id: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangeSetDetailDTO(ChangeSetDTO):
    """With everything that it changed."""

    documents: list[ChangedFieldsDTO]
