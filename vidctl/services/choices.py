"""Which take a clip shows, while its takes come and go within a draft.

Every clip that loses or gains a take is written first, whether its choice changes or not: so a take can neither be
chosen nor left to a clip while somebody else deletes one of the two, and of two who give a clip the same take one
comes second and finds it there.
"""

from __future__ import annotations

from typing import Any

from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.errors import NotFound
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.editor import Draft


def choosing(clip: Clip, kind: MediaKind, take_id: str | None) -> dict[str, Any]:
    """The changes that make a clip show a take, or none. Where the part of a split video begins means nothing in
    another video."""
    resets = kind is MediaKind.VIDEO and take_id != clip.selected_video_id
    return {selection_field(kind): take_id, **({"source_start": 0} if resets else {})}


def require_of(clip: Clip, take: Take) -> Take:
    """A take that the clip can show; it is read after the clip, which is written whenever one of its takes goes. Raises
    NotFound."""
    if take.clip_id != clip.id:
        raise NotFound(
            f"take {take.id[:8]} is not one of {clip.slug}",
            cause="it belongs to another clip",
            fix="vidctl clip gallery CLIP lists a clip's takes",
        )
    return take


class Choices:
    """The clips of a draft whose takes change hands: told before the takes themselves are written."""

    def __init__(self, draft: Draft, clips: ClipRepository) -> None:
        self._draft = draft
        self._clips = clips
        self._known: dict[str, Clip] = {}

    def lose(self, take: Take) -> None:
        """A take is about to leave its clip. Raises Locked, NotFound."""
        if not take.clip_id:
            return
        # refused for a locked clip, also where it shows another
        self._clip(take.clip_id).edited({selection_field(take.kind): None})
        self.give_back(take)

    def give_back(self, take: Take) -> None:
        """A take is about to leave the clip that it came to by a change that is taken back: a locked one, too, as that
        could gain it. Raises Locked if such a one shows it, NotFound."""
        if not take.clip_id:
            return
        clip = self._clip(take.clip_id)
        if clip.selected(take.kind) == take.id:
            self._choose(clip, take.kind, None)

    def gain(self, clip_id: str, take: Take) -> None:
        """A take is about to come to a clip, which shows it if it shows none of that kind yet and is not locked."""
        clip = self._clip(clip_id)
        if clip.selected(take.kind) is None and not clip.locked:
            self._choose(clip, take.kind, take.id)

    def _clip(self, clip_id: str) -> Clip:
        if clip_id not in self._known:
            self._known[clip_id] = self._draft.adjust(self._clips, self._clips.find_by_id(clip_id))
        return self._known[clip_id]

    def _choose(self, clip: Clip, kind: MediaKind, take_id: str | None) -> None:
        self._known[clip.id] = self._draft.change(self._clips, clip, choosing(clip, kind, take_id))
