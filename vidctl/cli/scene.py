"""vidctl scene"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import (
    AfterOption,
    LimitOption,
    NotesOption,
    SceneArgument,
    SettingsOption,
    TagOption,
    TextOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    read_text,
    sort_option,
)
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.timeline_commands import add_to_scenes
from vidctl.cli.variables import scene_vars

group = make_group("Scenes of a film: create, list, show, update, delete.")
command(group, "vars", "vidctl scene vars chorus --set mood=wild", in_project=True)(scene_vars)

SlugOption = Annotated[str | None, typer.Option(help="Its part of paths (default: made of the name).")]
DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", help="What happens; @FILE reads a file.")]
LyricsOption = Annotated[str | None, typer.Option(help="Its lyrics; @FILE reads a file.")]
NameOption = Annotated[str | None, typer.Option("--name", help="Its name (default: made of the other's).")]
BeforeOption = Annotated[str | None, typer.Option("--before", help="In front of this scene.", metavar="SCENE")]
BehindOption = Annotated[str | None, typer.Option("--after", help="Behind this scene.", metavar="SCENE")]
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
    notes: NotesOption = None,
    tags: TagOption = None,
    order: OrderOption = None,
    before: BeforeOption = None,
    after: BehindOption = None,
    at: StartOption = None,
) -> Any:
    """Create a scene at the end of the film."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.scene_dtos import SceneCreateDTO

    fields = given(
        slug=slug, description=read_text(description), lyrics=read_text(lyrics), notes=read_text(notes), tags=tags,
        order=order, before=before, after=after, start=at,
    )  # fmt: skip
    return cli.app.scenes.create_scene(cli.project, make_input(SceneCreateDTO, name=name, **fields))


@command(group, "list", "vidctl scene list --project neon-nights", in_project=True)
def list_(
    cli: Cli,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="Only with this tag, or another that is given.")
    ] = None,
    text: TextOption = None,
    sort: Annotated[str | None, sort_option("time, name, created or updated", "time")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List a film's scenes in order."""
    return cli.app.scenes.list_scenes(cli.project, tags=tags or (), text=text, sort=sort, after=after, limit=limit)


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
    notes: NotesOption = None,
    tags: TagOption = None,
    order: OrderOption = None,
    at: StartOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Change a scene. An empty text clears a field; --at "" puts it behind the scene before it again."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.scene_dtos import SceneUpdateDTO

    fields = given(
        name=name, slug=slug, description=read_text(description), lyrics=read_text(lyrics), notes=read_text(notes),
        tags=_cleared(tags), order=order, start=at,
    )  # fmt: skip
    return cli.app.scenes.update_scene(scene, make_input(SceneUpdateDTO, **fields, **parse_kind_settings(settings)))


def _cleared(tags: list[str] | None) -> list[str] | None:
    """One empty tag stands for none at all."""
    return [] if tags == [""] else tags


@command(group, "move", "vidctl scene move bridge --before outro", in_project=True)
def move(cli: Cli, scene: SceneArgument, before: BeforeOption = None, after: BehindOption = None) -> Any:
    """Move a scene in the film's order."""
    return cli.app.scenes.move_scene(scene, before=before, after=after)


@command(group, "reorder", "vidctl scene reorder intro verse chorus outro", in_project=True)
def reorder(
    cli: Cli, scenes: Annotated[list[str], typer.Argument(help="Scenes in their new order.", metavar="SCENE…")]
) -> Any:
    """Put scenes in this order; those that are not named follow as they were."""
    return cli.app.scenes.reorder_scenes(cli.project, scenes)


@command(group, "duplicate", "vidctl scene duplicate chorus --name 'Chorus 2'", in_project=True)
def duplicate(
    cli: Cli,
    scene: SceneArgument,
    name: NameOption = None,
    takes: Annotated[bool, typer.Option("--takes", help="With the clips' takes, which share their files.")] = False,
) -> Any:
    """Copy a scene with all its clips to the end of the film."""
    return cli.app.scene_arranger.duplicate(scene, name=name, with_takes=takes)


@command(group, "alternate", "vidctl scene alternate chorus", in_project=True)
def alternate(cli: Cli, scene: SceneArgument, name: NameOption = None) -> Any:
    """Make a variant of a scene, with copies of its clips, beside the film: "Chorus A1", "Chorus A2" …"""
    return cli.app.scene_arranger.make_alternate(scene, name)


@command(group, "promote", "vidctl scene promote chorus-a1", in_project=True)
def promote(cli: Cli, scene: SceneArgument) -> Any:
    """Put an alternate into the film, in its original's place and under its name; that one becomes an alternate."""
    return cli.app.scene_arranger.promote(scene)


@command(group, "delete", "vidctl scene delete neon-nights/chorus --yes", in_project=True)
def delete(cli: Cli, scene: SceneArgument, yes: YesOption = False) -> Any:
    """Delete a scene with its clips and their takes."""
    confirm(f"Delete {cli.app.scenes.describe_deletion(scene)}?", yes)
    return cli.app.scenes.delete_scene(scene)


add_to_scenes(group)
