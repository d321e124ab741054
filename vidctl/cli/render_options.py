"""What all commands that render have in common: their options, and how renders are asked for and followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import given, parse_pairs, parse_size
from vidctl.cli.context import Cli
from vidctl.errors import Interrupted, InvalidInput

if TYPE_CHECKING:
    from vidctl.domain.events import Event
    from vidctl.services.subjects import Renderable

ServerOption = Annotated[str | None, typer.Option(help="Server to render on, or animatic for title cards.")]
WorkflowOption = Annotated[str | None, typer.Option(help="Workflow (default: the model family's).")]
PresetOption = Annotated[str | None, typer.Option(help="The family's preset: draft, fast, quality …")]
ModelOption = Annotated[str | None, typer.Option(help="Model file, as the server names it.", metavar="FILE")]
LoraOption = Annotated[
    list[str] | None, typer.Option(help="LoRA file with its weight; may be repeated.", metavar="NAME:WEIGHT")
]
NegativeOption = Annotated[str | None, typer.Option(help="What should not be seen (instead of the clip's).")]
SizeOption = Annotated[str | None, typer.Option(help="Size to render, such as 832x480.", metavar="WxH")]
StepsOption = Annotated[int | None, typer.Option(help="Sampling steps.")]
CfgOption = Annotated[float | None, typer.Option(help="How strictly the prompt is followed.")]
SamplerOption = Annotated[str | None, typer.Option(help="Sampler, such as euler or dpmpp_2m.")]
SchedulerOption = Annotated[str | None, typer.Option(help="Scheduler, such as simple or karras.")]
SeedOption = Annotated[int | None, typer.Option(min=-1, max=2**63 - 1, help="Seed; -1 or none draws one.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any other parameter of the workflow; may be repeated.", metavar="NAME=VALUE"),
]
PriorityOption = Annotated[int, typer.Option(min=-1000, max=1000, help="Higher goes first in the queue.")]
NoWaitOption = Annotated[bool, typer.Option("--no-wait", help="Only put it into the queue.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print the resolved recipe and graph; render nothing.")]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Tell where each value and each word comes from; render nothing.")
]


def read_settings(pairs: list[str] | None, size: str | None, **options: Any) -> dict[str, Any]:
    """The options that were given, by workflow parameter name. Raises InvalidInput for one that is given twice."""
    named = given(**options)
    if (measured := parse_size(size)) is not None:
        named["width"], named["height"] = measured
    others = parse_pairs(pairs)
    twice = sorted(named.keys() & others.keys())
    if twice:
        raise InvalidInput(f"{twice[0]} is given twice", cause="by its option and by --set", fix="leave one out")
    return {**named, **others}


def render(cli: Cli, request: Renderable, *, no_wait: bool, dry_run: bool, explain: bool = False) -> Any:
    """What would be rendered, or the events of rendering it."""
    if explain:
        return cli.app.generation.explain(request)
    if dry_run:
        return cli.app.generation.dry_run(request)
    return resumable(cli, cli.app.generation.generate(request, wait=not no_wait))


def resumable(cli: Cli, events: Iterator[Event]) -> Iterator[Event]:
    """Say after Ctrl-C how to go on: the same command again would queue the renders a second time."""
    from vidctl.domain.events import JobQueued

    with closing(events):  # type: ignore[type-var]
        for event in events:
            if isinstance(event, JobQueued):
                cli.interruption = Interrupted(
                    "stopped before all renders were done",
                    cause="they stay in the queue, and a server goes on with what it has begun",
                    fix="vidctl queue work --until-empty goes on; "
                    f"vidctl queue cancel --batch {event.batch_id[:8]} drops them",
                )
            yield event
