"""vidctl project history, undo and trash."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, LimitOption, YesOption, confirm, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.project import group

trash = make_group("What was deleted: list, restore, empty.")
group.add_typer(trash, name="trash")

ChangeArgument = Annotated[str, typer.Argument(help="Change: its id or the beginning of it.", metavar="CHANGE")]
AllOption = Annotated[bool, typer.Option("--all", help="Of all films, also of deleted ones.")]


@command(group, "history", "vidctl project history --limit 10", in_project=True)
def history(
    cli: Cli,
    change: Annotated[
        str | None, typer.Argument(help="Change to look into: its id or the beginning of it.", metavar="[CHANGE]")
    ] = None,
    sort: Annotated[str | None, sort_option("created", "-created")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List what was done to a film, newest first; or show one change with its old and new values."""
    if change is not None:
        return cli.app.history.show(change)
    return cli.app.history.list_history(cli.project, sort=sort, after=after, limit=limit)


@command(group, "undo", "vidctl project undo", in_project=True)
def undo(
    cli: Cli,
    change: Annotated[
        str | None,
        typer.Argument(help="Change: its id or the beginning of it (default: the last).", metavar="[CHANGE]"),
    ] = None,
) -> Any:
    """Take a change back, all of it, if nothing of it has been changed since. What it created goes into the trash."""
    return cli.app.history.undo(cli.project, change)


@command(trash, "list", "vidctl project trash list", in_project=True)
def list_(
    cli: Cli,
    everywhere: AllOption = False,
    sort: Annotated[str | None, sort_option("created", "-created")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List what was deleted, newest first."""
    return cli.app.history.list_trash(cli.project, everywhere=everywhere, sort=sort, after=after, limit=limit)


@command(trash, "restore", "vidctl project trash restore 3f2a")
def restore(cli: Cli, change: ChangeArgument) -> Any:
    """Bring back what was deleted, with everything that went with it."""
    return cli.app.history.restore(change)


@command(trash, "empty", "vidctl project trash empty --older-than 30 --yes", in_project=True)
def empty(
    cli: Cli,
    everywhere: AllOption = False,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=0, max=36_500, help="Only what was deleted so many days ago.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Forget edits too: neither undo nor versions then reach behind them.")
    ] = False,
    yes: YesOption = False,
) -> Any:
    """Forget what was deleted. It cannot be restored then; vidctl media tidy removes its files."""
    from datetime import timedelta

    confirm("Forget the history for good?" if history else "Empty the trash for good?", yes)
    age = None if older_than is None else timedelta(days=older_than)
    return cli.app.history.empty_trash(cli.project, everywhere=everywhere, older_than=age, edits=history)
