"""Models, families, presets and workflows as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Lines, Table
from vidctl.cli.output.views.words import fields, text_of
from vidctl.dtos.model_dtos import (
    FamilyListDTO,
    PresetDTO,
    PresetListDTO,
    StoredModelListDTO,
    SyncDTO,
    WorkflowDetailDTO,
    WorkflowListDTO,
    WorkflowParameterDTO,
)


def _families(found: FamilyListDTO) -> list[Block]:
    rows = [
        [each.name, ", ".join(each.kinds), ", ".join(each.presets), ", ".join(each.folders), each.title]
        for each in found.items
    ]
    return [Table(["family", "makes", "presets", "folder", "title"], rows)]


def _presets(found: PresetListDTO) -> list[Block]:
    rows = [
        [each.subject, each.name, _whose(each), "default" if each.is_default else "", _values(each)]
        for each in found.items
    ]
    return [Table(["model", "preset", "from", "", "values"], rows, "no presets: vidctl comfyui presets set", fold=True)]


def _whose(preset: PresetDTO) -> str:
    if not preset.shipped:
        return "yours"
    return "shipped, changed by you" if preset.changed else "shipped"


def _values(preset: PresetDTO) -> str:
    return ", ".join([text_of(preset.values), *_loras(preset)])


def _loras(preset: PresetDTO) -> list[str]:
    return [f"{lora.name}:{lora.weight:g}" for lora in preset.loras]


def _preset(preset: PresetDTO) -> list[Block]:
    rows = [[name, text_of(value), preset.origins.get(name, "")] for name, value in preset.values.items()]
    rows += [["lora", lora, preset.origins.get("loras", "")] for lora in _loras(preset)]
    return [Table(["value", "", "from"], rows)]


def _workflows(found: WorkflowListDTO) -> list[Block]:
    rows = [
        [each.name, each.kind, ", ".join(each.families), _folders(each.models), each.summary] for each in found.items
    ]
    return [Table(["workflow", "makes", "families", "models", "summary"], rows, fold=True)]


def _folders(models: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(models.values()))


def _workflow(found: WorkflowDetailDTO) -> list[Block]:
    head = fields(found, leave_out=("parameters", "models", "requirements"))
    rows = [_parameter_row(each, found.models) for each in found.parameters]
    needs = Fields([("needs", line) for line in found.requirements])
    return [head, needs, Table(["parameter", "type", "default", "range", "description"], rows, fold=True)]


def _parameter_row(parameter: WorkflowParameterDTO, models: Mapping[str, str]) -> list[str]:
    kind = f"file in {models[parameter.name]}" if parameter.name in models else parameter.type
    low, high = text_of(parameter.minimum), text_of(parameter.maximum)
    default = "must be given" if parameter.required else text_of(parameter.default)
    return [parameter.name, kind, default, f"{low} to {high}" if low and high else low, parameter.description]


def _stored(found: StoredModelListDTO) -> list[Block]:
    rows = [
        [
            each.folder, each.name, "" if each.family == "unknown" else each.family,
            "there" if each.is_active else "gone", f"{each.last_seen:%Y-%m-%d %H:%M}",
        ]
        for each in found.items
    ]  # fmt: skip
    return [Table(["folder", "model", "family", "state", "last seen"], rows)]


def _synced(found: SyncDTO) -> list[Block]:
    changes = [("added", found.added), ("back", found.returned), ("gone", found.gone)]
    rows = [[what, path] for what, paths in changes for path in paths]
    return [Lines([f"{found.server} has {found.total} model files"]), Table(["", "file"], rows, "nothing has changed")]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    FamilyListDTO: _families,
    PresetListDTO: _presets,
    PresetDTO: _preset,
    WorkflowListDTO: _workflows,
    WorkflowDetailDTO: _workflow,
    StoredModelListDTO: _stored,
    SyncDTO: _synced,
}
