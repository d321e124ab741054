"""vidctl project dump|apply|import|archive|restore: a film as one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ProjectArgument
from vidctl.cli.command import command
from vidctl.cli.context import Cli
from vidctl.cli.project import group

_STREAM = Path("-")
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")]


@command(group, "dump", "vidctl project dump neon-nights -o film.toml --media media", in_project=True)
def dump(
    cli: Cli,
    name: ProjectArgument = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write (default, or -: print it).", metavar="FILE"),
    ] = None,
    media: Annotated[
        Path | None, typer.Option(help="Put copies of its song and pictures into this folder.", metavar="DIR")
    ] = None,
    overwrite: OverwriteOption = False,
) -> Any:
    """Write a film as a manifest: readable TOML with all but its takes."""
    file = None if output == _STREAM else output
    return cli.app.manifests.dump(name or cli.project, file, media=media, overwrite=overwrite)


@command(group, "apply", "vidctl project apply film.toml --dry-run", in_project=True)
def apply(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="The manifest; - reads standard input.", metavar="FILE")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell, and exit with 4 if there is something to do.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Move what the manifest does not name into the trash.")
    ] = False,
) -> Any:
    """Make a film as a manifest says; with --project in the project of that name instead of the one it names.

    The whole file is checked first; then everything is changed, or nothing. Takes are never touched. Paths of songs
    and pictures start from the manifest's folder, for standard input from the working folder; they may lead up from it
    with .. but not be absolute."""
    given = sys.stdin.buffer if file == _STREAM else None
    return cli.app.manifests.apply(file, given=given, project=cli.project, dry_run=dry_run, check=check, prune=prune)


@command(group, "import", "vidctl project import storycanvas.json --fps 25")
def import_(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="The export, in the format storycanvas_v1.", metavar="FILE")],
    fps: Annotated[str, typer.Option(help="Frame rate: 24, 25, 23.976, 30000/1001 …")] = "24",
    slug: Annotated[str | None, typer.Option(help="Its part of paths (default: made of the name).")] = None,
) -> Any:
    """Make a film of the JSON export of another system. Its takes are counted, but their files are not fetched."""
    return cli.app.imports.import_storycanvas(file, fps=fps, slug=slug)


@command(group, "archive", "vidctl project archive neon-nights -o neon-nights.vidctl", in_project=True)
def archive(
    cli: Cli,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.", metavar="FILE")],
    name: ProjectArgument = None,
    overwrite: OverwriteOption = False,
) -> Any:
    """Pack a film with its takes, files and recipes into one file. It is verified before it takes its place."""
    return cli.app.archives.archive(name or cli.project, output, overwrite=overwrite)


@command(group, "restore", "vidctl project restore neon-nights.vidctl --as neon-nights-2")
def restore(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="The archive.", metavar="FILE")],
    slug: Annotated[str | None, typer.Option("--as", help="Its part of paths here.", metavar="SLUG")] = None,
) -> Any:
    """Make a film of an archive. All of it is verified first, and its media are decoded."""
    return cli.app.archives.restore(file, slug=slug)
