"""Music, exports, the demo, the doctor, settings, help and schemas as they are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Lines, PathsShown, SchemaShown, SettingsShown, Table, TopicShown
from vidctl.cli.output.views.words import SHORT_ID, counted, seconds, size, tally, text_of
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.demo_dtos import DemoResponseDTO
from vidctl.dtos.doctor_dtos import DoctorDTO
from vidctl.dtos.media_dtos import ExportResponseDTO, TidyResponseDTO, UploadMusicResponseDTO
from vidctl.dtos.schema_dtos import SchemaListDTO


def _music(found: UploadMusicResponseDTO) -> list[Block]:
    return [Lines([f"{found.project} is cut to {found.original_name}: {seconds(found.duration)}, {size(found.size)}"])]


def _tidied(found: TidyResponseDTO) -> list[Block]:
    verb = "removed" if found.removed else "would remove"
    return [Lines([f"{verb} {len(found.files)} files, {size(found.bytes)}"])]


def _exported(found: ExportResponseDTO) -> list[Block]:
    clips = counted(found.clips, "clip")
    if found.format == "json":
        return [Lines([f"{found.file}: {clips}, {size(found.size)}"])]
    sound = f"sound from {found.music}" if found.music else "silent"
    length = f"{found.frames} frames at {found.fps} fps ({seconds(found.seconds)})"
    shape = f"{found.width}x{found.height}"
    return [Lines([f"{found.file}: {length}, {shape}, {clips}, {sound}, {size(found.size)}"])]


def _demo(found: DemoResponseDTO) -> list[Block]:
    return [
        Fields(
            [
                ("project", f"{found.project}, {counted(found.clips, 'clip')}"),
                ("takes", found.assets),
                ("store", found.store),
            ]
        ),
        *_exported(found.film),
        Lines(["", "Try next:"]),
        Lines([f"  {step}" for step in found.next_steps]),
    ]


def _doctor(found: DoctorDTO) -> list[Block]:
    rows = [[check.state, check.name, check.found, check.fix] for check in found.checks]
    return [Table(["", "check", "found", "fix"], rows, fold=True)]


def _deleted(found: DeletedDTO) -> list[Block]:
    gone = tally(found.deleted) or "nothing was left"
    back = [f"vidctl project trash restore {found.change[:SHORT_ID]} brings it back"] if found.change else []
    return [Lines([f"deleted {found.name}: {gone}", *back])]


def _settings(shown: SettingsShown) -> list[Block]:
    if shown.with_origin:
        return [Table(["setting", "value", "from"], [[s.name, text_of(s.value), s.origin] for s in shown.settings])]
    return [Fields([(s.name, text_of(s.value)) for s in shown.settings])]


def _paths(shown: PathsShown) -> list[Block]:
    return [Fields([(name, str(path) if path else "none") for name, path in shown.paths.items()])]


def _topic(shown: TopicShown) -> list[Block]:
    return [Lines(shown.text.splitlines())]


def _schemas(found: SchemaListDTO) -> list[Block]:
    return [Table(["shape", "", "summary"], [[each.name, each.direction, each.summary] for each in found.items])]


def _schema(shown: SchemaShown) -> list[Block]:
    return [Lines([json.dumps(shown.document, indent=2, ensure_ascii=False)])]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    UploadMusicResponseDTO: _music,
    TidyResponseDTO: _tidied,
    ExportResponseDTO: _exported,
    DemoResponseDTO: _demo,
    DoctorDTO: _doctor,
    DeletedDTO: _deleted,
    SettingsShown: _settings,
    PathsShown: _paths,
    TopicShown: _topic,
    SchemaListDTO: _schemas,
    SchemaShown: _schema,
}
