"""A scene: clips that belong together, at one place of the film; or an alternate of one."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Lyrics, Name, Notes, RenderSettings, Tags, Variables


class Scene(Document):
    """`start` is the film frame the scene begins on; None puts it right behind the scene before it.

    `length` is where its last clip ends, in frames from its start; whoever places clips keeps it. An alternate stands
    aside of the film: `original_id` names the scene it is a variant of, `alternate_number` counts from 1.
    """

    SCHEMA: ClassVar[int] = 2

    project_id: str
    name: Name
    slug: str
    order: int = Field(default=0, ge=0)
    description: Description = ""
    lyrics: Lyrics = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    start: int | None = Field(default=None, ge=0)
    length: int = Field(default=0, ge=0)
    original_id: str | None = None
    alternate_number: int = Field(default=0, ge=0)
    variables: Variables = Field(default_factory=dict)
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)

    @property
    def is_alternate(self) -> bool:
        """Whether the film leaves it out."""
        return self.original_id is not None
