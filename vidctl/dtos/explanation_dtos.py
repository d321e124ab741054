"""Where the values of a render come from, before it is asked for."""

from __future__ import annotations

from pydantic import JsonValue

from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import ResponseDTO
from vidctl.dtos.clip_dtos import LoraConfigDTO
from vidctl.dtos.generation_dtos import ExpansionDTO, ResolvedRenderDTO


class ExplanationDTO(ResponseDTO):
    """What a dry run tells, for those who ask where each value came from."""

    renders: list[ResolvedRenderDTO]


class ResolvedKindDTO(ResponseDTO):
    """What a render of one kind would be made with. Where that cannot be decided, `note` says why, and `values` are
    those that people have set."""

    generation_type: MediaKind
    workflow: str
    family: str
    values: dict[str, JsonValue]
    loras: list[LoraConfigDTO]
    origins: dict[str, str]
    expansions: list[ExpansionDTO]
    note: str


class ResolvedClipDTO(ResponseDTO):
    """A clip's renders, decided without asking any server. A seed that nobody has set is another one at each render."""

    clip: str
    image: ResolvedKindDTO
    video: ResolvedKindDTO
