"""vidctl character refs"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import given
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Pictures that show a character: add, list, remove.")

CharacterArgument = Annotated[str, typer.Argument(help="Character: its name or id.", metavar="CHARACTER")]


@command(group, "add", "vidctl character refs add ada front.png profile.png --role face", in_project=True)
def add(
    cli: Cli,
    character: CharacterArgument,
    pictures: Annotated[
        list[str],
        typer.Argument(
            help="Picture files of 256 pixels or more, or stills of the film by their ids.", metavar="FILE…"
        ),
    ],
    role: Annotated[
        str | None, typer.Option(help="What they show: face, body or reference (in general).", metavar="ROLE")
    ] = None,
) -> Any:
    """Add reference images: 20 at most, of 20 MiB each. One that is there already is not added twice."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.character_dtos import ReferenceImagesAddDTO

    request = make_input(ReferenceImagesAddDTO, pictures=pictures, **given(role=role))
    return cli.app.character_references.add(cli.project, character, request)


@command(group, "list", "vidctl character refs list ada", in_project=True)
def list_(cli: Cli, character: CharacterArgument) -> Any:
    """List a character's reference images with their files."""
    return cli.app.character_references.list_images(cli.project, character)


@command(group, "remove", "vidctl character refs remove ada profile.png", in_project=True)
def remove(
    cli: Cli,
    character: CharacterArgument,
    images: Annotated[
        list[str], typer.Argument(help="Images: their files' names, or the beginnings of their ids.", metavar="IMAGE…")
    ],
) -> Any:
    """Take reference images away. Their files stay until media tidy."""
    return cli.app.character_references.remove(cli.project, character, images)
