"""Copies of clips and takes. A copied take refers to the same file: what is rendered once is kept once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.names import slugify
from vidctl.domain.take import Take

_OWN = frozenset(Document.model_fields)
#: What a copy does not take over: what it will have itself, and what only the clip it came from can be.
_NOT_COPIED = _OWN | {"locked", "version", "original_id", "alternate_number", "selected_image_id", "selected_video_id"}


def copy_of_clip(clip: Clip, **values: Any) -> Clip:
    """A new clip with the same texts and settings, without takes; `values` in place of some."""
    return Clip(**{**clip.model_dump(exclude=set(_NOT_COPIED)), **values})


def copy_of_take(take: Take, clip: Clip) -> Take:
    """The same take in another clip."""
    values = take.model_dump(exclude=set(_OWN))
    return Take(**{**values, "project_id": clip.project_id, "clip_id": clip.id, "character_id": ""})


def free_name(name: str, taken: Collection[str]) -> tuple[str, str]:
    """(name, slug): the name, or with a number behind it, so that its slug is not among those taken."""
    number, candidate = 1, name
    while slugify(candidate) in taken:
        number += 1
        candidate = f"{name} {number}"
    return candidate, slugify(candidate)
