"""Scenes at the border. Times are seconds, or text that `parse_time` reads (12.5, 300f, 00:00:12:12)."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.names import Description, Lyrics, Name, Notes, RenderSettings, Tags
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class SceneCreateDTO(InputDTO):
    """Without `order`, `before` or `after` it comes last."""

    name: Name
    slug: str | None = None
    description: Description = ""
    lyrics: Lyrics = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    order: int | None = Field(default=None, ge=0)
    before: str | None = None
    after: str | None = None
    start: str | None = None


class SceneUpdateDTO(UpdateDTO):
    """`start` "" puts the scene behind the one before it again."""

    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    lyrics: Lyrics | None = None
    notes: Notes | None = None
    tags: Tags | None = None
    order: int | None = Field(default=None, ge=0)
    start: str | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class SceneResponseDTO(ResponseDTO):
    """`start` and `duration` are seconds on the film's clock, `start_frame` and `frames` the exact values."""

    id: str
    path: str
    project_id: str
    name: str
    slug: str
    order: int
    description: str
    lyrics: str
    notes: str
    tags: list[str]
    variables: dict[str, str]
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    original_id: str | None
    alternate_number: int
    start: float
    start_frame: int
    start_is_fixed: bool
    duration: float
    frames: int
    created_at: Time
    updated_at: Time


class SceneListResponseDTO(ListResponseDTO[SceneResponseDTO]):
    pass
