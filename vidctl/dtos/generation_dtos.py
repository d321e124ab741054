"""What a person asks to be rendered, and what it resolves to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from vidctl.domain.job import MAX_ATTEMPTS
from vidctl.domain.limits import RENDER_LIMITS
from vidctl.domain.names import Name, Negative, Prompt, RenderSettings
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ResponseDTO
from vidctl.dtos.batch_dtos import RenderCountsDTO
from vidctl.dtos.clip_dtos import LoraConfigDTO
from vidctl.dtos.queue_dtos import QueueJobStatusDTO


def _number(name: str) -> Any:
    """A field that is not given, or a number in its range."""
    low, high = RENDER_LIMITS[name]
    return Field(default=None, ge=low, le=high, strict=True)


class GenerationParamsDTO(InputDTO):
    """Values set for a render, by workflow parameter name: these, which many workflows have, and any other that the
    workflow declares. Sizes in pixels, `fps` per second; a `seed` of -1 draws one. None counts as not given."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: RenderSettings = Field(init=False)

    prompt: Prompt | None = None
    negative: Negative | None = None
    model: str | None = None
    loras: list[LoraConfigDTO] | None = None
    width: int | None = _number("width")
    height: int | None = _number("height")
    frames: int | None = _number("frames")
    fps: float | None = _number("fps")
    steps: int | None = _number("steps")
    cfg: float | None = _number("cfg")
    sampler: str | None = None
    scheduler: str | None = None
    seed: int | None = Field(default=None, ge=-1, lt=2**63, strict=True)

    def as_settings(self) -> RenderSettings:
        """What was given, as a layer of settings."""
        return self.model_dump(exclude_unset=True)


class RenderOptionsDTO(InputDTO):
    """`settings` are the values set for this render only. `server` None lets the queue choose. `count` takes are made
    of each picture."""

    server: str | None = None
    workflow: str | None = None
    preset: str | None = None
    settings: GenerationParamsDTO = Field(default_factory=GenerationParamsDTO)
    count: int = Field(default=1, ge=1, le=1000)
    priority: int = Field(default=0, ge=-1000, le=1000)


class GenerationRequestDTO(RenderOptionsDTO):
    clips: list[str] = Field(min_length=1, max_length=10_000)
    generation_type: MediaKind


class BatchGenerationRequestDTO(GenerationRequestDTO):
    """`title` is what the batch is called in lists; without one it is called after its first render."""

    title: Name | None = None


class QueueJobRequestDTO(GenerationRequestDTO):
    """`max_attempts` is how often a render is begun at most before it counts as failed."""

    max_attempts: int = Field(default=MAX_ATTEMPTS, ge=1, le=100)


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


class GenerationResponseDTO(RenderCountsDTO):
    """What became of the jobs. With --no-wait all of them are still queued."""

    batch_id: str
    jobs: list[QueueJobStatusDTO]
