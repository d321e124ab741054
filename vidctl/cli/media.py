"""vidctl media"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Music, lyrics and faces; tidy unused files.")

ProjectName = Annotated[str, typer.Argument(help="Project: its slug or id.", metavar="PROJECT")]


@command(group, "music", "vidctl media music neon-nights song.flac")
def music(
    cli: Cli,
    name: ProjectName,
    file: Annotated[Path, typer.Argument(help="The song: mp3, wav, flac, ogg or m4a.", metavar="FILE")],
) -> Any:
    """Lay a song under a film. It is decoded to the end, and a copy is kept."""
    return cli.app.media.set_music(name, file)


@command(group, "lyrics", "vidctl media lyrics neon-nights song.lrc")
def lyrics(
    cli: Cli,
    name: ProjectName,
    file: Annotated[Path, typer.Argument(help="Timed lyrics: LRC or SRT.", metavar="FILE")],
) -> Any:
    """Read a film's timed lyrics. Title cards show them at their time."""
    return cli.app.media.set_lyrics(name, file)


@command(group, "face", "vidctl media face ada.png --character ada", in_project=True)
def face(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="The picture: png, jpg or webp, 256 pixels or more.", metavar="FILE")],
    character: Annotated[
        str | None, typer.Option(help="Whose face it is: it becomes their reference image.", metavar="CHARACTER")
    ] = None,
) -> Any:
    """Store a picture of a face. Without a character, nothing refers to it yet, and media tidy may remove it."""
    return cli.app.character_references.upload_face(cli.project, file, character)


@command(group, "tidy", "vidctl media tidy --dry-run")
def tidy(
    cli: Cli, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be removed.")] = False
) -> Any:
    """Remove stored files that nothing refers to, not even the trash and the history (older than an hour)."""
    return cli.app.media.tidy(dry_run=dry_run)
