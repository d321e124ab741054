"""Variables, and where the values and words of renders come from, as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Table
from vidctl.cli.output.views.words import counted, text_of
from vidctl.dtos.explanation_dtos import ExplanationDTO, ResolvedClipDTO, ResolvedKindDTO
from vidctl.dtos.generation_dtos import ExpansionDTO, ResolvedRenderDTO
from vidctl.dtos.variable_dtos import VariablesDTO


def _variables(found: VariablesDTO) -> list[Block]:
    rows = [[f"{{{name}}}", text] for name, text in found.variables.items()]
    noun = "scene" if "/" in found.path else "project"
    return [Table(["variable", "text"], rows, f"no variables yet: vidctl {noun} vars {found.path} --set NAME=TEXT")]


def _explanation(found: ExplanationDTO) -> list[Block]:
    return [block for render in found.renders for block in _explained(render)]


def _explained(render: ResolvedRenderDTO) -> list[Block]:
    head = Fields(
        [
            ("server", render.server),
            ("workflow", render.workflow or render.backend),
            *([("family", render.family)] if render.family else []),
            ("size", f"{render.width}x{render.height}, {counted(render.frames, 'frame')} at {render.fps} fps"),
        ],
        render.clip,
    )
    return [head, *_values(render), *_expansions(render.expansions)]


def _resolved_clip(found: ResolvedClipDTO) -> list[Block]:
    return [block for kind in (found.image, found.video) for block in _resolved_kind(found.clip, kind)]


def _resolved_kind(clip: str, kind: ResolvedKindDTO) -> list[Block]:
    known = [("workflow", kind.workflow), ("family", kind.family), ("note", kind.note)]
    head = Fields([(label, text) for label, text in known if text], f"{clip} {kind.generation_type}")
    return [head, *_values(kind), *_expansions(kind.expansions)]


def _values(render: ResolvedRenderDTO | ResolvedKindDTO) -> Iterator[Block]:
    said = {name: text for name, value in render.values.items() if (text := text_of(value))}
    rows = [[name, text, render.origins.get(name, "")] for name, text in said.items()]
    rows += [["lora", f"{lora.name}:{lora.weight}", render.origins.get("loras", "")] for lora in render.loras]
    yield Table(["value", "", "from"], rows, fold=True)


def _expansions(found: Sequence[ExpansionDTO]) -> Iterator[Block]:
    """Each text as it was written and what it became; below it, step by step, what was put in."""
    rows = []
    for each in found:
        rows.append([each.value, each.text, each.expanded, each.source])
        rows += [["", step.markup, step.chosen, step.source] for step in each.steps]
    if rows:
        yield Table(["prompt", "as written", "became", "from"], rows, fold=True)


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    VariablesDTO: _variables,
    ExplanationDTO: _explanation,
    ResolvedClipDTO: _resolved_clip,
}
