"""vidctl project"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import (
    AfterOption,
    LimitOption,
    ProjectArgument,
    SettingsOption,
    TextOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    parse_size,
    read_text,
    sort_option,
)
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.timeline_commands import add_to_projects
from vidctl.cli.variables import project_vars

group = make_group("Films: create, list, show, update, delete, use.")
command(group, "vars", 'vidctl project vars neon-nights --set "mood={calm|wild}"', in_project=True)(project_vars)

NameArgument = Annotated[str, typer.Argument(help="The film's name.", metavar="NAME")]
SlugOption = Annotated[str | None, typer.Option(help="Its part of paths (default: made of the name).")]
DescriptionOption = Annotated[
    str | None, typer.Option("--description", "-d", help="What it is about; @FILE reads a file.")
]
SizeOption = Annotated[str | None, typer.Option(help="Frame size, such as 1280x720.", metavar="WxH")]
FpsOption = Annotated[str | None, typer.Option(help="Frame rate: 24, 25, 23.976, 30000/1001 …")]
DropFrameOption = Annotated[
    bool | None, typer.Option("--drop-frame/--no-drop-frame", help="Write timecode that keeps to the clock at 29.97.")
]


@command(group, "create", 'vidctl project create "Neon Nights" --size 1280x720 --fps 24')
def create(
    cli: Cli,
    name: NameArgument,
    slug: SlugOption = None,
    description: DescriptionOption = None,
    size: SizeOption = None,
    fps: FpsOption = None,
    drop_frame: DropFrameOption = None,
) -> Any:
    """Create a film."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.project_dtos import ProjectCreateDTO

    width, height = parse_size(size) or (None, None)
    fields = given(
        slug=slug, description=read_text(description), width=width, height=height, fps=fps, drop_frame=drop_frame
    )
    return cli.app.projects.create_project(make_input(ProjectCreateDTO, name=name, **fields))


@command(group, "list", "vidctl project list --text neon --sort name")
def list_(
    cli: Cli,
    text: TextOption = None,
    sort: Annotated[str | None, sort_option("created, updated or name", "-created")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List films, newest first."""
    return cli.app.projects.list_projects(text=text, sort=sort, after=after, limit=limit)


@command(group, "show", "vidctl project show neon-nights --tree", in_project=True)
def show(
    cli: Cli,
    name: ProjectArgument = None,
    tree: Annotated[bool, typer.Option("--tree", help="With all scenes and clips.")] = False,
) -> Any:
    """Show a film."""
    projects = cli.app.projects
    return projects.get_project_with_scenes(name) if tree else projects.get_project(name)


@command(
    group,
    "update",
    "vidctl project update neon-nights --set video.model=wan2.1_t2v_1.3B_fp16.safetensors",
    in_project=True,
)
def update(
    cli: Cli,
    name: ProjectArgument = None,
    new_name: Annotated[str | None, typer.Option("--name", help="New name.")] = None,
    slug: SlugOption = None,
    description: DescriptionOption = None,
    size: SizeOption = None,
    fps: FpsOption = None,
    drop_frame: DropFrameOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Change a film. Its render settings hold for all its clips. A current film stays so under a new slug."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.project_dtos import ProjectUpdateDTO
    from vidctl.settings import replace_setting

    width, height = parse_size(size) or (None, None)
    fields = given(
        name=new_name, slug=slug, description=read_text(description), width=width, height=height, fps=fps,
        drop_frame=drop_frame,
    )  # fmt: skip
    request = make_input(ProjectUpdateDTO, **fields, **parse_kind_settings(settings))
    before = cli.app.projects.get_project(name)
    changed = cli.app.projects.update_project(name, request)
    if changed.slug != before.slug:
        replace_setting(cli.settings, "project", before.slug, changed.slug)
    return changed.model_copy(update={"is_current": before.is_current})


@command(group, "delete", "vidctl project delete neon-nights --yes")
def delete(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Project: its slug or id.", metavar="PROJECT")],
    yes: YesOption = False,
) -> Any:
    """Delete a film with its scenes, clips and takes."""
    confirm(f"Delete {cli.app.projects.describe_deletion(name)}?", yes)
    return cli.app.projects.delete_project(name)


@command(group, "use", "vidctl project use neon-nights")
def use(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Project: its slug or id.", metavar="PROJECT")],
    here: Annotated[bool, typer.Option("--here", help="For this folder only (writes vidctl.toml).")] = False,
) -> Any:
    """Make a film the current one, so that paths need not name it."""
    from pathlib import Path

    from vidctl.settings import PROJECT_FILE, user_file, write_setting

    project = cli.app.projects.get_project(name)
    write_setting(Path(PROJECT_FILE) if here else user_file(), "project", project.slug)
    return project.model_copy(update={"is_current": True})


add_to_projects(group)
