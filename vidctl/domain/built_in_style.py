"""A look that comes with vidctl, as data. It is no document: who wants to change it takes it as a style template."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vidctl.domain.names import Description, Name, Negative, RenderSettings
from vidctl.domain.style_template import Category, Look


class BuiltInStyle(BaseModel):
    """`prompt` is put behind a clip's own, `negative_prompt` beside it; settings are by workflow parameter name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    name: Name
    category: Category
    description: Description
    prompt: Look
    negative_prompt: Negative = ""
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)
