"""A clip: one shot of a scene, with its prompts, its place in time and the takes chosen for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Lyrics, Name, Negative, Notes, Prompt, RenderSettings, Tags
from vidctl.domain.recipe import MediaKind
from vidctl.errors import Locked

#: Positions end here (seconds); far beyond any song, and what the audited system allowed.
MAX_POSITION_SECONDS = 10_000


#: The texts whose earlier versions can be looked at and brought back.
VERSIONED = frozenset({"image_prompt", "video_prompt", "negative_prompt", "lyrics"})


class ClipStatus(StrEnum):
    """How far a clip has come: DRAFT is planned and written; STILLS has pictures that show how it shall look;
    APPROVED may be rendered as video for good; FINAL is as the film will show it. A person says so, in any order."""

    DRAFT = "draft"
    STILLS = "stills"
    APPROVED = "approved"
    FINAL = "final"


class Clip(Document):
    """`position` and `length` are frames of the project's rate; `position` counts from the scene's start.

    `source_start` frames (of the project's rate) of the chosen video are skipped, as in the later part of a split clip.
    A `locked` clip refuses every change but the unlocking. `version` counts the changes of its prompts and lyrics. An
    alternate stands aside of the film: `original_id` names the clip it is a variant of, `alternate_number` counts
    from 1.
    """

    SCHEMA: ClassVar[int] = 2

    project_id: str
    scene_id: str
    name: Name
    slug: str
    order: int = Field(default=0, ge=0)
    position: int = Field(default=0, ge=0)
    length: int = Field(ge=1)
    lyrics: Lyrics = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    status: ClipStatus = ClipStatus.DRAFT
    locked: bool = False
    original_id: str | None = None
    alternate_number: int = Field(default=0, ge=0)
    version: int = Field(default=1, ge=1)
    image_prompt: Prompt = ""
    video_prompt: Prompt = ""
    negative_prompt: Negative = ""
    character_ids: list[str] = Field(default_factory=list)
    template_id: str | None = None
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)
    selected_image_id: str | None = None
    selected_video_id: str | None = None
    source_start: int = Field(default=0, ge=0)

    @property
    def end(self) -> int:
        """The first frame after the clip, counted from the scene's start."""
        return self.position + self.length

    @property
    def is_alternate(self) -> bool:
        """Whether the film leaves it out."""
        return self.original_id is not None

    def edited(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Counts a new version of the texts. Raises Locked."""
        if self.locked and set(changes) != {"locked"}:
            raise _locked(self, "changed")
        return {**changes, "version": self.version + 1} if VERSIONED & set(changes) else changes

    def check_deletable(self) -> None:
        """Raises Locked."""
        if self.locked:
            raise _locked(self, "deleted")

    def prompt_for(self, kind: MediaKind) -> str:
        """The prompt for a still or for a video; a video without one of its own uses the still's."""
        return self.image_prompt if kind is MediaKind.IMAGE else self.video_prompt or self.image_prompt

    def selected(self, kind: MediaKind) -> str | None:
        """Id of the take chosen for this kind."""
        return self.selected_image_id if kind is MediaKind.IMAGE else self.selected_video_id


def selection_field(kind: MediaKind) -> str:
    """The clip's field that holds the chosen take of a kind."""
    return f"selected_{kind.value}_id"


def _locked(clip: Clip, verb: str) -> Locked:
    return Locked(
        f"the clip {clip.name} is locked and cannot be {verb}",
        fix=f"vidctl clip unlock {clip.slug}",
        clip_id=clip.id,
    )
