"""vidctl project vars, vidctl scene vars"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import ProjectArgument, SceneArgument
from vidctl.cli.context import Cli
from vidctl.errors import InvalidInput

if TYPE_CHECKING:
    from vidctl.dtos.variable_dtos import VariablesUpdateDTO

SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Variable with its text; an empty one takes it away.", metavar="NAME=TEXT"),
]


def project_vars(cli: Cli, name: ProjectArgument = None, set_: SetOption = None) -> Any:
    """Show or set a film's variables: {mood} in a prompt stands for the variable mood."""
    service = cli.app.variables
    return service.set_of_project(name, _update(set_)) if set_ else service.of_project(name)


def scene_vars(cli: Cli, scene: SceneArgument, set_: SetOption = None) -> Any:
    """Show or set a scene's variables: {scene.mood} in a prompt stands for its variable mood."""
    service = cli.app.variables
    return service.set_of_scene(scene, _update(set_)) if set_ else service.of_scene(scene)


def _update(texts: list[str]) -> VariablesUpdateDTO:
    from vidctl.dtos.base import make_input
    from vidctl.dtos.variable_dtos import VariablesUpdateDTO

    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidInput(
                f"{text!r} is not a variable with its text", fix="write it as NAME=TEXT, such as mood=calm"
            )
        if name in found:
            raise InvalidInput(f"{name} is given twice", fix="leave one out")
        found[name] = value
    return make_input(VariablesUpdateDTO, variables=found)
