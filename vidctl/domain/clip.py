"""A clip: one shot of a scene, with its prompts, its place in time and the takes chosen for it."""

from __future__ import annotations

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Lyrics, Name, Negative, Prompt, RenderSettings
from vidctl.domain.recipe import MediaKind

#: Positions end here (seconds); far beyond any song, and what the audited system allowed.
MAX_POSITION_SECONDS = 10_000


class Clip(Document):
    """`position` and `length` are frames of the project's rate; `position` counts from the scene's start."""

    project_id: str
    scene_id: str
    name: Name
    slug: str
    order: int = Field(default=0, ge=0)
    position: int = Field(default=0, ge=0)
    length: int = Field(ge=1)
    lyrics: Lyrics = ""
    image_prompt: Prompt = ""
    video_prompt: Prompt = ""
    negative_prompt: Negative = ""
    character_ids: list[str] = Field(default_factory=list)
    template_id: str | None = None
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)
    selected_image_id: str | None = None
    selected_video_id: str | None = None

    @property
    def end(self) -> int:
        """The first frame after the clip, counted from the scene's start."""
        return self.position + self.length

    def prompt_for(self, kind: MediaKind) -> str:
        """The prompt for a still or for a video; a video without one of its own uses the still's."""
        return self.image_prompt if kind is MediaKind.IMAGE else self.video_prompt or self.image_prompt

    def selected(self, kind: MediaKind) -> str | None:
        """Id of the take chosen for this kind."""
        return self.selected_image_id if kind is MediaKind.IMAGE else self.selected_video_id


def selection_field(kind: MediaKind) -> str:
    """The clip's field that holds the chosen take of a kind."""
    return f"selected_{kind.value}_id"
