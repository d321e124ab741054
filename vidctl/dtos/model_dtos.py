"""Families, presets, workflows and what servers have, at the border."""

from __future__ import annotations

from pydantic import Field, JsonValue

from vidctl.domain.model_preset import PresetName
from vidctl.domain.names import RenderSettings
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time
from vidctl.dtos.clip_dtos import LoraConfigDTO


class FamilyDTO(ResponseDTO):
    """A kind of model. Sizes are multiples of `multiple` pixels; a video has `frame_offset` + n · `frame_step` frames;
    `fps` is the rate it was trained on, as a fraction."""

    name: str
    title: str
    kinds: list[MediaKind]
    folders: list[str]
    workflows: dict[str, str]
    presets: list[str]
    default_preset: str
    multiple: int
    frame_offset: int | None
    frame_step: int | None
    fps: str | None


class FamilyListDTO(ListResponseDTO[FamilyDTO]):
    pass


class ModelFamilyDTO(ResponseDTO):
    """What a model file is taken for, and why. `family` is "unknown" where nothing tells; `other_task` is what it
    is for, where the family's workflows cannot use it."""

    model: str
    family: str
    title: str
    reason: str
    other_task: str
    kinds: list[MediaKind]
    workflows: dict[str, str]
    presets: list[str]
    default_preset: str | None


class PresetUpdateDTO(InputDTO):
    """Values of a preset by workflow parameter; None takes one away."""

    name: PresetName
    settings: RenderSettings = Field(min_length=1)


class PresetDTO(ResponseDTO):
    """A preset as a render would have it: each value, and where it came from."""

    subject: str
    name: str
    family: str
    shipped: bool
    changed: bool
    is_default: bool
    values: dict[str, JsonValue]
    loras: list[LoraConfigDTO]
    origins: dict[str, str]


class PresetListDTO(ListResponseDTO[PresetDTO]):
    pass


class WorkflowParameterDTO(ResponseDTO):
    """`default` is what the graph holds if nothing is given; None where a value must be given."""

    name: str
    type: str
    required: bool
    default: JsonValue
    minimum: float | None
    maximum: float | None
    description: str


class WorkflowDTO(ResponseDTO):
    """`models` is the kinds of model files it loads: parameter → folder on the server."""

    name: str
    kind: MediaKind
    summary: str
    families: list[str]
    parameters: list[str]
    models: dict[str, str]


class WorkflowListDTO(ListResponseDTO[WorkflowDTO]):
    pass


class WorkflowDetailDTO(ResponseDTO):
    """A workflow with what a server needs for it and how it is known to work."""

    name: str
    kind: MediaKind
    summary: str
    families: list[str]
    parameters: list[WorkflowParameterDTO]
    models: dict[str, str]
    takes_loras: bool
    requirements: list[str]
    node_classes: list[str]
    proof: str


class StoredModelDTO(ResponseDTO):
    """A model file that a server had when it was asked; an inactive one was gone at the last time."""

    name: str
    folder: str
    family: str
    first_seen: Time
    last_seen: Time
    is_active: bool


class StoredModelListDTO(ListResponseDTO[StoredModelDTO]):
    server: str
    synced_at: Time


class SyncDTO(ResponseDTO):
    """What a sync has found, files as folder/name."""

    server: str
    synced_at: Time
    total: int
    added: list[str]
    returned: list[str]
    gone: list[str]
