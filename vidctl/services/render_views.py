"""Renders that nobody has asked for yet, as they are shown: each value with its origin, and how prompts came about."""

from __future__ import annotations

from collections.abc import Iterator

from vidctl.domain.recipe import Graph, RenderRequest
from vidctl.domain.wording import PROMPT, Words
from vidctl.dtos.generation_dtos import ExpansionDTO, ExpansionStepDTO, ResolvedRenderDTO
from vidctl.services.backends import bind_graph


def resolved_render(label: str, server: str, request: RenderRequest, words: Words) -> ResolvedRenderDTO:
    """A recipe with the graph that would be sent; a title card has its words as a value."""
    graph: Graph = bind_graph(request) if request.workflow else {}
    values, origins = dict(request.values), dict(request.origins)
    if request.card is not None:
        values[PROMPT], origins[PROMPT] = request.card.prompt, words.origin(PROMPT)
    return ResolvedRenderDTO(
        **request.model_dump(include={"backend", "workflow", "family", "width", "height", "frames", "fps", "seed"}),
        values=values,
        origins=origins,
        clip=label,
        server=server,
        fingerprint=request.fingerprint(),
        loras=[lora.model_dump() for lora in request.loras],
        graph=graph,
        expansions=list(expansions(words)),
    )


def expansions(words: Words) -> Iterator[ExpansionDTO]:
    """The texts in which something was put in."""
    for part in words.parts:
        if part.expansion.text != part.text:
            steps = [ExpansionStepDTO(markup=s.markup, source=s.source, chosen=s.chosen) for s in part.expansion.steps]
            yield ExpansionDTO(
                value=part.prompt, source=part.source, text=part.text, expanded=part.expansion.text, steps=steps
            )
