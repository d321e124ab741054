"""vidctl take"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, PageSizeOption, YesOption, confirm, given, read_text, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import NoWaitOption, ServerOption, resumable
from vidctl.errors import InvalidInput

group = make_group("Takes: list, open, select, rate, tag, compare, render again.")

TakeArgument = Annotated[str, typer.Argument(help="Take: its id or the beginning of it.", metavar="TAKE")]
TakesArgument = Annotated[list[str], typer.Argument(help="Takes: ids or their beginnings.", metavar="TAKE…")]
TargetArgument = Annotated[str, typer.Argument(help="The clip that gets them.", metavar="CLIP")]


@command(group, "list", "vidctl take list chorus/hero --rating 3+ --sort -rating", in_project=True)
def list_(
    cli: Cli,
    clips: Annotated[
        list[str] | None,
        typer.Argument(help="Only those of these clips (default: of the whole film).", metavar="[CLIP]…"),
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Only images, or only videos.", metavar="image|video")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only with this tag; if repeated, with any of them.")] = None,
    rating: Annotated[str | None, typer.Option(help="4, 3+ (three and better) or none.")] = None,
    character: Annotated[str | None, typer.Option(help="Only those of a character, in no clip.")] = None,
    sort: Annotated[str | None, sort_option("created or rating", "-created")] = None,
    limit: PageSizeOption = 50,
    after: AfterOption = None,
) -> Any:
    """List takes, newest first; best first with --sort -rating."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TakeFilterDTO

    wanted = given(
        clips=clips, kind=kind, tags=tag, rating=rating, character=character, sort=sort, limit=limit, after=after
    )
    return cli.app.takes.list_takes(cli.project, make_input(TakeFilterDTO, **wanted))


@command(group, "show", "vidctl take show 1f0c9a")
def show(cli: Cli, take: TakeArgument) -> Any:
    """Show all that is known of a take: its recipe, its file, where it is used."""
    return cli.app.takes.get_take(take)


@command(group, "open", "vidctl take open 1f0c9a")
def open_(
    cli: Cli,
    take: TakeArgument,
    only_print: Annotated[bool, typer.Option("--print", help="Only print where its file lies.")] = False,
) -> Any:
    """Open a take with the program that this system has for such files."""
    return cli.app.takes.open_take(take, only_tell=only_print)


@command(group, "select", "vidctl take select 1f0c9a")
def select(cli: Cli, take: TakeArgument) -> Any:
    """Make it the take that its clip shows."""
    return cli.app.takes.select(take)


@command(group, "rate", "vidctl take rate 1f0c9a 7b22e1 4")
def rate(
    cli: Cli,
    takes: TakesArgument,
    rating: Annotated[str, typer.Argument(help="1 (worst) to 5, or none.", metavar="RATING")],
) -> Any:
    """Say how good takes are."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TakeRatingDTO

    if rating != "none" and not (rating.isascii() and rating.isdecimal()):
        raise InvalidInput(f"{rating!r} is no rating", fix="the last word is 1 to 5, or none")
    request = make_input(TakeRatingDTO, rating=None if rating == "none" else int(rating))
    return cli.app.takes.rate(takes, request)


@command(group, "tag", "vidctl take tag 1f0c9a --add hero --remove maybe")
def tag(
    cli: Cli,
    takes: TakesArgument,
    add: Annotated[list[str] | None, typer.Option(help="Tag to give; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Tag to take away; may be repeated.")] = None,
) -> Any:
    """Give takes tags, or take some away."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TagsDTO

    return cli.app.takes.tag(takes, make_input(TagsDTO, **given(add=add, remove=remove)))


@command(group, "note", 'vidctl take note 1f0c9a "the left hand is wrong"')
def note(
    cli: Cli,
    take: TakeArgument,
    text: Annotated[str, typer.Argument(help="The note; @FILE reads a file, - stdin, an empty one is cleared.",
                                        metavar="TEXT")],
) -> Any:  # fmt: skip
    """Write something down about a take."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TakeNoteDTO

    return cli.app.takes.note(take, make_input(TakeNoteDTO, note=read_text(text)))


@command(group, "delete", "vidctl take delete 1f0c9a --yes")
def delete(cli: Cli, takes: TakesArgument, yes: YesOption = False) -> Any:
    """Put takes into the trash. A clip that showed one of them shows none then; the files stay."""
    confirm(f"Delete {cli.app.takes.describe_deletion(takes)}?", yes)
    return cli.app.takes.delete_takes(takes)


@command(group, "compare", "vidctl take compare --clip chorus/hero -o sheet.html", in_project=True)
def compare(
    cli: Cli,
    takes: Annotated[
        list[str] | None, typer.Argument(help="Takes: ids or their beginnings.", metavar="[TAKE]…")
    ] = None,
    clip: Annotated[str | None, typer.Option("--clip", help="All takes of this clip.", metavar="CLIP")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write a sheet to this file: .png or .html.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> Any:
    """Look at takes side by side.

    A terminal with true colour draws them, elsewhere they are listed; -o writes a contact sheet. No file is written
    unasked."""
    number = len(takes) if takes else None
    room = cli.screen.room_for_pictures(number) if output is None else None
    return cli.app.contact_sheets.compare(takes or [], clip=clip, file=output, overwrite=overwrite, room=room)


@command(group, "rerun", "vidctl take rerun 1f0c9a --server studio")
def rerun(cli: Cli, takes: TakesArgument, server: ServerOption = None, no_wait: NoWaitOption = False) -> Any:
    """Render takes again from the very recipes they were made with, seeds and all."""
    return resumable(cli, cli.app.repeats.rerun(takes, server=server, wait=not no_wait))


@command(group, "vary", "vidctl take vary 1f0c9a --seed +1..+8")
def vary(
    cli: Cli,
    take: TakeArgument,
    seed: Annotated[str, typer.Option(help="+1..+8 from the take's own, 100..108, or 7,8,9.", metavar="SEEDS")],
    server: ServerOption = None,
    no_wait: NoWaitOption = False,
) -> Any:
    """Render a take's recipe with other seeds; nothing else differs."""
    return resumable(cli, cli.app.repeats.vary(take, seed, server=server, wait=not no_wait))


@command(group, "move", "vidctl take move 1f0c9a 7b22e1 chorus/crowd", in_project=True)
def move(cli: Cli, takes: TakesArgument, clip: TargetArgument) -> Any:
    """Move takes to another clip, which shows the first of a kind if it shows none yet."""
    return cli.app.take_moves.move(takes, clip)


@command(group, "copy", "vidctl take copy 1f0c9a chorus/crowd", in_project=True)
def copy(cli: Cli, takes: TakesArgument, clip: TargetArgument) -> Any:
    """Give another clip takes with the same files. Doing so twice is the same as once."""
    return cli.app.take_moves.copy(takes, clip)
