"""A take: one rendered image or video of a clip or a character, with the recipe that made it."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Notes, Tags
from vidctl.domain.recipe import MediaKind, RenderRequest


class Take(Document):
    """`recipe` is the RenderRequest as JSON text (its maps may hold any key), "" for a person's own file; `seconds` is
    how long the render took.

    It belongs to a clip, or, where `clip_id` is empty, to the character that it shows; `view` then says which picture
    of a sheet it is ("profile", "joy"), or that it is a sample. `rating` is 1 (worst) to 5.
    """

    SCHEMA: ClassVar[int] = 2

    project_id: str
    clip_id: str = ""
    character_id: str = ""
    view: str = ""
    kind: MediaKind
    asset_id: str
    job_id: str = ""
    prompt_id: str = ""
    server_name: str = ""
    model: str = ""
    fingerprint: str = ""
    recipe: str = ""
    seconds: float | None = Field(default=None, ge=0)
    rating: int | None = Field(default=None, ge=1, le=5)
    tags: Tags = Field(default_factory=list)
    note: Notes = ""

    def request(self) -> RenderRequest | None:
        """The recipe as a value; None where there is none."""
        return RenderRequest.model_validate_json(self.recipe) if self.recipe else None
