"""Characters, their reference images and style templates as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Lines, Table
from vidctl.cli.output.views.words import SHORT_ID, fields, size
from vidctl.domain.character import ReferenceImage
from vidctl.dtos.character_dtos import CharacterListResponseDTO, CharacterResponseDTO, ReferenceImageListDTO
from vidctl.dtos.clip_dtos import LoraConfigDTO
from vidctl.dtos.template_dtos import StyleTemplateListResponseDTO, TemplateExportDTO, TemplateImportDTO


def _character(character: CharacterResponseDTO) -> list[Block]:
    shown = fields(character, leave_out=("lora", "reference_images"))
    own = [("lora", _lora(character.lora)), ("reference images", _images(character.reference_images))]
    return [Fields([*shown.pairs, *((label, text) for label, text in own if text)])]


def _characters(found: CharacterListResponseDTO) -> list[Block]:
    rows = [
        [c.slug, c.name, c.trigger_words, _lora(c.lora), str(len(c.reference_images) or ""), c.description]
        for c in found.items
    ]
    headers = ["character", "name", "trigger words", "lora", "images", "description"]
    return [Table(headers, rows, "none yet: vidctl character create NAME")]


def _references(found: ReferenceImageListDTO) -> list[Block]:
    rows = [
        [each.asset_id[:SHORT_ID], each.name, each.role, f"{each.width}x{each.height}", size(each.size), each.file]
        for each in found.items
    ]
    empty = f"none yet: vidctl character refs add {found.character} FILE"
    return [Lines(found.warnings), Table(["image", "name", "role", "size", "bytes", "file"], rows, empty, key=0)]


def _templates(found: StyleTemplateListResponseDTO) -> list[Block]:
    rows = [
        [t.slug, t.name, t.category, t.source, "public" if t.is_public else "", str(t.use_count), t.prompt]
        for t in found.items
    ]
    headers = ["template", "name", "category", "source", "", "used", "prompt"]
    return [Table(headers, rows, "none yet: vidctl template create NAME")]


def _exported(found: TemplateExportDTO) -> list[Block]:
    return [Lines([f"{found.file}: {', '.join(found.templates)}"])]


def _imported(found: TemplateImportDTO) -> list[Block]:
    groups = [("created", found.created), ("replaced", found.replaced), ("unchanged", found.unchanged)]
    return [Fields([(label, ", ".join(slugs)) for label, slugs in groups if slugs])]


def _lora(lora: LoraConfigDTO | None) -> str:
    return f"{lora.name}:{lora.weight:g}" if lora else ""


def _images(images: Sequence[ReferenceImage]) -> str:
    return ", ".join(f"{image.name} ({image.role})" for image in images)


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    CharacterResponseDTO: _character,
    CharacterListResponseDTO: _characters,
    ReferenceImageListDTO: _references,
    StyleTemplateListResponseDTO: _templates,
    TemplateExportDTO: _exported,
    TemplateImportDTO: _imported,
}
