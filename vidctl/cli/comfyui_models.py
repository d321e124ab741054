"""vidctl comfyui: what servers have, what a model is, which workflows there are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ServerArgument
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Models of servers, and what is known of them.")

#: What `detect --as` takes to let the file's name decide again.
_AUTO = "auto"


@command(group, "models", "vidctl comfyui models studio --folder checkpoints")
def models(
    cli: Cli,
    server: ServerArgument,
    folder: Annotated[str | None, typer.Option(help="Only this folder, such as checkpoints or loras.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="What the last sync found; the server is not asked.")
    ] = False,
) -> Any:
    """List a server's model files, and the family that each seems to be of."""
    if offline:
        return cli.app.model_catalogue.list_stored(server, folder)
    return cli.app.comfyui.get_models(server, folder)


@command(group, "sync", "vidctl comfyui sync studio")
def sync(cli: Cli, server: ServerArgument) -> Any:
    """Ask a server which model files it has and keep the list, for when it is away."""
    return cli.app.model_catalogue.sync(server)


@command(group, "detect", "vidctl comfyui detect mystery.safetensors --as sdxl")
def detect(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Model file, as servers name it.", metavar="NAME")],
    as_: Annotated[
        str | None,
        typer.Option("--as", help="Say for good what it is; auto lets its name decide again.", metavar="FAMILY"),
    ] = None,
) -> Any:
    """Tell what kind of model a file is, by its name, and why; or say what it is."""
    if as_ is None:
        return cli.app.model_config.detect(name)
    if as_ == _AUTO:
        return cli.app.model_config.forget_family(name)
    return cli.app.model_config.choose_family(name, as_)


@command(group, "families", "vidctl comfyui families")
def families(cli: Cli) -> Any:
    """List the kinds of models that vidctl knows, with their presets."""
    return cli.app.model_config.list_families()


@command(group, "workflows", "vidctl comfyui workflows wan-text-to-video")
def workflows(
    cli: Cli,
    name: Annotated[str | None, typer.Argument(help="Show this one in full.", metavar="[NAME]")] = None,
) -> Any:
    """List the workflows, or show one: what can be set, and what a server needs for it."""
    if name is None:
        return cli.app.workflows.list_workflows()
    return cli.app.workflows.get_workflow(name)
