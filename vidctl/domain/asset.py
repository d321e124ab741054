"""A stored file: known by the SHA-256 of its content, described by what decoding it showed."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from vidctl.domain.document import Document


class AssetKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class MediaFacts(BaseModel):
    """What a full decode of a file found. `fps` is a fraction as text; `duration` is in seconds; both are None
    where they make no sense. `frames` was counted, not read from a header."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: AssetKind
    media_type: str = Field(description='such as "video/mp4"')
    extension: str = Field(description='with its dot, such as ".mp4"')
    width: int | None = None
    height: int | None = None
    fps: str | None = None
    frames: int | None = None
    duration: float | None = None
    has_audio: bool = False


class Asset(Document):
    """`id` is the SHA-256 of the content in hex. `location` is the path below the asset folder."""

    facts: MediaFacts
    size: int = Field(ge=1, description="bytes")
    location: str
    original_name: str = ""
