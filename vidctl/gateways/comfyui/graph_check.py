"""A bound graph against what a server has: everything that the server would refuse or silently bend, at once.

The server itself stops at the first unknown node class and cuts 5.7 to 5 where a whole number is wanted.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vidctl.domain.recipe import Graph
from vidctl.gateways.comfyui.catalog import InputInfo, NodeInfo

Describe = Callable[[str], NodeInfo | None]

#: Types that fit all others (ComfyUI 0.3.75 to 0.30.0).
_ANY = frozenset({"*", "COMFY_MATCHTYPE_V3"})


class LackKind(StrEnum):
    NODE_CLASS = "node_class"
    INPUT = "input"
    CHOICE = "choice"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    LINK = "link"
    OUTPUT_NODE = "output_node"


@dataclass(frozen=True)
class Lack:
    """One reason why a server cannot run a graph. `suggestions` are values it has that look like the wanted one."""

    kind: LackKind
    node_id: str
    class_type: str
    field: str
    value: Any
    reason: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"node {self.node_id} ({self.class_type})" if self.node_id else "the graph"
        return f"{place} {self.field}: {self.reason}" if self.field else f"{place}: {self.reason}"


def check_graph(graph: Graph, describe: Describe) -> list[Lack]:
    """All that is wrong with the graph on the server whose node classes `describe` knows; empty if nothing is."""
    known = {class_type: describe(class_type) for class_type in sorted({_class(node) for node in graph.values()})}
    lacks = [lack for node_id in graph for lack in _NodeCheck(graph, known, node_id).lacks()]
    if not any(info and info.is_output for info in known.values()):
        lacks.append(Lack(LackKind.OUTPUT_NODE, "", "", "", None, "no node of it saves or shows anything"))
    return lacks


@dataclass(frozen=True)
class _NodeCheck:
    graph: Graph
    known: Mapping[str, NodeInfo | None]
    node_id: str

    @property
    def class_type(self) -> str:
        return _class(self.graph[self.node_id])

    def lacks(self) -> Iterator[Lack]:
        info = self.known[self.class_type]
        if info is None:
            yield self._lack(LackKind.NODE_CLASS, "", self.class_type, "the server has no such node class")
            return
        values: Mapping[str, Any] = self.graph[self.node_id].get("inputs", {})
        for declared in info.inputs_for(values):
            if declared.name in values:
                yield from self._value(declared, values[declared.name])
            # Inputs that grow with use (COMFY_AUTOGROW_V3 and kin) never stand in the graph under their own name.
            elif declared.required and not declared.type.startswith("COMFY_"):
                yield self._lack(LackKind.INPUT, declared.name, None, "required, but not given")

    def _value(self, declared: InputInfo, value: Any) -> Iterator[Lack]:
        if isinstance(value, list):
            yield from self._link(declared, value)
            return
        # A list that is no link comes wrapped.
        value = value.get("__value__", value) if isinstance(value, dict) else value
        if declared.choices is not None:
            yield from self._choice(declared, value)
        elif problem := _type_problem(declared.type, value):
            yield self._lack(LackKind.WRONG_TYPE, declared.name, value, problem)
        elif declared.minimum is not None and _number(value) < declared.minimum:
            yield self._lack(LackKind.TOO_SMALL, declared.name, value, f"{value} is below {declared.minimum}")
        elif declared.maximum is not None and _number(value) > declared.maximum:
            yield self._lack(LackKind.TOO_LARGE, declared.name, value, f"{value} is above {declared.maximum}")

    def _choice(self, declared: InputInfo, value: Any) -> Iterator[Lack]:
        choices = declared.choices or ()
        for wanted in value if isinstance(value, list) else [value]:
            if wanted not in choices:
                near = _near(str(wanted), [str(choice) for choice in choices])
                yield self._lack(LackKind.CHOICE, declared.name, wanted, f"the server has no {wanted!r}", near)

    def _link(self, declared: InputInfo, link: list[Any]) -> Iterator[Lack]:
        def broken(reason: str) -> Lack:
            return self._lack(LackKind.LINK, declared.name, link, reason)

        if len(link) != 2 or not isinstance(link[1], int):
            yield broken("a link is a node id and a slot number")
            return
        if str(link[0]) not in self.graph:
            yield broken(f"linked to node {link[0]}, which is not in the graph")
            return
        source = self.known[_class(self.graph[str(link[0])])]
        if source is None:
            return
        if not 0 <= link[1] < len(source.outputs):
            yield broken(f"linked to output {link[1]} of {source.class_type}, which has {len(source.outputs)}")
        elif not _fits(source.outputs[link[1]], declared.type):
            yield broken(f"wants {declared.type}, but is linked to {source.outputs[link[1]]} of {source.class_type}")

    def _lack(self, kind: LackKind, field: str, value: Any, reason: str, suggestions: tuple[str, ...] = ()) -> Lack:
        return Lack(kind, self.node_id, self.class_type, field, value, reason, suggestions)


def _class(node: Mapping[str, Any]) -> str:
    return str(node.get("class_type", ""))


def _type_problem(kind: str, value: Any) -> str:
    """Why a value is not of a scalar type; empty if it is, or if the type is none that a graph can hold."""
    if kind in ("INT", "FLOAT"):
        return _number_problem(kind, value)
    if kind == "BOOLEAN" and not isinstance(value, bool | int):
        return f"{value!r} is neither true nor false"
    if kind == "STRING" and value is None:
        return "no text is given"
    return ""


def _number_problem(kind: str, value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return f"{value!r} is not a number"
    if not math.isfinite(number):
        return f"{value!r} is not a finite number"
    return f"{value!r} is not a whole number" if kind == "INT" and not number.is_integer() else ""


def _number(value: Any) -> float:
    """Whole numbers stay whole: a seed of 64 bits does not fit into a float."""
    return value if isinstance(value, int) else float(value)


def _fits(offered: str, wanted: str) -> bool:
    """Whether an output may feed an input: type names separated by commas must share one."""
    offers, wants = _type_names(offered), _type_names(wanted)
    return bool(offers & wants) or bool((offers | wants) & _ANY)


def _type_names(names: str) -> set[str]:
    return {name.strip() for name in names.split(",")}


def _near(wanted: str, choices: list[str]) -> tuple[str, ...]:
    """Up to three choices that look alike, whatever their folder, ending and case."""
    plain = {_plain(choice): choice for choice in choices}
    return tuple(plain[name] for name in difflib.get_close_matches(_plain(wanted), plain, n=3))


def _plain(name: str) -> str:
    file_name = name.replace("\\", "/").rpartition("/")[2].lower()
    return file_name.rpartition(".")[0] or file_name
