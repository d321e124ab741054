"""Which value wins: layers are laid over one another in order, and each value remembers the layer it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from vidctl.domain.families import sampler_name
from vidctl.domain.recipe import Lora
from vidctl.domain.workflow import Workflow


@dataclass(frozen=True)
class Layer:
    """Values from one source, such as "family preset" or "clip"; one that is None is not set.

    `loras` are added to those of earlier layers; an empty tuple takes those away; None leaves them. `chosen` is
    whether a person chose these values: only then is one that the workflow cannot use an error.
    """

    source: str
    values: Mapping[str, JsonValue] = field(default_factory=dict)
    loras: tuple[Lora, ...] | None = None
    chosen: bool = True


@dataclass(frozen=True)
class Resolved:
    """What came of the layers. `origins` has the source of each value; that of "loras" names all that gave some."""

    values: Mapping[str, JsonValue]
    loras: tuple[Lora, ...]
    origins: Mapping[str, str]


def resolve(layers: Sequence[Layer], workflow: Workflow) -> Resolved:
    """The values for that workflow; later layers win. A LoRA that is named again has its last weight.

    What only a preset says and the workflow does not declare is left out. Raises UnusedParameter if a person chose it.
    """
    values: dict[str, JsonValue] = {}
    origins: dict[str, str] = {}
    for layer in layers:
        usable = _usable(layer, workflow)
        values |= usable
        origins |= dict.fromkeys(usable, layer.source)
    loras = _pile_up(layers, workflow)
    if loras:
        origins["loras"] = ", ".join(dict.fromkeys(source for _, source in loras.values()))
    return Resolved(values, tuple(lora for lora, _ in loras.values()), origins)


def _usable(layer: Layer, workflow: Workflow) -> dict[str, JsonValue]:
    given = {name: _in_comfyui_words(name, value) for name, value in layer.values.items() if value is not None}
    if layer.chosen:
        workflow.require_declared(given, layer.source)
    return {name: value for name, value in given.items() if name in workflow.parameters}


def _in_comfyui_words(name: str, value: JsonValue) -> JsonValue:
    return sampler_name(value) if name == "sampler" and isinstance(value, str) else value


def _pile_up(layers: Sequence[Layer], workflow: Workflow) -> dict[str, tuple[Lora, str]]:
    """The LoRAs by name, each with its source, in the order in which they were first named."""
    pile: dict[str, tuple[Lora, str]] = {}
    for layer in layers:
        if layer.loras is None:
            continue
        if layer.chosen:
            workflow.require_loras_fit(layer.loras, layer.source)
        if not layer.loras:
            pile.clear()
        if workflow.lora_chains:
            pile |= {lora.name: (lora, layer.source) for lora in layer.loras}
    return pile
