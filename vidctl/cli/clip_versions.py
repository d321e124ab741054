"""vidctl clip versions, diff, restore: the earlier prompts and lyrics of a clip"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ClipArgument
from vidctl.cli.clip import group
from vidctl.cli.command import command
from vidctl.cli.context import Cli


@command(group, "versions", "vidctl clip versions chorus/hero", in_project=True)
def versions(cli: Cli, clip: ClipArgument) -> Any:
    """List the versions of a clip's prompts and lyrics, newest first."""
    return cli.app.versions.list_versions(clip)


@command(group, "diff", "vidctl clip diff chorus/hero 2 5", in_project=True)
def diff(
    cli: Cli,
    clip: ClipArgument,
    start: Annotated[
        int | None, typer.Argument(help="Version to start from (default: the one before).", metavar="[FROM]")
    ] = None,
    end: Annotated[
        int | None, typer.Argument(help="Version to end at (default: the one it has now).", metavar="[TO]")
    ] = None,
) -> Any:
    """Show word by word what differs between two versions of a clip's texts."""
    return cli.app.versions.diff(clip, start, end)


@command(group, "restore", "vidctl clip restore chorus/hero 2", in_project=True)
def restore(
    cli: Cli,
    clip: ClipArgument,
    version: Annotated[int, typer.Argument(help="Which version: vidctl clip versions.", metavar="VERSION")],
) -> Any:
    """Give a clip the texts of an earlier version again, as a new version."""
    return cli.app.versions.restore(clip, version)
