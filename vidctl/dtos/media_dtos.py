"""Music, lyrics, faces and exports at the border."""

from __future__ import annotations

from vidctl.dtos.base import ResponseDTO


class UploadMusicResponseDTO(ResponseDTO):
    """`duration` is the song's decoded length in seconds."""

    project: str
    file_path: str
    original_name: str
    media_type: str
    duration: float
    size: int
    asset_id: str


class UploadFaceImageResponseDTO(ResponseDTO):
    """A stored picture of a face; `character` is whose reference image it is now, if one was named. `size` in bytes,
    width and height in pixels."""

    file_path: str
    original_name: str
    media_type: str
    width: int
    height: int
    size: int
    asset_id: str
    character: str | None
    warnings: list[str]


class LyricsResponseDTO(ResponseDTO):
    project: str
    lines: int
    first_second: float | None
    last_second: float | None


class TidyResponseDTO(ResponseDTO):
    """Files that nothing refers to. `removed` is false for a dry run."""

    removed: bool
    files: list[str]
    bytes: int


class ExportResponseDTO(ResponseDTO):
    """What was written. `seconds` is the film's length; `missing` names clips without a selected take."""

    project: str
    format: str
    file: str
    size: int
    frames: int
    fps: str
    seconds: float
    width: int
    height: int
    clips: int
    missing: list[str]
    music: str | None
