"""Clips, their galleries and their place in time at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue

from vidctl.domain.names import Lyrics, Name, Negative, Prompt, RenderSettings
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class ClipCreateDTO(InputDTO):
    """Without `timeline_position` the clip goes to the end of its scene."""

    name: Name
    slug: str | None = None
    length: str = "5"
    timeline_position: str | None = None
    order: int | None = Field(default=None, ge=0)
    lyrics: Lyrics = ""
    image_prompt: Prompt = ""
    video_prompt: Prompt = ""
    negative_prompt: Negative = ""


class ClipUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    length: str | None = None
    order: int | None = Field(default=None, ge=0)
    lyrics: Lyrics | None = None
    image_prompt: Prompt | None = None
    video_prompt: Prompt | None = None
    negative_prompt: Negative | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class ClipTimelineUpdateDTO(InputDTO):
    """`position` counts from the scene's start. Overlaps are refused unless `force`."""

    position: str
    force: bool = False


class ClipResponseDTO(ResponseDTO):
    """Times in seconds; `position_frame`, `frames` and `film_frame` are exact. `film_start` is on the film's clock."""

    id: str
    path: str
    project_id: str
    scene_id: str
    name: str
    slug: str
    order: int
    length: float
    frames: int
    timeline_position: float
    position_frame: int
    film_start: float
    film_frame: int
    lyrics: str
    image_prompt: str
    video_prompt: str
    negative_prompt: str
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    character_ids: list[str]
    template_id: str | None
    selected_image_id: str | None
    selected_video_id: str | None
    images: int
    videos: int
    created_at: Time
    updated_at: Time


class ClipListResponseDTO(ListResponseDTO[ClipResponseDTO]):
    pass


class GeneratedContentDTO(ResponseDTO):
    """A take. `file` is our own copy on this machine; sizes in pixels, `duration` and `render_seconds` in seconds."""

    id: str
    clip_id: str
    content_type: MediaKind
    is_selected: bool
    file: str
    size: int
    width: int | None
    height: int | None
    fps: str | None
    frames: int | None
    duration: float | None
    prompt: str
    negative_prompt: str
    seed: int
    workflow: str
    family: str
    model_name: str
    server_name: str
    render_seconds: float | None
    asset_id: str
    fingerprint: str
    generation_params: dict[str, Any]
    created_at: Time


class ClipGalleryResponseDTO(ResponseDTO):
    """A clip's takes, newest first."""

    clip_id: str
    path: str
    images: list[GeneratedContentDTO]
    videos: list[GeneratedContentDTO]
    selected_image_id: str | None
    selected_video_id: str | None


class ClipMovedDTO(ResponseDTO):
    """The clip at its new place, and the clips it overlaps there (empty unless forced)."""

    clip: ClipResponseDTO
    overlaps: list[str]
