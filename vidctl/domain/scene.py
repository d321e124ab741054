"""A scene: clips that belong together, at one place of the film."""

from __future__ import annotations

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Lyrics, Name


class Scene(Document):
    """`start` is the film frame the scene begins on; None puts it right behind the scene before it."""

    project_id: str
    name: Name
    slug: str
    order: int = Field(default=0, ge=0)
    description: Description = ""
    lyrics: Lyrics = ""
    start: int | None = Field(default=None, ge=0)
