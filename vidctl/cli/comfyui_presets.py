"""vidctl comfyui presets"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import YesOption, confirm, parse_loras, parse_pairs
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Presets of families and models: list, show, set, reset.")

SubjectArgument = Annotated[str, typer.Argument(help="Family, or model file with its extension.", metavar="MODEL")]
NameArgument = Annotated[str, typer.Argument(help="Preset, such as quality.", metavar="PRESET")]


@command(group, "list", "vidctl comfyui presets list sdxl")
def list_(
    cli: Cli,
    model: Annotated[
        str | None, typer.Argument(help="Family, or model file (default: all).", metavar="[MODEL]")
    ] = None,
) -> Any:
    """List presets: which are shipped, which you have changed, which are yours."""
    return cli.app.model_config.list_presets(model)


@command(group, "show", "vidctl comfyui presets show sdxl quality")
def show(cli: Cli, model: SubjectArgument, preset: NameArgument) -> Any:
    """Show a preset: each value, and where it comes from."""
    return cli.app.model_config.get_preset(model, preset)


@command(group, "set", "vidctl comfyui presets set sdxl quality --set steps=40 --set cfg=6")
def set_(
    cli: Cli,
    model: SubjectArgument,
    preset: NameArgument,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Value, such as steps=40; an empty one is taken away.", metavar="NAME=VALUE"),
    ] = None,
    lora: Annotated[
        list[str] | None,
        typer.Option(help="LoRA file with its weight, in place of those you have set.", metavar="NAME:WEIGHT"),
    ] = None,
) -> Any:
    """Lay values of yours over a shipped preset, or make one of a new name upon the family's default."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.model_dtos import PresetUpdateDTO

    values = parse_pairs(settings) | ({"loras": parse_loras(lora)} if lora else {})
    return cli.app.model_config.set_preset(model, make_input(PresetUpdateDTO, name=preset, settings=values))


@command(group, "reset", "vidctl comfyui presets reset sdxl quality --yes")
def reset(cli: Cli, model: SubjectArgument, preset: NameArgument, yes: YesOption = False) -> Any:
    """Take your values of a preset away; what is shipped counts again."""
    confirm(f"Take away your values of the preset {preset} of {model}?", yes)
    return cli.app.model_config.reset_preset(model, preset)
