"""vidctl media pool"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, ClipsArgument, PageSizeOption, YesOption, confirm, given, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.media import group as media

group = make_group("Pictures and videos kept aside, to be used in any clip of a film.")
media.add_typer(group, name="pool")

ItemArgument = Annotated[str, typer.Argument(help="Item of the pool: its name or id.", metavar="ITEM")]
ItemsArgument = Annotated[list[str], typer.Argument(help="Items of the pool: names or ids.", metavar="ITEM…")]


@command(group, "add", "vidctl media pool add 1f0c9a ./skyline.png --tag night", in_project=True)
def add(
    cli: Cli,
    sources: Annotated[
        list[str],
        typer.Argument(help="Takes by their ids, or files: what has a dot or a slash in it.", metavar="SOURCE…"),
    ],
    name: Annotated[str | None, typer.Option(help="Its name (default: made of the clip's or the file's).")] = None,
    description: Annotated[str | None, typer.Option("--description", "-d", help="What it shows.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag to find it by; may be repeated.")] = None,
) -> Any:
    """Put takes or files of yours into a film's pool. What is in it already stays as it is."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.pool_dtos import PoolItemCreateDTO

    fields = given(name=name, description=description, tags=tag)
    return cli.app.pool.add(cli.project, make_input(PoolItemCreateDTO, sources=sources, **fields))


@command(group, "list", "vidctl media pool list --tag night --tag rain", in_project=True)
def list_(
    cli: Cli,
    kind: Annotated[str | None, typer.Option(help="Only images, or only videos.", metavar="image|video")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; if repeated, with any of them.")] = None,
    sort: Annotated[str | None, sort_option("created or name", "-created")] = None,
    limit: PageSizeOption = 50,
    after: AfterOption = None,
) -> Any:
    """List a film's pool, newest first."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.pool_dtos import PoolFilterDTO

    wanted = make_input(PoolFilterDTO, **given(kind=kind, tags=tag, sort=sort, limit=limit, after=after))
    return cli.app.pool.list_items(cli.project, wanted)


@command(group, "show", "vidctl media pool show skyline", in_project=True)
def show(cli: Cli, item: ItemArgument) -> Any:
    """Show an item of the pool."""
    return cli.app.pool.get_item(cli.project, item)


@command(group, "tag", "vidctl media pool tag skyline --add night --remove day", in_project=True)
def tag(
    cli: Cli,
    items: ItemsArgument,
    add: Annotated[list[str] | None, typer.Option(help="Tag to give; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Tag to take away; may be repeated.")] = None,
) -> Any:
    """Give items tags, or take some away."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TagsDTO

    return cli.app.pool.tag(cli.project, items, make_input(TagsDTO, **given(add=add, remove=remove)))


@command(group, "remove", "vidctl media pool remove skyline --yes", in_project=True)
def remove(cli: Cli, items: ItemsArgument, yes: YesOption = False) -> Any:
    """Put items into the trash. Takes that were made of them stay."""
    confirm(f"Remove {cli.app.pool.describe_removal(cli.project, items)} from the pool?", yes)
    return cli.app.pool.remove(cli.project, items)


@command(group, "apply", "vidctl media pool apply skyline chorus/hero chorus/crowd", in_project=True)
def apply(cli: Cli, item: ItemArgument, clips: ClipsArgument) -> Any:
    """Give clips a take of an item. Doing so twice is the same as once."""
    return cli.app.pool.apply(cli.project, item, clips)
