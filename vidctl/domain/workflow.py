"""A workflow is a graph with named parameters. Binding values to it is pure: the graph it makes is new."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from vidctl.domain.model_names import has_phrase
from vidctl.domain.parameter import Parameter, Target
from vidctl.domain.recipe import Graph, Lora, MediaKind
from vidctl.errors import InvalidInput, UnusedParameter


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Socket(_Part):
    """One output of one node, written "node.number" in data."""

    node: str
    output: int = Field(ge=0)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        node, _, number = value.rpartition(".")
        return {"node": node, "output": number}

    @property
    def link(self) -> list[Any]:
        """The form that a graph's input holds."""
        return [self.node, self.output]


class LoraChain(_Part):
    """Where LoRA loaders are put: between `model` (and `clip`) and all that those feed.

    With several chains, a LoRA whose file name has a phrase of some chains' `only` goes to those chains; any other
    LoRA goes to all of them.
    """

    model: Socket
    clip: Socket | None = None
    only: tuple[str, ...] = ()

    @property
    def loader(self) -> str:
        """The node class of one link of the chain."""
        return "LoraLoader" if self.clip else "LoraLoaderModelOnly"

    def claims(self, lora: Lora) -> bool:
        """Whether the LoRA's file name says that it belongs here."""
        return any(has_phrase(lora.name, phrase) for phrase in self.only)


class Workflow(_Part):
    """A graph in ComfyUI's API format, what can be set in it, and how we know that it works."""

    name: str
    summary: str
    kind: MediaKind
    families: tuple[str, ...]
    graph: Graph
    parameters: dict[str, Parameter]
    lora_chains: tuple[LoraChain, ...] = ()
    output_nodes: tuple[str, ...] = Field(min_length=1)
    requirements: tuple[str, ...] = Field(default=(), description="what a server needs, in lines for people")
    proof: str = Field(description='how it is known to work, such as "genuine server, tiny models"')

    @field_validator("graph")
    @classmethod
    def _links_lead_somewhere(cls, graph: Graph) -> Graph:
        for node_id, name, node in _links(graph):
            if node not in graph:
                raise ValueError(f"{node_id}.{name} is linked to node {node}, which is not there")
        return graph

    @model_validator(mode="after")
    def _everything_named_is_in_the_graph(self) -> Self:
        targets = [target for parameter in self.parameters.values() for target in parameter.targets]
        targets += [Target(node=node, input="filename_prefix") for node in self.output_nodes]
        for target in targets:
            value = self.graph.get(target.node, {}).get("inputs", {}).get(target.input)
            if value is None or isinstance(value, list):
                raise ValueError(f"node {target.node} has no input {target.input} of its own")
        for name, parameter in self.parameters.items():
            if parameter.half_of and parameter.half_of not in self.parameters:
                raise ValueError(f"{name} is half of {parameter.half_of}, which is not there")
        sockets = [socket for chain in self.lora_chains for socket in (chain.model, chain.clip) if socket]
        for socket in sockets:
            if socket.node not in self.graph:
                raise ValueError(f"a LoRA chain starts at node {socket.node}, which is not there")
        return self

    @property
    def node_classes(self) -> frozenset[str]:
        """The node classes that a server must have, those of the LoRA loaders included."""
        own = {str(node["class_type"]) for node in self.graph.values()}
        return frozenset(own | {chain.loader for chain in self.lora_chains})

    def default_of(self, parameter: str) -> JsonValue:
        """The value that stands in the graph when nothing is given."""
        target = self.parameters[parameter].targets[0]
        default: JsonValue = self.graph[target.node]["inputs"][target.input]
        return default

    def require_declared(self, names: Iterable[str], source: str = "") -> None:
        """Raises UnusedParameter for the first name that this workflow does not declare."""
        for name in names:
            if name not in self.parameters:
                near = difflib.get_close_matches(name, self.parameters, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise UnusedParameter(
                    f"workflow {self.name} has no parameter {name}",
                    cause=f"{name} is set by {source}" if source else "",
                    fix=f"{hint}It takes: {', '.join(self.parameters)}",
                    parameter=name,
                    workflow=self.name,
                )

    def bind(self, values: Mapping[str, JsonValue], loras: Sequence[Lora], filename_prefix: str) -> Graph:
        """A new graph with the values set and the LoRAs chained in order; its files are named by `filename_prefix`.

        Raises UnusedParameter for a name that is not declared and for LoRAs where there is no chain, InvalidInput for
        a required value that is missing and for one of a wrong type.
        """
        self.require_declared(values)
        missing = [name for name, each in self.parameters.items() if each.required and name not in values]
        if missing:
            raise InvalidInput(f"workflow {self.name} needs {', '.join(missing)}", workflow=self.name, missing=missing)
        checked = {name: self.parameters[name].checked(name, value) for name, value in values.items()}
        graph = copy.deepcopy(self.graph)
        for name, value in self._with_halves(checked).items():
            for target in self.parameters[name].targets:
                graph[target.node]["inputs"][target.input] = value
        for node in self.output_nodes:
            graph[node]["inputs"]["filename_prefix"] = filename_prefix
        return self._with_loras(graph, loras)

    def _with_halves(self, values: dict[str, JsonValue]) -> dict[str, JsonValue]:
        complete = dict(values)
        for name, parameter in self.parameters.items():
            whole = values.get(parameter.half_of, self.default_of(parameter.half_of)) if parameter.half_of else None
            if isinstance(whole, int):
                part = complete.setdefault(name, whole // 2)
                if isinstance(part, int) and part >= whole:
                    raise InvalidInput(
                        f"{name} must be below {parameter.half_of}", cause=f"{part} is not below {whole}"
                    )
        return complete

    def require_loras_fit(self, loras: Sequence[Lora], source: str = "") -> None:
        """Raises UnusedParameter for LoRAs that this workflow has no chain for."""
        if loras and not self.lora_chains:
            raise UnusedParameter(
                f"workflow {self.name} takes no LoRA",
                cause=f"{loras[0].name} is set by {source}" if source else f"{loras[0].name} was given",
                fix="leave the LoRA out, or choose another workflow",
                workflow=self.name,
            )

    def _with_loras(self, graph: Graph, loras: Sequence[Lora]) -> Graph:
        self.require_loras_fit(loras)
        fresh_ids = _fresh_ids(graph)
        for index, chain in enumerate(self.lora_chains):
            _insert(graph, chain, [lora for lora in loras if self._takes(index, lora)], fresh_ids)
        return graph

    def _takes(self, index: int, lora: Lora) -> bool:
        claimed = [chain.claims(lora) for chain in self.lora_chains]
        return claimed[index] or not any(claimed)


def _insert(graph: Graph, chain: LoraChain, loras: Sequence[Lora], fresh_ids: Iterator[str]) -> None:
    """Put the loaders one after the other behind the chain's sockets, and make their consumers listen to the last."""
    if not loras:
        return
    model, clip = chain.model, chain.clip
    consumers = [(node["inputs"], name, value) for node in graph.values() for name, value in node["inputs"].items()]
    for lora in loras:
        node_id = next(fresh_ids)
        inputs: dict[str, Any] = {"model": model.link, "lora_name": lora.name, "strength_model": lora.weight}
        model = Socket(node=node_id, output=0)
        if clip:
            inputs |= {"clip": clip.link, "strength_clip": lora.weight}
            clip = Socket(node=node_id, output=1)
        graph[node_id] = {"class_type": chain.loader, "inputs": inputs}
    for inputs, name, value in consumers:
        if value == chain.model.link:
            inputs[name] = model.link
        elif chain.clip and clip and value == chain.clip.link:
            inputs[name] = clip.link


def _fresh_ids(graph: Graph) -> Iterator[str]:
    """Node ids above all numeric ones of the graph."""
    number = max((int(node_id) for node_id in graph if node_id.isdecimal()), default=0)
    while True:
        number += 1
        yield str(number)


def _links(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """(node, input, node it comes from) of every link."""
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if isinstance(value, list):
                yield node_id, name, str(value[0])
