"""vidctl generate"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import ClipsArgument, given, parse_loras, parse_pairs, parse_size, read_text
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.errors import Interrupted, InvalidInput

if TYPE_CHECKING:
    from vidctl.domain.events import Event

group = make_group("Render stills and videos of clips.")

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
CountOption = Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Takes to make of each clip.")]
PriorityOption = Annotated[int, typer.Option(min=-1000, max=1000, help="Higher goes first in the queue.")]
NoWaitOption = Annotated[bool, typer.Option("--no-wait", help="Only put it into the queue.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print the resolved recipe and graph; render nothing.")]


@command(
    group,
    "image",
    "vidctl generate image chorus/hero --steps 30 --lora neon.safetensors:0.8 --count 4",
    in_project=True,
)
def image(
    cli: Cli,
    clips: ClipsArgument,
    server: ServerOption = None,
    workflow: WorkflowOption = None,
    preset: PresetOption = None,
    model: ModelOption = None,
    lora: LoraOption = None,
    negative: NegativeOption = None,
    size: SizeOption = None,
    steps: StepsOption = None,
    cfg: CfgOption = None,
    sampler: SamplerOption = None,
    scheduler: SchedulerOption = None,
    seed: SeedOption = None,
    set_: SetOption = None,
    count: CountOption = 1,
    priority: PriorityOption = 0,
    no_wait: NoWaitOption = False,
    dry_run: DryRunOption = False,
) -> Any:
    """Render stills of clips. The first still of a clip is selected."""
    settings = _settings(
        set_, size, model=model, negative=read_text(negative), steps=steps, cfg=cfg, sampler=sampler,
        scheduler=scheduler, seed=seed, loras=parse_loras(lora) or None,
    )  # fmt: skip
    return _generate(cli, "image", clips, server, workflow, preset, settings, count, priority, no_wait, dry_run)


@command(group, "video", "vidctl generate video chorus/hero --preset fast --server studio", in_project=True)
def video(
    cli: Cli,
    clips: ClipsArgument,
    server: ServerOption = None,
    workflow: WorkflowOption = None,
    preset: PresetOption = None,
    model: ModelOption = None,
    lora: LoraOption = None,
    negative: NegativeOption = None,
    size: SizeOption = None,
    frames: Annotated[int | None, typer.Option(min=1, help="Frames to render (default: what covers the clip).")] = None,
    fps: Annotated[float | None, typer.Option(help="Frame rate to render at (default: the model's own).")] = None,
    steps: StepsOption = None,
    cfg: CfgOption = None,
    sampler: SamplerOption = None,
    scheduler: SchedulerOption = None,
    seed: SeedOption = None,
    set_: SetOption = None,
    count: CountOption = 1,
    priority: PriorityOption = 0,
    no_wait: NoWaitOption = False,
    dry_run: DryRunOption = False,
) -> Any:
    """Render videos of clips, as long as the clips are. The first video of a clip is selected."""
    settings = _settings(
        set_, size, model=model, negative=read_text(negative), frames=frames, fps=fps, steps=steps, cfg=cfg,
        sampler=sampler, scheduler=scheduler, seed=seed, loras=parse_loras(lora) or None,
    )  # fmt: skip
    return _generate(cli, "video", clips, server, workflow, preset, settings, count, priority, no_wait, dry_run)


def _settings(pairs: list[str] | None, size: str | None, **options: Any) -> dict[str, Any]:
    """The options that were given, by workflow parameter name. Raises InvalidInput for one that is given twice."""
    named = given(**options)
    if (measured := parse_size(size)) is not None:
        named["width"], named["height"] = measured
    others = parse_pairs(pairs)
    twice = sorted(named.keys() & others.keys())
    if twice:
        raise InvalidInput(f"{twice[0]} is given twice", cause="by its option and by --set", fix="leave one out")
    return {**named, **others}


def _generate(
    cli: Cli, kind: str, clips: list[str], server: str | None, workflow: str | None, preset: str | None,
    settings: dict[str, Any], count: int, priority: int, no_wait: bool, dry_run: bool,
) -> Any:  # fmt: skip
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import GenerationRequestDTO

    request = make_input(
        GenerationRequestDTO, clips=clips, generation_type=kind, server=server, workflow=workflow, preset=preset,
        settings=settings, count=count, priority=priority,
    )  # fmt: skip
    if dry_run:
        return cli.app.generation.dry_run(request)
    return _resumable(cli, cli.app.generation.generate(request, wait=not no_wait))


def _resumable(cli: Cli, events: Iterator[Event]) -> Iterator[Event]:
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
