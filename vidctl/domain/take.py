"""A take: one rendered image or video of a clip, with the recipe that made it."""

from __future__ import annotations

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.recipe import MediaKind, RenderRequest


class Take(Document):
    """`recipe` is the RenderRequest as JSON text (its maps may hold any key); `seconds` is how long the render took."""

    project_id: str
    clip_id: str
    kind: MediaKind
    asset_id: str
    job_id: str = ""
    prompt_id: str = ""
    server_name: str = ""
    model: str = ""
    fingerprint: str = ""
    recipe: str = "{}"
    seconds: float | None = Field(default=None, ge=0)

    def request(self) -> RenderRequest:
        """The recipe as a value."""
        return RenderRequest.model_validate_json(self.recipe)
