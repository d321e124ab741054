"""Clips, their galleries and their place in time at the border."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue

from vidctl.domain.clip import ClipStatus
from vidctl.domain.names import Lyrics, Name, Negative, Notes, Prompt, RenderSettings, Tags
from vidctl.domain.recipe import Lora, MediaKind
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class LoraConfigDTO(Lora):
    """A LoRA by the server's file name, with its weight."""


class ClipCreateDTO(InputDTO):
    """Without a place the clip goes to the end of its scene. `next_free` takes the nearest free place to
    `timeline_position`; `before` and `after` name a clip, and what follows makes room."""

    name: Name
    slug: str | None = None
    length: str = "5"
    timeline_position: str | None = None
    next_free: bool = False
    before: str | None = None
    after: str | None = None
    lyrics: Lyrics = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    image_prompt: Prompt = ""
    video_prompt: Prompt = ""
    negative_prompt: Negative = ""


class ClipUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    length: str | None = None
    order: int | None = Field(default=None, ge=0)
    lyrics: Lyrics | None = None
    notes: Notes | None = None
    tags: Tags | None = None
    status: ClipStatus | None = None
    image_prompt: Prompt | None = None
    video_prompt: Prompt | None = None
    negative_prompt: Negative | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class ClipTimelineUpdateDTO(InputDTO):
    """`position` counts from the start of the scene, which is `scene` if that is given. `before` and `after` name a
    clip: it takes its place there, what follows makes room, and the hole that it leaves is closed. With `snap` it goes
    to what is near to `position`. Overlaps are refused unless `force`."""

    position: str | None = None
    scene: str | None = None
    before: str | None = None
    after: str | None = None
    snap: bool = False
    force: bool = False


class ClipResponseDTO(ResponseDTO):
    """`characters` and `template` are short names. Times in seconds; `position_frame`, `frames` and `film_frame` are
    exact. `film_start` is on the film's clock."""

    id: str
    path: str
    project_id: str
    scene_id: str
    name: str
    slug: str
    order: int
    status: ClipStatus
    locked: bool
    tags: list[str]
    notes: str
    original_id: str | None
    alternate_number: int
    version: int
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
    characters: list[str]
    template_id: str | None
    template: str | None
    selected_image_id: str | None
    selected_video_id: str | None
    source_start: int
    images: int
    videos: int
    created_at: Time
    updated_at: Time


class ClipListResponseDTO(ListResponseDTO[ClipResponseDTO]):
    pass


class GeneratedContentDTO(ResponseDTO):
    """A take of a clip, or else of a character ("" is neither), of which it shows a `view` ("profile", "joy",
    "sample"); `path` is its owner's. `file` is our own copy on this machine; sizes in pixels, `duration` and
    `render_seconds` in seconds. `seed` is None for a person's own file."""

    id: str
    project_id: str
    clip_id: str
    character_id: str
    path: str
    view: str
    content_type: MediaKind
    is_selected: bool
    rating: int | None
    tags: list[str]
    note: str
    file: str
    size: int
    width: int | None
    height: int | None
    fps: str | None
    frames: int | None
    duration: float | None
    prompt: str
    negative_prompt: str
    seed: int | None
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
    """The clip at its new place, what it was drawn to there, and the clips it overlaps (none unless forced)."""

    clip: ClipResponseDTO
    snapped_to: str | None
    overlaps: list[str]


class ClipVersionDTO(ResponseDTO):
    """A clip's texts as they were from `created_at` on. `is_active` is the version that it has now."""

    id: str
    version_number: int
    image_prompt: str
    video_prompt: str
    negative_prompt: str
    lyrics: str
    created_at: Time
    is_active: bool
