"""vidctl generate"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import ClipsArgument, parse_loras, read_text
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import (
    CfgOption,
    DryRunOption,
    ExplainOption,
    LoraOption,
    ModelOption,
    NegativeOption,
    NoWaitOption,
    PresetOption,
    PriorityOption,
    SamplerOption,
    SchedulerOption,
    SeedOption,
    ServerOption,
    SetOption,
    SizeOption,
    StepsOption,
    WorkflowOption,
    read_settings,
    render,
)

group = make_group("Render stills and videos of clips.")

CountOption = Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Takes to make of each clip.")]


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
    explain: ExplainOption = False,
) -> Any:
    """Render stills of clips. The first still of a clip is selected."""
    settings = read_settings(
        set_, size, model=model, negative=read_text(negative), steps=steps, cfg=cfg, sampler=sampler,
        scheduler=scheduler, seed=seed, loras=parse_loras(lora) or None,
    )  # fmt: skip
    return _generate(
        cli, "image", clips, server, workflow, preset, settings, count, priority, no_wait, dry_run, explain
    )


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
    explain: ExplainOption = False,
) -> Any:
    """Render videos of clips, as long as the clips are. The first video of a clip is selected."""
    settings = read_settings(
        set_, size, model=model, negative=read_text(negative), frames=frames, fps=fps, steps=steps, cfg=cfg,
        sampler=sampler, scheduler=scheduler, seed=seed, loras=parse_loras(lora) or None,
    )  # fmt: skip
    return _generate(
        cli, "video", clips, server, workflow, preset, settings, count, priority, no_wait, dry_run, explain
    )


def _generate(
    cli: Cli, kind: str, clips: list[str], server: str | None, workflow: str | None, preset: str | None,
    settings: dict[str, Any], count: int, priority: int, no_wait: bool, dry_run: bool, explain: bool,
) -> Any:  # fmt: skip
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import GenerationRequestDTO

    request = make_input(
        GenerationRequestDTO, clips=clips, generation_type=kind, server=server, workflow=workflow, preset=preset,
        settings=settings, count=count, priority=priority,
    )  # fmt: skip
    return render(cli, request, no_wait=no_wait, dry_run=dry_run, explain=explain)
