"""vidctl export"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ProjectArgument
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.errors import InvalidInput

group = make_group("Hand the film over: MP4, JSON.")

OutputOption = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")]


@command(group, "video", "vidctl export video neon-nights -o film.mp4", in_project=True)
def video(
    cli: Cli,
    output: OutputOption,
    name: ProjectArgument = None,
    gap: Annotated[
        str, typer.Option(help="Clips without a take: black, or a title card.", metavar="black|card")
    ] = "black",
    draft: Annotated[bool, typer.Option("--draft", help="Small and quick.")] = False,
    overwrite: OverwriteOption = False,
) -> Any:
    """Cut the selected takes to one MP4, frame-exact, with the song as its sound."""
    from vidctl.exporters.encoding import Quality
    from vidctl.services.export_service import Gap

    if gap not in set(Gap):
        raise InvalidInput(f"{gap!r} is no filling", fix="use --gap black or --gap card")
    quality = Quality.DRAFT if draft else Quality.FINAL
    return cli.app.export.export_video(name or cli.project, output, gap=Gap(gap), quality=quality, overwrite=overwrite)


@command(group, "json", "vidctl export json neon-nights -o film.json", in_project=True)
def json_(cli: Cli, output: OutputOption, name: ProjectArgument = None, overwrite: OverwriteOption = False) -> Any:
    """Write the film with its takes and recipes as JSON."""
    return cli.app.export.export_json(name or cli.project, output, overwrite=overwrite)
