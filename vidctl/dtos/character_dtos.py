"""Characters and their reference images at the border."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.character import ReferenceImage, ReferenceRole, TriggerWords
from vidctl.domain.names import Description, Name, RenderSettings
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO
from vidctl.dtos.clip_dtos import LoraConfigDTO


class CharacterCreateDTO(InputDTO):
    name: Name
    slug: str | None = None
    description: Description = ""
    trigger_words: TriggerWords = ""
    style_notes: Description = ""
    lora: LoraConfigDTO | None = None
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)


class CharacterUpdateDTO(UpdateDTO):
    """`lora` None takes it away."""

    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    trigger_words: TriggerWords | None = None
    style_notes: Description | None = None
    lora: LoraConfigDTO | None = None
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
    lora: LoraConfigDTO | None
    reference_images: list[ReferenceImage]
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    created_at: Time
    updated_at: Time


class CharacterListResponseDTO(ListResponseDTO[CharacterResponseDTO]):
    pass


class ReferenceImagesAddDTO(InputDTO):
    """`pictures` are files or takes. Without a `role` new ones are references in general, and others keep theirs."""

    pictures: list[str] = Field(min_length=1)
    role: ReferenceRole | None = None


class ReferenceImageDTO(ResponseDTO):
    """`file` is our own copy on this machine; `size` in bytes, width and height in pixels."""

    asset_id: str
    name: str
    role: ReferenceRole
    file: str
    size: int
    width: int
    height: int


class ReferenceImageListDTO(ListResponseDTO[ReferenceImageDTO]):
    """All of a character's. `added` of them are new; `warnings` tell of new ones that may not serve well."""

    character: str
    added: int = 0
    warnings: list[str] = Field(default_factory=list)
