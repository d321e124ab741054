"""Render settings are checked when they are set, not when a render fails with them: their names, types and ranges.

A setting is known if any workflow for its kind of picture declares it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

from pydantic import JsonValue, TypeAdapter, ValidationError

from vidctl.domain.limits import check_limits
from vidctl.domain.parameter import Parameter
from vidctl.domain.recipe import Lora, MediaKind
from vidctl.dtos.base import invalid_input
from vidctl.errors import InvalidInput
from vidctl.presets.loader import list_workflows, load_family, load_workflow

#: Settings that choose what is rendered with; they are not parameters of a workflow.
CHOOSING = frozenset({"workflow", "family", "preset", "loras"})
_LORAS = TypeAdapter(tuple[Lora, ...])


def check_settings(kind: MediaKind, settings: Mapping[str, JsonValue]) -> None:
    """Raises InvalidInput that names the setting, NotFound for a workflow or family that does not exist. None, which
    takes a setting away, is always right."""
    for name, value in settings.items():
        check_setting(kind, name, value)


def check_setting(kind: MediaKind, name: str, value: JsonValue) -> None:
    """One of them, by itself. Raises as `check_settings` does."""
    if value is None:
        return
    if name in CHOOSING:
        _check_choice(name, value)
    else:
        _check_parameter(kind, name, value)
    check_limits({name: value})


def read_loras(value: JsonValue, source: str) -> tuple[Lora, ...]:
    """A list of {name, weight}. Raises InvalidInput that names who set it."""
    try:
        return _LORAS.validate_python(value)
    except ValidationError as error:
        raise invalid_input(error, f"the list of LoRAs set by {source}") from error


def _check_choice(name: str, value: JsonValue) -> None:
    if name == "loras":
        read_loras(value, "you")
    elif not isinstance(value, str):
        raise InvalidInput(f"{name} must be a name", cause=f"got {value!r}")
    elif name == "workflow":
        load_workflow(value)
    elif name == "family":
        load_family(value)


def _check_parameter(kind: MediaKind, name: str, value: JsonValue) -> None:
    known = _parameters(kind)
    if name not in known:
        near = difflib.get_close_matches(name, [*known, *CHOOSING], 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise InvalidInput(
            f"there is no setting {name} for {kind}s", fix=f"{hint}there are {', '.join(sorted({*known, *CHOOSING}))}"
        )
    if not (name == "seed" and value == -1):
        known[name].checked(name, value)


@cache
def _parameters(kind: MediaKind) -> dict[str, Parameter]:
    """What the workflows for this kind declare, by name."""
    workflows = [load_workflow(name) for name in list_workflows()]
    return {name: each for workflow in workflows if workflow.kind is kind for name, each in workflow.parameters.items()}
