"""What all commands that render have in common: their options, and how renders are asked for and followed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import given, parse_loras, parse_pairs, parse_size, read_text
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
FramesOption = Annotated[int | None, typer.Option(min=1, help="Frames to render (default: what covers the clip).")]
FpsOption = Annotated[float | None, typer.Option(help="Frame rate to render at (default: the model's own).")]
CountOption = Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Takes to make of each clip.")]
KindOption = Annotated[str, typer.Option(help="What to render.", metavar="image|video")]
PromptOption = Annotated[
    str | None, typer.Option(help="One prompt for all of them, instead of the clips' own; @FILE reads a file.")
]
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


@dataclass(frozen=True, kw_only=True)
class RenderFlags:
    """What can be given to every command that renders."""

    server: ServerOption = None
    workflow: WorkflowOption = None
    preset: PresetOption = None
    model: ModelOption = None
    lora: LoraOption = None
    negative: NegativeOption = None
    size: SizeOption = None
    steps: StepsOption = None
    cfg: CfgOption = None
    sampler: SamplerOption = None
    scheduler: SchedulerOption = None
    seed: SeedOption = None
    set_: SetOption = None
    priority: PriorityOption = 0

    def options(self, **others: Any) -> dict[str, Any]:
        """The fields of a RenderOptionsDTO. `others` are more settings of the command's own; None is not given.
        Raises InvalidInput for one that is given twice."""
        named = given(
            model=self.model, negative=read_text(self.negative), steps=self.steps, cfg=self.cfg, sampler=self.sampler,
            scheduler=self.scheduler, seed=self.seed, loras=parse_loras(self.lora) or None, **others,
        )  # fmt: skip
        if (measured := parse_size(self.size)) is not None:
            named["width"], named["height"] = measured
        pairs = parse_pairs(self.set_)
        twice = sorted(named.keys() & pairs.keys())
        if twice:
            raise InvalidInput(f"{twice[0]} is given twice", cause="by its option and by --set", fix="leave one out")
        return {
            "server": self.server,
            "workflow": self.workflow,
            "preset": self.preset,
            "settings": {**named, **pairs},
            "priority": self.priority,
        }


@dataclass(frozen=True, kw_only=True)
class LookFlags:
    """How to see what would be rendered, or to leave the rendering to others."""

    no_wait: NoWaitOption = False
    dry_run: DryRunOption = False
    explain: ExplainOption = False


def render(cli: Cli, request: Renderable, look: LookFlags) -> Any:
    """What would be rendered, or the events of rendering it."""
    if look.explain:
        return cli.app.generation.explain(request)
    if look.dry_run:
        return cli.app.generation.dry_run(request)
    return resumable(cli, cli.app.generation.generate(request, wait=not look.no_wait))


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
