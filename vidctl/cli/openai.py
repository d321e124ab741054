"""vidctl openai"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, YesOption, confirm, given, read_text, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Videos on an OpenAI-compatible server.")

VideoArgument = Annotated[str, typer.Argument(help="Video: its id on the server.", metavar="VIDEO")]


@command(group, "list", "vidctl openai list --limit 20 --sort created")
def list_(
    cli: Cli,
    sort: Annotated[str | None, sort_option("created", "-created")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=100, help="How many to show (default: 10).")
    ] = None,
    after: AfterOption = None,
) -> Any:
    """List the videos that the server keeps, newest first. Which server: vidctl config set openai_url URL."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.openai_dtos import OpenAIVideoQueryDTO

    return cli.app.openai.list_videos(make_input(OpenAIVideoQueryDTO, **given(limit=limit, after=after, sort=sort)))


@command(group, "show", "vidctl openai show video_68f1")
def show(cli: Cli, video: VideoArgument) -> Any:
    """Show a video: how far it is, what it was asked for with, why it failed."""
    return cli.app.openai.get_video(video)


@command(group, "remix", 'vidctl openai remix video_68f1 --prompt "the same street in snow"')
def remix(
    cli: Cli,
    video: VideoArgument,
    prompt: Annotated[str, typer.Option(help="What is to be seen now; @FILE reads a file, - standard input.")],
) -> Any:
    """Ask for a video again with another prompt; shows the new one."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.openai_dtos import OpenAIRemixDTO

    return cli.app.openai.remix_video(video, make_input(OpenAIRemixDTO, prompt=read_text(prompt)))


@command(group, "delete", "vidctl openai delete video_68f1 --yes")
def delete(cli: Cli, video: VideoArgument, yes: YesOption = False) -> Any:
    """Delete a video from the server. Takes in your films stay."""
    confirm(f"Delete the video {video} from {cli.settings.openai_url or 'the server'}?", yes)
    return cli.app.openai.delete_video(video)
