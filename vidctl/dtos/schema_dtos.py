"""The shapes of the contract at the border."""

from __future__ import annotations

from enum import StrEnum

from vidctl.dtos.base import ListResponseDTO, ResponseDTO


class Direction(StrEnum):
    """Whether a shape is what comes IN, what goes OUT, or a part of both."""

    IN = "in"
    OUT = "out"
    PART = "part"


class SchemaDTO(ResponseDTO):
    """A shape by its name; `module` is where it belongs, `summary` what its description begins with."""

    name: str
    direction: Direction
    module: str
    summary: str


class SchemaListDTO(ListResponseDTO[SchemaDTO]):
    """All shapes there are."""
