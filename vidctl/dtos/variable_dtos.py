"""Variables that people set for the prompts of a film or scene."""

from __future__ import annotations

from vidctl.domain.names import Variables
from vidctl.dtos.base import InputDTO, ResponseDTO


class VariablesUpdateDTO(InputDTO):
    """New texts by name, without the scene's prefix; an empty one takes the variable away."""

    variables: Variables


class VariablesDTO(ResponseDTO):
    """The variables of a project or scene (`path`), as they are written in prompts without their braces: mood, or
    scene.mood."""

    path: str
    variables: dict[str, str]
