"""vidctl scene"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import SceneArgument, YesOption, confirm, given, read_text
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Scenes of a film: create, list, show, update, delete.")

SlugOption = Annotated[str | None, typer.Option(help="Its part of paths (default: made of the name).")]
DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", help="What happens; @FILE reads a file.")]
LyricsOption = Annotated[str | None, typer.Option(help="Its lyrics; @FILE reads a file.")]
OrderOption = Annotated[int | None, typer.Option(min=0, help="Its place in the film's order.")]
StartOption = Annotated[
    str | None,
    typer.Option("--at", help="Where it starts on the film: 12.5, 300f, 00:00:12:12 (default: behind the last scene)."),
]


@command(group, "create", 'vidctl scene create "Chorus" --project neon-nights', in_project=True)
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="The scene's name.", metavar="NAME")],
    slug: SlugOption = None,
    description: DescriptionOption = None,
    lyrics: LyricsOption = None,
    order: OrderOption = None,
    at: StartOption = None,
) -> Any:
    """Create a scene at the end of the film."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.scene_dtos import SceneCreateDTO

    fields = given(slug=slug, description=read_text(description), lyrics=read_text(lyrics), order=order, start=at)
    return cli.app.scenes.create_scene(cli.project, make_input(SceneCreateDTO, name=name, **fields))


@command(group, "list", "vidctl scene list --project neon-nights", in_project=True)
def list_(cli: Cli) -> Any:
    """List a film's scenes in order."""
    return cli.app.scenes.list_scenes(cli.project)


@command(group, "show", "vidctl scene show neon-nights/chorus", in_project=True)
def show(cli: Cli, scene: SceneArgument) -> Any:
    """Show a scene."""
    return cli.app.scenes.get_scene(scene)


@command(group, "update", 'vidctl scene update chorus --lyrics "Neon nights, carry me home"', in_project=True)
def update(
    cli: Cli,
    scene: SceneArgument,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    slug: SlugOption = None,
    description: DescriptionOption = None,
    lyrics: LyricsOption = None,
    order: OrderOption = None,
    at: StartOption = None,
) -> Any:
    """Change a scene. An empty text clears a field; --at "" puts it behind the scene before it again."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.scene_dtos import SceneUpdateDTO

    fields = given(
        name=name, slug=slug, description=read_text(description), lyrics=read_text(lyrics), order=order, start=at
    )
    return cli.app.scenes.update_scene(scene, make_input(SceneUpdateDTO, **fields))


@command(group, "delete", "vidctl scene delete neon-nights/chorus --yes", in_project=True)
def delete(cli: Cli, scene: SceneArgument, yes: YesOption = False) -> Any:
    """Delete a scene with its clips and their takes."""
    confirm(f"Delete {cli.app.scenes.describe_deletion(scene)}?", yes)
    return cli.app.scenes.delete_scene(scene)
