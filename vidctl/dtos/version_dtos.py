"""Lists of a clip's versions, and what differs between two of them, at the border."""

from __future__ import annotations

from vidctl.domain.word_diff import Mark
from vidctl.dtos.base import ListResponseDTO, ResponseDTO
from vidctl.dtos.clip_dtos import ClipVersionDTO


class ClipVersionListResponseDTO(ListResponseDTO[ClipVersionDTO]):
    """Newest first. `path` is the clip's."""

    clip_id: str
    path: str


class TextPieceDTO(ResponseDTO):
    """Some words, and whether both versions have them."""

    mark: Mark
    text: str


class TextDiffDTO(ResponseDTO):
    """One of the texts in both versions, and word by word what differs."""

    name: str
    before: str
    after: str
    pieces: list[TextPieceDTO]


class ClipDiffDTO(ResponseDTO):
    """What differs between two versions of a clip's texts; those that are the same in both are left out."""

    clip_id: str
    path: str
    from_version: int
    to_version: int
    texts: list[TextDiffDTO]


class ClipRestoredDTO(ResponseDTO):
    """A version that was brought back as a new one; `version` is the same as before where nothing differed."""

    clip_id: str
    path: str
    restored: int
    version: int
    changed: list[str]
