"""What a person asks to be rendered, and what it resolves to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue

from vidctl.domain.names import Prompt, RenderSettings
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ResponseDTO
from vidctl.dtos.clip_dtos import LoraConfigDTO
from vidctl.dtos.queue_dtos import QueueJobStatusDTO


class RenderOptionsDTO(InputDTO):
    """`settings` are the values set for this render only, by workflow parameter name; `loras` among them, as a list
    of {name, weight}. `server` None lets the queue choose. `count` takes are made of each picture."""

    server: str | None = None
    workflow: str | None = None
    preset: str | None = None
    settings: RenderSettings = Field(default_factory=dict)
    count: int = Field(default=1, ge=1, le=1000)
    priority: int = Field(default=0, ge=-1000, le=1000)


class GenerationRequestDTO(RenderOptionsDTO):
    clips: list[str] = Field(min_length=1, max_length=10_000)
    generation_type: MediaKind


class PortraitRequestDTO(RenderOptionsDTO):
    """Pictures of a character that belong to no clip."""

    character: str
    generation_type: Literal[MediaKind.IMAGE] = MediaKind.IMAGE


class CharacterSheetRequestDTO(PortraitRequestDTO):
    """Names of the packaged pictures; the usual views where none is named."""

    views: list[str] = Field(default_factory=list)
    expressions: list[str] = Field(default_factory=list)
    poses: list[str] = Field(default_factory=list)


class CharacterSampleRequestDTO(PortraitRequestDTO):
    """Takes of one picture; `prompt` says of which, in place of the packaged words."""

    prompt: Prompt | None = None
    count: int = Field(default=4, ge=1, le=1000)


class ExpansionStepDTO(ResponseDTO):
    """`markup` was replaced by `chosen`, which may hold markup in its turn; `source` says where that came from."""

    markup: str
    source: str
    chosen: str


class ExpansionDTO(ResponseDTO):
    """How markup in a text became words. The text is a part of the prompt that `value` names; `source` wrote it."""

    value: str
    source: str
    text: str
    expanded: str
    steps: list[ExpansionStepDTO]


class ResolvedRenderDTO(ResponseDTO):
    """A render that has not been asked for: the resolved recipe and the graph that would be sent. `expansions` are of
    the texts that hold markup."""

    clip: str
    server: str
    backend: str
    workflow: str
    family: str
    width: int
    height: int
    frames: int
    fps: str
    seed: int
    fingerprint: str
    values: dict[str, JsonValue]
    loras: list[LoraConfigDTO]
    origins: dict[str, str]
    expansions: list[ExpansionDTO]
    graph: dict[str, Any]


class DryRunDTO(ResponseDTO):
    renders: list[ResolvedRenderDTO]


class GenerationResponseDTO(ResponseDTO):
    """What became of the jobs. With --no-wait all of them are still queued."""

    batch_id: str
    total: int
    succeeded: int
    failed: int
    cancelled: int
    open: int
    jobs: list[QueueJobStatusDTO]
