"""Style templates at the border."""

from __future__ import annotations

from enum import StrEnum

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
    is_public: bool = False


class StyleTemplateUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    category: Category | None = None
    prompt: Look | None = None
    negative_prompt: Negative | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None
    is_public: bool | None = None


class TemplateCopyDTO(InputDTO):
    """Without a `name` the copy is called as what it is copied from."""

    name: Name | None = None


class TemplateFilterDTO(InputDTO):
    """`public` and `built_in` leave out the others, where they are True or False. `text` is in the name, description or
    prompt; `sort` is a field, or -FIELD; `after` is the last one of the page before."""

    category: Category | None = None
    public: bool | None = None
    built_in: bool | None = None
    text: str | None = None
    sort: str | None = None
    after: str | None = None
    limit: int | None = Field(default=None, ge=1)


class TemplateSource(StrEnum):
    """Where a template is from: BUILTIN ones come with vidctl, OWN ones are in the store and can be changed."""

    BUILTIN = "builtin"
    OWN = "own"


class StyleTemplateResponseDTO(ResponseDTO):
    """`id` and times are None for a built-in one."""

    id: str | None
    slug: str
    name: str
    description: str
    category: str
    source: TemplateSource
    is_public: bool
    prompt: str
    negative_prompt: str
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    use_count: int
    created_at: Time | None
    updated_at: Time | None


class StyleTemplateListResponseDTO(ListResponseDTO[StyleTemplateResponseDTO]):
    pass


class TemplateExportDTO(ResponseDTO):
    """The slugs of the templates in the file."""

    file: str
    templates: list[str]


class TemplateImportDTO(ResponseDTO):
    """The slugs of what came in, of what was overwritten, and of what was there alike."""

    file: str
    created: list[str]
    replaced: list[str]
    unchanged: list[str]
