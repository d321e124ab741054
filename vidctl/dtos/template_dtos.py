"""Style templates at the border."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.names import Description, Name, Negative, RenderSettings
from vidctl.domain.style_template import Category, Look
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class StyleTemplateCreateDTO(InputDTO):
    name: Name
    slug: str | None = None
    description: Description = ""
    category: Category = "custom"
    prompt: Look = ""
    negative_prompt: Negative = ""
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)


class StyleTemplateUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    category: Category | None = None
    prompt: Look | None = None
    negative_prompt: Negative | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class StyleTemplateResponseDTO(ResponseDTO):
    id: str
    slug: str
    name: str
    description: str
    category: str
    prompt: str
    negative_prompt: str
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    use_count: int
    created_at: Time
    updated_at: Time


class StyleTemplateListResponseDTO(ListResponseDTO[StyleTemplateResponseDTO]):
    pass
