"""Characters at the border."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.character import TriggerWords
from vidctl.domain.names import Description, Name, RenderSettings
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class CharacterCreateDTO(InputDTO):
    name: Name
    slug: str | None = None
    description: Description = ""
    trigger_words: TriggerWords = ""
    style_notes: Description = ""
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)


class CharacterUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    trigger_words: TriggerWords | None = None
    style_notes: Description | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class CharacterResponseDTO(ResponseDTO):
    id: str
    project_id: str
    slug: str
    name: str
    description: str
    trigger_words: str
    style_notes: str
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    created_at: Time
    updated_at: Time


class CharacterListResponseDTO(ListResponseDTO[CharacterResponseDTO]):
    pass
