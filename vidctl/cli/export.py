"""vidctl export"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ProjectArgument
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.errors import InvalidInput

group = make_group("Hand the film over: MP4, JSON, or the cut for an editor.")

OutputOption = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")]
StartOption = Annotated[
    str | None,
    typer.Option("--start-tc", help="Timecode of the first frame (default: 01:00:00:00).", metavar="HH:MM:SS:FF"),
]
DropFrameOption = Annotated[bool, typer.Option("--drop-frame", help="Drop-frame timecode (29.97 and 59.94 fps only).")]
ConformOption = Annotated[
    bool, typer.Option("--conform", help="Copy takes and song beside it, made so that every editor reads them alike.")
]


@dataclass(frozen=True, kw_only=True)
class CutFlags:
    """What can be given to every command that writes the cut for an editor."""

    start: StartOption = None
    conform: ConformOption = False
    overwrite: OverwriteOption = False


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


@command(group, "fcpxml", "vidctl export fcpxml neon-nights -o film.fcpxml", in_project=True)
def fcpxml(
    cli: Cli, output: OutputOption, flags: CutFlags, name: ProjectArgument = None, drop_frame: DropFrameOption = False
) -> Any:
    """Write the cut for Final Cut Pro (FCPXML 1.9)."""
    return _cut(cli, "fcpxml", name, output, flags, drop_frame)


@command(group, "edl", "vidctl export edl neon-nights -o film.edl", in_project=True)
def edl(
    cli: Cli, output: OutputOption, flags: CutFlags, name: ProjectArgument = None, drop_frame: DropFrameOption = False
) -> Any:
    """Write the cut as an edit decision list (CMX 3600)."""
    return _cut(cli, "edl", name, output, flags, drop_frame)


@command(group, "resolve", "vidctl export resolve neon-nights -o film.otio", in_project=True)
def resolve(cli: Cli, output: OutputOption, flags: CutFlags, name: ProjectArgument = None) -> Any:
    """Write the cut for DaVinci Resolve 18.5 or later (OpenTimelineIO)."""
    return _cut(cli, "resolve", name, output, flags, drop_frame=False)  # the format does not know of it


def _cut(cli: Cli, form: str, name: str | None, output: Path, flags: CutFlags, drop_frame: bool) -> Any:
    return cli.app.export.export_cut(name or cli.project, output, form, drop_frame=drop_frame, **asdict(flags))
