"""What was changed and deleted, at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vidctl.domain.change import ChangeKind
from vidctl.dtos.base import ListResponseDTO, ResponseDTO, Time


class ChangeSetDTO(ResponseDTO):
    """What one command did. `counts` says how many documents of each kind it changed or deleted, `created` how many it
    made new. `undoes` is the change that it took back, `undone` whether it was taken back itself."""

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


class RestoredDTO(ResponseDTO):
    """What was brought back. `left` counts what the command had made new: that stays. `moved` tells of clips whose old
    place was taken, with the frame they start on now."""

    change: ChangeSetDTO
    restored: dict[str, int]
    left: int = 0
    moved: dict[str, int] = Field(default_factory=dict)


class TrashEmptiedDTO(ResponseDTO):
    """What can no longer be restored. Its files go with the next `media tidy`."""

    changes: int
    documents: int


class ChangedFieldsDTO(ResponseDTO):
    """One document of a change: what its fields were and became."""

    kind: ChangeKind
    collection: str
    document_id: str
    name: str
    before: dict[str, Any]
    after: dict[str, Any]


class ChangeSetDetailDTO(ChangeSetDTO):
    """With everything that it changed."""

    documents: list[ChangedFieldsDTO]
