"""Manifests, imports and archives as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vidctl.cli.output.blocks import Block, Lines
from vidctl.cli.output.views.words import counted, size
from vidctl.dtos.manifest_dtos import (
    ArchiveResponseDTO,
    ImportResponseDTO,
    ManifestDumpDTO,
    ManifestResponseDTO,
    ManifestStepDTO,
    RestoreResponseDTO,
)


def _applied(found: ManifestResponseDTO) -> list[Block]:
    counts = [
        f"{number} {'to be ' if found.dry_run else ''}{verb}"
        for number, verb in ((found.created, "created"), (found.changed, "changed"), (found.deleted, "deleted"))
        if number
    ]
    kept = [f"{found.kept} kept that the manifest does not name"] if found.kept else []
    summary = f"{found.project}: {', '.join([*counts, *kept]) or 'nothing to do'}"
    if not counts and kept:
        summary = f"{found.project}: nothing to do, {kept[0]}"
    ending = "; this was a dry run, nothing was changed" if found.dry_run and counts else ""
    return [
        Lines([_line(step) for step in found.steps]),
        Lines([f"warning: {warning}" for warning in found.warnings]),
        Lines([summary + ending]),
    ]


def _line(step: ManifestStepDTO) -> str:
    told = "; ".join(f"{change.field} {change.before} → {change.after}" for change in step.changes)
    return f"{step.mark} {step.noun} {step.path}{f': {told}' if told else ''}"


def _dumped(found: ManifestDumpDTO) -> list[Block]:
    if found.file is None:
        return [Lines(found.text.splitlines())]
    copied = f", {counted(found.media_copied, 'file')} copied" if found.media_copied else ""
    left_out = [f"left out, as their originals are gone: {', '.join(found.left_out)}"] if found.left_out else []
    return [Lines([f"{found.file}: {found.project} in {len(found.text.splitlines())} lines{copied}", *left_out])]


def _imported(found: ImportResponseDTO) -> list[Block]:
    made = [counted(found.scenes, "scene"), counted(found.clips, "clip"), counted(found.characters, "character")]
    skipped = [counted(found.skipped_images, "still"), counted(found.skipped_videos, "video")]
    takes = " and ".join(filter(None, skipped))
    left = [f"left behind, as their files are on other machines: {takes} (--json lists them)"] if takes else []
    return [
        Lines([f"note: {note}" for note in found.notes]),
        Lines([f"{found.project}: {', '.join(filter(None, made)) or 'empty'}", *left]),
    ]


def _archived(found: ArchiveResponseDTO) -> list[Block]:
    return [Lines([f"{found.file}: {_contents(found.documents)}, {size(found.size)}, verified"])]


def _restored(found: RestoreResponseDTO) -> list[Block]:
    kept = [f"kept as they are here: {', '.join(found.templates_kept)}"] if found.templates_kept else []
    ids = ["some of its ids were taken: it is a copy with ids of its own"] if found.new_ids else []
    return [Lines([f"{found.project}: {_contents(found.documents)}", *ids, *kept])]


def _contents(documents: Mapping[str, int]) -> str:
    nouns = {"scenes": "scene", "clips": "clip", "characters": "character", "takes": "take", "assets": "file"}
    return ", ".join(counted(documents[name], noun) for name, noun in nouns.items() if name in documents) or "empty"


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ManifestResponseDTO: _applied,
    ManifestDumpDTO: _dumped,
    ImportResponseDTO: _imported,
    ArchiveResponseDTO: _archived,
    RestoreResponseDTO: _restored,
}
