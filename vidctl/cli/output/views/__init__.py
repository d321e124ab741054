"""Each result as blocks, by its type. A result without a view of its own is shown field by field."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from vidctl.cli.output.blocks import Block, Lines
from vidctl.cli.output.views.words import SHORT_ID, fields

_WHOLE_ID = 36

#: Which module draws the results of which: only that one is imported, as each builds many models.
_ROOMS = {
    "character_dtos": "cast",
    "clip_dtos": "film",
    "project_dtos": "film",
    "scene_dtos": "film",
    "template_dtos": "cast",
    "explanation_dtos": "prompts",
    "variable_dtos": "prompts",
    "batch_dtos": "farm",
    "comfyui_dtos": "farm",
    "generation_dtos": "farm",
    "history_dtos": "history",
    "manifest_dtos": "manifests",
    "model_dtos": "models",
    "openai_dtos": "cloud",
    "pool_dtos": "takes",
    "queue_dtos": "farm",
    "take_dtos": "takes",
    "timeline": "timeline",
    "timeline_dtos": "timeline",
    "version_dtos": "versions",
}


def blocks_of(result: Any) -> list[Block]:
    """What to draw for a result."""
    kind = type(result)
    room = _ROOMS.get(kind.__module__.rpartition(".")[2], "files")
    view = import_module(f"vidctl.cli.output.views.{room}").VIEWS.get(kind)
    return [*(view(result) if view else [fields(result)]), *_going_on(result)]


def _going_on(result: Any) -> list[Block]:
    """How to see the rest of a list of which this is a page."""
    after = getattr(result, "next_after", None)
    if after is None:
        return []
    total = getattr(result, "total", None)
    shown = f"{len(result.items)} of {total}" if total is not None else f"{len(result.items)}"
    return [Lines([f"{shown} are shown: --after {after[:SHORT_ID] if len(after) == _WHOLE_ID else after} goes on"])]
