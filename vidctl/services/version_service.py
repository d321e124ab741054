"""A clip's earlier prompts and lyrics: list them, compare them, bring them back.

Nothing is stored for this: what people change is kept in the history, and the versions are read from it. Where the
history was emptied, the versions before that are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import VERSIONED, Clip
from vidctl.domain.document import derived_id
from vidctl.domain.word_diff import word_diff
from vidctl.dtos.clip_dtos import ClipVersionDTO
from vidctl.dtos.version_dtos import (
    ClipDiffDTO,
    ClipRestoredDTO,
    ClipVersionListResponseDTO,
    TextDiffDTO,
    TextPieceDTO,
)
from vidctl.errors import NotFound
from vidctl.repositories.change_repository import ChangeRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.editor import Editor
from vidctl.services.references import References

_TEXTS = ("image_prompt", "video_prompt", "negative_prompt", "lyrics")


@dataclass(frozen=True)
class Version:
    """`texts` by field, as they were from `since` on."""

    number: int
    texts: Mapping[str, str]
    since: datetime


class VersionService:
    """What one can do with the versions of a clip's texts."""

    def __init__(
        self, clips: ClipRepository, changes: ChangeRepository, references: References, editor: Editor
    ) -> None:
        self._clips = clips
        self._changes = changes
        self._references = references
        self._editor = editor

    def list_versions(self, reference: str) -> ClipVersionListResponseDTO:
        """Newest first."""
        clip = self._references.clip(reference)
        items = [_response(clip, version) for version in self._versions(clip)]
        return ClipVersionListResponseDTO(
            items=items, total=len(items), clip_id=clip.id, path=self._references.path(clip)
        )

    def diff(self, reference: str, start: int | None, end: int | None) -> ClipDiffDTO:
        """Word by word from one version to another; from the one before it, to that which the clip has now."""
        clip = self._references.clip(reference)
        versions = self._versions(clip)
        new = _numbered(versions, versions[0].number if end is None else end)
        old = _numbered(versions, max(new.number - 1, versions[-1].number) if start is None else start)
        return ClipDiffDTO(
            clip_id=clip.id,
            path=self._references.path(clip),
            from_version=old.number,
            to_version=new.number,
            texts=[_text_diff(n, old.texts[n], new.texts[n]) for n in _TEXTS if old.texts[n] != new.texts[n]],
        )

    def restore(self, reference: str, number: int) -> ClipRestoredDTO:
        """Give the clip the texts of an earlier version, as a new one. Raises Locked, NotFound."""
        clip = self._references.clip(reference)
        changed: list[str] = []

        def earlier(current: Clip) -> Mapping[str, str]:
            texts = _numbered(self._versions(current), number).texts
            changed[:] = [name for name in _TEXTS if getattr(current, name) != texts[name]]
            return texts

        restored = self._editor.change("clip restore", self._clips, clip.id, earlier)
        return ClipRestoredDTO(
            clip_id=clip.id,
            path=self._references.path(clip),
            restored=number,
            version=restored.version,
            changed=changed,
        )

    def _versions(self, clip: Clip) -> list[Version]:
        """Newest first, from the texts that the clip has now back to the first change that is known."""
        texts = {name: getattr(clip, name) for name in _TEXTS}
        found: list[Version] = []
        number = clip.version
        for change in _text_changes(self._changes.of_document(clip.id)):
            if change.version != number - 1:
                break  # the history before this was emptied
            found.append(Version(number, texts, change.created_at))
            texts = {**texts, **{name: value for name, value in change.old_values().items() if name in VERSIONED}}
            number -= 1
        return [*found, Version(number, texts, clip.created_at)]


def _text_changes(changes: Sequence[Change]) -> list[Change]:
    """Those of the texts, newest first."""
    edits = [c for c in changes if c.kind is ChangeKind.EDIT and c.version and VERSIONED & set(c.old_values())]
    return sorted(edits, key=lambda change: change.version or 0, reverse=True)


def _numbered(versions: Sequence[Version], number: int) -> Version:
    for version in versions:
        if version.number == number:
            return version
    raise NotFound(f"there is no version {number}", fix=f"there are {versions[-1].number} to {versions[0].number}")


def _response(clip: Clip, version: Version) -> ClipVersionDTO:
    return ClipVersionDTO(
        id=derived_id(clip.id, str(version.number)),
        version_number=version.number,
        created_at=version.since,
        is_active=version.number == clip.version,
        **version.texts,
    )


def _text_diff(name: str, before: str, after: str) -> TextDiffDTO:
    pieces = [TextPieceDTO(mark=piece.mark, text=piece.text) for piece in word_diff(before, after)]
    return TextDiffDTO(name=name, before=before, after=after, pieces=pieces)
