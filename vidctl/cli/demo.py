"""vidctl demo"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import given, parse_size
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Make a small film, and see how everything fits.")


@command(group, None, "vidctl demo")
def demo(
    cli: Cli,
    folder: Annotated[Path, typer.Argument(help="Where film.mp4 goes.", metavar="[DIR]")] = Path("vidctl-demo"),
    server: Annotated[str | None, typer.Option(help="Server to render on, or animatic for title cards.")] = None,
    size: Annotated[str | None, typer.Option(help="Frame size (default: 640x360).", metavar="WxH")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Sampling steps (default: the model family's).")] = None,
) -> Any:
    """Make a small film: a song, three scenes, nine clips, rendered, cut and exported.

    It renders on a registered ComfyUI server if one can, and draws title cards (an animatic) otherwise. Run again, it
    goes on where it was left.
    """
    return cli.app.demo.make(folder, server=server, size=parse_size(size), settings=given(steps=steps))
