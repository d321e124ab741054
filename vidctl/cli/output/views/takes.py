"""Takes, contact sheets and the pool as they are drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Lines, Picture, Sheet, Table
from vidctl.cli.output.views.words import SHORT_ID, counted, fields, seconds, size, text_of
from vidctl.dtos.clip_dtos import GeneratedContentDTO
from vidctl.dtos.pool_dtos import PoolAppliedDTO, PoolItemListResponseDTO, PoolItemResponseDTO
from vidctl.dtos.take_dtos import TakeComparisonDTO, TakeDetailDTO, TakeFileDTO, TakeListResponseDTO

_HEADERS = ("", "take", "of", "kind", "size", "length", "seed", "rating", "tags", "made with", "note")
#: Told in other words, or too long for a line.
_LEFT_OUT = ("recipe", "generation_params", "clip_id", "character_id", "project_id", "job_id", "prompt_id", "size",
              "other_takes", "pool", "is_selected")  # fmt: skip


def take_row(take: GeneratedContentDTO) -> list[str]:
    """A take in a table under _HEADERS."""
    return [
        "*" if take.is_selected else "",
        take.id[:SHORT_ID],
        f"{take.path}: {take.view}" if take.view else take.path,
        take.content_type,
        f"{take.width}x{take.height}",
        seconds(take.duration),
        "" if take.seed is None else str(take.seed),
        stars(take.rating),
        " ".join(take.tags),
        take.model_name or take.server_name,
        take.note,
    ]


def stars(rating: int | None) -> str:
    """A rating as people read it."""
    return "" if rating is None else f"{rating}/5"


def _table(takes: Sequence[GeneratedContentDTO]) -> Table:
    return Table(_HEADERS, [take_row(take) for take in takes], "no takes: vidctl generate image CLIP renders one")


def _takes(found: TakeListResponseDTO) -> list[Block]:
    return [_table(found.items)]


def _take(take: TakeDetailDTO) -> list[Block]:
    known = fields(take, _LEFT_OUT)
    used = [("bytes", size(take.size)), ("used", _uses(take))]
    recipe = [Lines(["recipe:", *_recipe(take.recipe)])] if take.recipe else []
    return [Fields([*known.pairs, *used]), *recipe]


def _uses(take: TakeDetailDTO) -> str:
    uses = ["selected"] if take.is_selected else []
    uses += [f"in the pool as {name}" for name in take.pool]
    uses += [f"its file in {counted(take.other_takes, 'other take')}"] if take.other_takes else []
    return ", ".join(uses) or "nowhere"


def _recipe(recipe: dict[str, Any]) -> list[str]:
    """One line for each value, with where it came from."""
    origins = recipe.get("origins", {})
    lines = [
        f"  {name} = {json.dumps(value, ensure_ascii=False)}{f'  ({origins[name]})' if name in origins else ''}"
        for name, value in recipe.get("values", {}).items()
    ]
    rest = {name: value for name, value in recipe.items() if name not in ("values", "origins", "loras")}
    loras = [f"  lora {lora['name']}:{lora['weight']:g}" for lora in recipe.get("loras", ())]
    return [*(f"  {name}: {text_of(value)}" for name, value in rest.items() if text_of(value)), *lines, *loras]


def _file(found: TakeFileDTO) -> list[Block]:
    return [Lines([f"opened {found.file}" if found.opened else found.file])]


def _comparison(found: TakeComparisonDTO) -> list[Block]:
    if found.file is not None:
        return [Lines([f"{found.file}: {counted(len(found.items), 'take')}"])]
    pictures = [
        Picture(picture.width, picture.height, picture.rgb, _caption(take))
        for take, picture in zip(found.items, found.pictures, strict=bool(found.pictures))
    ]
    return [Sheet(pictures, _table(found.items), "-o sheet.png or -o sheet.html shows the pictures")]


def _caption(take: GeneratedContentDTO) -> list[str]:
    chosen = "* " if take.is_selected else ""
    seed = "" if take.seed is None else f" seed {take.seed}"
    return [
        f"{chosen}{take.id[:SHORT_ID]}{seed} {stars(take.rating)}".rstrip(),
        take.model_name or take.server_name,
        "",
    ]


def _items(found: PoolItemListResponseDTO) -> list[Block]:
    rows = [
        [item.slug, item.content_type, f"{item.width}x{item.height}", seconds(item.duration), " ".join(item.tags),
         item.description or item.prompt]
        for item in found.items
    ]  # fmt: skip
    headers = ["item", "kind", "size", "length", "tags", "what"]
    return [Table(headers, rows, "no pool items here: vidctl media pool add TAKE adds one")]


def _pooled(item: PoolItemResponseDTO) -> list[Block]:
    return [fields(item, ("size", "project_id"))]


def _applied(found: PoolAppliedDTO) -> list[Block]:
    return [_table(found.takes)]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    TakeListResponseDTO: _takes,
    TakeDetailDTO: _take,
    TakeFileDTO: _file,
    TakeComparisonDTO: _comparison,
    PoolItemListResponseDTO: _items,
    PoolItemResponseDTO: _pooled,
    PoolAppliedDTO: _applied,
}
