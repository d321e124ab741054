"""vidctl clip: what clips are marked with."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ClipsArgument
from vidctl.cli.clip import group
from vidctl.cli.command import command
from vidctl.cli.context import Cli


@command(group, "status", "vidctl clip status approved 'scene:chorus has:image'", in_project=True)
def status(
    cli: Cli,
    value: Annotated[str, typer.Argument(help="draft, stills, approved or final.", metavar="STATUS")],
    clips: ClipsArgument,
) -> Any:
    """Say how far clips have come."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.clip_dtos import ClipUpdateDTO

    return cli.app.clips.mark_clips("clip status", clips, make_input(ClipUpdateDTO, status=value))


@command(group, "tag", "vidctl clip tag 'scene:chorus' --add hero --remove draft", in_project=True)
def tag(
    cli: Cli,
    clips: ClipsArgument,
    add: Annotated[list[str] | None, typer.Option("--add", help="Tag to add; may be given again.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="Tag to take away.")] = None,
) -> Any:
    """Tag clips, to find them by: 'tag:hero'."""
    return cli.app.clips.tag_clips(clips, add or [], remove or [])


@command(group, "lock", "vidctl clip lock 'status:final'", in_project=True)
def lock(cli: Cli, clips: ClipsArgument) -> Any:
    """Let nothing change or delete clips, until they are unlocked."""
    return cli.app.clips.lock_clips(clips, locked=True)


@command(group, "unlock", "vidctl clip unlock chorus/hero", in_project=True)
def unlock(cli: Cli, clips: ClipsArgument) -> Any:
    """Let locked clips be changed again."""
    return cli.app.clips.lock_clips(clips, locked=False)
