"""Projects at the border."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.names import Description, Name, Notes, RenderSettings
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO
from vidctl.dtos.clip_dtos import ClipResponseDTO
from vidctl.dtos.scene_dtos import SceneResponseDTO


class ProjectCreateDTO(InputDTO):
    name: Name
    slug: str | None = None
    description: Description = ""
    width: int = Field(default=1280, ge=16, le=8192)
    height: int = Field(default=720, ge=16, le=8192)
    fps: str = "24"
    drop_frame: bool = False


class ProjectUpdateDTO(UpdateDTO):
    name: Name | None = None
    slug: str | None = None
    description: Description | None = None
    width: int | None = Field(default=None, ge=16, le=8192)
    height: int | None = Field(default=None, ge=16, le=8192)
    fps: str | None = None
    drop_frame: bool | None = None
    notes: Notes | None = None
    image_settings: RenderSettings | None = None
    video_settings: RenderSettings | None = None


class ProjectResponseDTO(ResponseDTO):
    """`duration` is the film's length in seconds: the cut or the song, whichever ends later."""

    id: str
    slug: str
    name: str
    description: str
    width: int
    height: int
    fps: str
    drop_frame: bool
    notes: str
    variables: dict[str, str]
    music_file: str | None
    music_duration: float | None
    lyric_lines: int
    image_settings: dict[str, JsonValue]
    video_settings: dict[str, JsonValue]
    is_current: bool
    created_at: Time
    updated_at: Time


class SceneWithClipsDTO(SceneResponseDTO):
    clips: list[ClipResponseDTO]


class ProjectWithScenesDTO(ProjectResponseDTO):
    scenes: list[SceneWithClipsDTO]


class ProjectListResponseDTO(ListResponseDTO[ProjectResponseDTO]):
    pass
