"""A parameter is a named value of a workflow: what it may be, and which inputs of the graph it goes to."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from vidctl.errors import InvalidInput


class ParameterType(StrEnum):
    """`choice` is one of a list that the server knows; `model` is a file that it has in a folder."""

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    BOOL = "bool"
    CHOICE = "choice"
    MODEL = "model"


class Target(BaseModel):
    """One input of one node, written "node.input" in data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    node: str
    input: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        node, dot, name = value.partition(".")
        if not (node and dot and name):
            raise ValueError(f'a target is written "node.input", not {value!r}')
        return {"node": node, "input": name}


class Parameter(BaseModel):
    """A named value and the inputs it goes to. One that is not required keeps the graph's own value when not given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ParameterType
    targets: tuple[Target, ...] = Field(min_length=1)
    description: str
    required: bool = False
    folder: str = Field(default="", description="of a model: checkpoints, diffusion_models, text_encoders, vae ...")
    minimum: float | None = None
    maximum: float | None = None
    half_of: str = Field(default="", description="the parameter it is half of when not given, and always stays below")

    @model_validator(mode="after")
    def _a_model_has_a_folder(self) -> Self:
        if (self.type is ParameterType.MODEL) != bool(self.folder):
            raise ValueError("a model parameter names its folder; the others have none")
        return self

    def checked(self, name: str, value: JsonValue) -> JsonValue:
        """The value in the form the graph takes. Raises InvalidInput for a wrong type or a number out of range."""
        checked = _read(self.type, value)
        if checked is None:
            raise InvalidInput(f"{name} must be {_SPOKEN[self.type]}", cause=f"got {_shown(value)}")
        if isinstance(checked, int | float) and not self._allows(checked):
            raise InvalidInput(f"{name} is out of range", cause=f"got {checked}; {self._range()}")
        return checked

    def _allows(self, number: float) -> bool:
        return (self.minimum is None or number >= self.minimum) and (self.maximum is None or number <= self.maximum)

    def _range(self) -> str:
        if self.maximum is None:
            return f"it may be {self.minimum:g} or more"
        if self.minimum is None:
            return f"it may be at most {self.maximum:g}"
        return f"it may be {self.minimum:g} to {self.maximum:g}"


def _read(type_: ParameterType, value: JsonValue) -> JsonValue:
    """The value as that type, or None if it is not of it. A whole number will do for a FLOAT; true is no number."""
    match value:
        case bool():
            return value if type_ is ParameterType.BOOL else None
        case int() if type_ is ParameterType.INT:
            return value
        case int() | float() if type_ is ParameterType.FLOAT:
            return float(value) if abs(value) <= sys.float_info.max else None
        case str() if type_ is ParameterType.TEXT or (value and type_ in _NAMES):
            return value
        case _:
            return None


_NAMES = (ParameterType.CHOICE, ParameterType.MODEL)
_SPOKEN = {
    ParameterType.TEXT: "text",
    ParameterType.INT: "a whole number",
    ParameterType.FLOAT: "a number",
    ParameterType.BOOL: "true or false",
    ParameterType.CHOICE: "the name of a choice",
    ParameterType.MODEL: "the name of a model file",
}


def _shown(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
