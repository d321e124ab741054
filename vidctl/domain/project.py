"""A film: its size and rate, the song it is cut to, and what all its renders share."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.frames import parse_rate
from vidctl.domain.lyrics import TimedLine
from vidctl.domain.names import Description, Name, Notes, RenderSettings, Variables


class Project(Document):
    """`fps` is a fraction as text ("24", "30000/1001"); width and height are even pixels; `music_duration` seconds.
    `drop_frame` is how timecode is written at 29.97 and 59.94 fps."""

    SCHEMA: ClassVar[int] = 2

    name: Name
    slug: str
    description: Description = ""
    width: int = Field(default=1280, ge=16, le=8192)
    height: int = Field(default=720, ge=16, le=8192)
    fps: str = "24"
    drop_frame: bool = False
    music_asset_id: str | None = None
    music_name: str = ""
    music_duration: float | None = Field(default=None, ge=0)
    lyrics: list[TimedLine] = Field(default_factory=list)
    notes: Notes = ""
    variables: Variables = Field(default_factory=dict)
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)

    @property
    def rate(self) -> Fraction:
        """Frames per second, exact."""
        return parse_rate(self.fps)
