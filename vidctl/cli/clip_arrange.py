"""vidctl clip: what is done with whole clips."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ClipArgument, ClipsArgument
from vidctl.cli.clip import group
from vidctl.cli.command import command
from vidctl.cli.context import Cli

NameOption = Annotated[str | None, typer.Option("--name", help="Its name (default: made of the other's).")]


@command(group, "duplicate", "vidctl clip duplicate chorus/hero --scene bridge", in_project=True)
def duplicate(
    cli: Cli,
    clip: ClipArgument,
    name: NameOption = None,
    scene: Annotated[str | None, typer.Option("--scene", "-s", help="Into this scene of the same film.")] = None,
    at: Annotated[str | None, typer.Option(help="Position in the scene (default: behind the last clip).")] = None,
    takes: Annotated[bool, typer.Option("--takes", help="With its takes, which share their files.")] = False,
) -> Any:
    """Copy a clip with its texts and settings."""
    return cli.app.clip_arranger.duplicate(clip, name=name, scene=scene, at=at, with_takes=takes)


@command(group, "split", "vidctl clip split chorus/hero --at 12.5", in_project=True)
def split(
    cli: Cli,
    clip: ClipArgument,
    at: Annotated[str, typer.Option("--at", help="Position in its scene: 12.5, 300f, 00:00:12:12.")],
) -> Any:
    """Cut a clip in two. Both parts show the same takes, the later one from where the first ends."""
    return cli.app.clip_arranger.split(clip, at)


@command(group, "merge", "vidctl clip merge chorus/hero chorus/hero-2", in_project=True)
def merge(cli: Cli, clips: ClipsArgument) -> Any:
    """Make one clip of neighbours. It keeps the first one's prompts and gets the takes of all."""
    return cli.app.clip_arranger.merge(clips)


@command(group, "alternate", "vidctl clip alternate chorus/hero", in_project=True)
def alternate(cli: Cli, clip: ClipArgument, name: NameOption = None) -> Any:
    """Make a variant of a clip beside the film: "Hero A1", "Hero A2" …"""
    return cli.app.clip_arranger.make_alternate(clip, name)


@command(group, "promote", "vidctl clip promote chorus/hero-a1", in_project=True)
def promote(cli: Cli, clip: ClipArgument) -> Any:
    """Put an alternate into the film, in its original's place and under its name; that one becomes an alternate."""
    return cli.app.clip_arranger.promote(clip)
