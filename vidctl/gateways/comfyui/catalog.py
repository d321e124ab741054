"""What one server has: its node classes with their inputs and outputs, and its model files.

Inputs are described in two ways, often by the same server: older nodes give a list of allowed values as the type,
newer ones the type COMBO with `options`. Both read alike here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidctl.gateways.comfyui.client import ComfyClient

_COMBO = "COMBO"
_DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3"
#: Folders that /models lists although they hold no models.
_NOT_MODELS = frozenset({"configs", "custom_nodes", "datasets"})


@dataclass(frozen=True)
class InputInfo:
    """One input of a node class. `choices` is None where any value of the type will do."""

    name: str
    type: str
    required: bool
    choices: tuple[Any, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    #: What each choice brings along, for choices that have inputs of their own.
    branches: Mapping[Any, tuple[InputInfo, ...]] | None = None

    def expand(self, values: Mapping[str, Any]) -> Iterator[InputInfo]:
        """This input and those that its value in `values` brings along."""
        yield self
        value = values.get(self.name)
        if self.branches and isinstance(value, str):
            for inner in self.branches.get(value, ()):
                yield from inner.expand(values)


@dataclass(frozen=True)
class NodeInfo:
    """A node class. `outputs` are type names, one for each slot."""

    class_type: str
    inputs: tuple[InputInfo, ...]
    outputs: tuple[str, ...]
    is_output: bool = False

    @classmethod
    def from_wire(cls, class_type: str, described: Mapping[str, Any]) -> NodeInfo:
        """Read what /object_info says of the class."""
        return cls(
            class_type=class_type,
            inputs=tuple(_inputs(described.get("input") or {})),
            outputs=tuple(_type_name(output) for output in described.get("output") or ()),
            is_output=bool(described.get("output_node")),
        )

    def inputs_for(self, values: Mapping[str, Any]) -> Iterator[InputInfo]:
        """All inputs that a node with these values has."""
        for declared in self.inputs:
            yield from declared.expand(values)


class Catalog:
    """A server's node classes, each asked for once; and its models, asked for each time."""

    def __init__(self, client: ComfyClient) -> None:
        self._client = client
        self._known: dict[str, NodeInfo | None] = {}

    def describe(self, class_type: str) -> NodeInfo | None:
        """The node class; None if the server lacks it."""
        if class_type not in self._known:
            described = self._client.object_info(class_type)
            self._known[class_type] = NodeInfo.from_wire(class_type, described) if described else None
        return self._known[class_type]

    def forget(self) -> None:
        """Ask anew from now on: model files and nodes come and go."""
        self._known.clear()

    def models(self) -> dict[str, list[str]]:
        """File names by folder (checkpoints, diffusion_models, text_encoders, vae, loras …), without empty folders."""
        folders = [folder for folder in self._client.model_folders() if folder not in _NOT_MODELS]
        found = {folder: self._client.models(folder) for folder in folders}
        return {folder: names for folder, names in found.items() if names}


def _inputs(groups: Mapping[str, Any], prefix: str = "") -> Iterator[InputInfo]:
    for group in ("required", "optional"):
        for name, spec in (groups.get(group) or {}).items():
            options = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
            yield _input(f"{prefix}{name}", spec[0], options, required=group == "required")


def _input(name: str, kind: Any, options: Mapping[str, Any], *, required: bool) -> InputInfo:
    if kind == _DYNAMIC_COMBO:
        branches = {
            branch["key"]: tuple(_inputs(branch.get("inputs") or {}, f"{name}.")) for branch in options["options"]
        }
        return InputInfo(name, _COMBO, required, choices=tuple(branches), branches=branches)
    limits = options if kind in ("INT", "FLOAT") else {}
    return InputInfo(
        name,
        _type_name(kind),
        required,
        choices=_choices(kind, options),
        minimum=limits.get("min"),
        maximum=limits.get("max"),
    )


def _choices(kind: Any, options: Mapping[str, Any]) -> tuple[Any, ...] | None:
    listed = kind if isinstance(kind, list) else options.get("options") if kind == _COMBO else None
    # An upload adds to the list only when the node runs, and a remote list is known to nobody but the browser.
    open_ended = "remote" in options or any(key.endswith("_upload") and options[key] for key in options)
    return None if listed is None or open_ended else tuple(listed)


def _type_name(kind: Any) -> str:
    return _COMBO if isinstance(kind, list) else str(kind)
