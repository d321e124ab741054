"""vidctl help"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("The handbook: vidctl help TOPIC.")


@command(group, None, "vidctl help queue")
def help_(
    cli: Cli,
    topic: Annotated[str | None, typer.Argument(help="A topic; without one, the list.", metavar="[TOPIC]")] = None,
) -> Any:
    """Show a topic of the handbook."""
    from vidctl.cli.output.blocks import TopicShown
    from vidctl.help.reader import list_topics, read_topic

    return TopicShown(topic, read_topic(topic)) if topic else TopicShown(None, list_topics())
