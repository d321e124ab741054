"""Versions of a clip's texts as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.cli.output.blocks import Block, Lines, Table, WordDiff
from vidctl.dtos.version_dtos import ClipDiffDTO, ClipRestoredDTO, ClipVersionListResponseDTO


def _versions(found: ClipVersionListResponseDTO) -> list[Block]:
    rows = [
        [
            "*" if version.is_active else "",
            str(version.version_number),
            version.created_at.strftime("%Y-%m-%d %H:%M"),
            version.image_prompt,
            version.video_prompt,
        ]
        for version in found.items
    ]
    return [Table(["", "version", "since (UTC)", "image prompt", "video prompt"], rows)]


def _diff(found: ClipDiffDTO) -> list[Block]:
    between = f"version {found.from_version} and version {found.to_version} of {found.path}"
    if not found.texts:
        return [Lines([f"nothing differs between {between}"])]
    texts = [
        WordDiff(f"{text.name.replace('_', ' ')}:", [(piece.mark, piece.text) for piece in text.pieces])
        for text in found.texts
    ]
    return [Lines([f"between {between}:"]), *texts]


def _restored(found: ClipRestoredDTO) -> list[Block]:
    if not found.changed:
        return [Lines([f"{found.path} has the texts of version {found.restored} already"])]
    names = ", ".join(name.replace("_", " ") for name in found.changed)
    return [
        Lines([f"{found.path} has the texts of version {found.restored} again, as version {found.version}: {names}"])
    ]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ClipVersionListResponseDTO: _versions,
    ClipDiffDTO: _diff,
    ClipRestoredDTO: _restored,
}
