"""vidctl batch"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, ClipsArgument, PageSizeOption, read_text, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import (
    CountOption,
    FpsOption,
    FramesOption,
    KindOption,
    PromptOption,
    RenderFlags,
    resumable,
)

group = make_group("Many clips at once: run, status, list.")


@command(
    group,
    "run",
    "vidctl batch run 'scene:chorus' --kind image --count 4 --title \"chorus, first look\"",
    in_project=True,
)
def run(
    cli: Cli,
    clips: ClipsArgument,
    kind: KindOption,
    flags: RenderFlags,
    prompt: PromptOption = None,
    frames: FramesOption = None,
    fps: FpsOption = None,
    count: CountOption = 1,
    title: Annotated[str | None, typer.Option(help="What to call the batch in lists.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Work on it until all of it has ended.")] = False,
) -> Any:
    """Render many clips as one batch. Without --wait the workers do, on as many servers as there are."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import BatchGenerationRequestDTO

    options = flags.options(prompt=read_text(prompt), frames=frames, fps=fps)
    request = make_input(
        BatchGenerationRequestDTO, clips=clips, generation_type=kind, count=count, title=title, **options
    )
    return resumable(cli, cli.app.batches.run(request, wait=wait))


@command(group, "status", "vidctl batch status 77c1 --watch")
def status(
    cli: Cli,
    batch: Annotated[
        str | None,
        typer.Argument(help="Batch: an id or its beginning (default: the newest).", metavar="[BATCH]"),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Follow it until all of it has ended.")] = False,
) -> Any:
    """Tell what has become of a batch: how many of its renders are done, and why others failed."""
    return cli.app.batches.watch(batch) if watch else cli.app.batches.get_status(batch)


@command(group, "list", "vidctl batch list --limit 10", in_project=True)
def list_(
    cli: Cli,
    sort: Annotated[str | None, sort_option("created", "-created")] = None,
    limit: PageSizeOption = 20,
    after: AfterOption = None,
) -> Any:
    """List batches, newest first, of every film unless one is named."""
    return cli.app.batches.list_batches(cli.project, sort=sort, after=after, limit=limit)
