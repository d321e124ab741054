"""vidctl schema"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("JSON Schemas of what comes in and of what --json prints.")


@command(group, None, "vidctl schema ClipResponseDTO")
def schema(
    cli: Cli,
    name: Annotated[
        str | None, typer.Argument(help="A shape, as documents name theirs; without one, the list.", metavar="[NAME]")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All shapes in one document.")] = False,
) -> Any:
    """Print the JSON Schema of a shape, or list the shapes there are."""
    from vidctl.cli.output.blocks import SchemaShown
    from vidctl.errors import InvalidInput

    if name and all_:
        raise InvalidInput("a shape and all of them are asked for", fix="leave out the name, or --all")
    if all_:
        return SchemaShown(cli.app.schemas.get_all())
    return SchemaShown(cli.app.schemas.get_schema(name)) if name else cli.app.schemas.list_schemas()
