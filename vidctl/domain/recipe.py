"""A render is one value: RenderRequest holds everything that decides the picture, and nothing else does."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

Graph = dict[str, dict[str, Any]]


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


class Lora(BaseModel):
    """A low-rank adapter by the server's file name, with its strength on model and text encoder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    weight: float = Field(default=1.0, ge=-10.0, le=10.0)


class LyricLine(BaseModel):
    """A line of text shown from `start` to `end`, both in frames from the clip's first frame (end exclusive)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: int
    end: int
    text: str


class TitleCard(BaseModel):
    """What an animatic writes on a clip: the animatic backend draws this instead of running a graph."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: str
    scene: str
    clip: str
    prompt: str = ""
    lyrics: tuple[LyricLine, ...] = ()
    start_frame: int = Field(default=0, ge=0, description="frame of the film on which the clip starts")
    still_asset: str | None = Field(default=None, description="asset id of the clip's selected still")


class RenderRequest(BaseModel):
    """Every value of one render, resolved. Building the graph from it is a pure function (Workflow.bind).

    `values` are the workflow's named parameters; `origins` says where each came from and is not part of the
    fingerprint. Sizes are in pixels, `frames` counts frames, `fps` is a fraction such as "24" or "30000/1001".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: MediaKind
    backend: str = Field(description="comfyui or animatic")
    workflow: str = ""
    family: str = ""
    values: dict[str, JsonValue] = Field(default_factory=dict)
    loras: tuple[Lora, ...] = ()
    width: int = Field(ge=16, le=8192)
    height: int = Field(ge=16, le=8192)
    frames: int = Field(default=1, ge=1)
    fps: str = "24"
    seed: int = Field(default=0, ge=0, le=2**64 - 1)
    card: TitleCard | None = None
    origins: dict[str, str] = Field(default_factory=dict)

    @field_validator("fps")
    @classmethod
    def _fps_is_a_fraction(cls, value: str) -> str:
        if Fraction(value) <= 0:
            raise ValueError("fps must be above 0")
        return value

    @property
    def rate(self) -> Fraction:
        """Frames per second, exact."""
        return Fraction(self.fps)

    def fingerprint(self) -> str:
        """SHA-256 over all that decides the picture: two takes with the same one were asked for alike."""
        decisive = self.model_dump(mode="json", exclude={"origins"})
        return hashlib.sha256(json.dumps(decisive, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
