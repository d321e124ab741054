"""vidctl generate"""

from __future__ import annotations

from typing import Any

from vidctl.cli.arguments import ClipsArgument
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import CountOption, FpsOption, FramesOption, LookFlags, RenderFlags, render

group = make_group("Render stills and videos of clips.")


@command(
    group,
    "image",
    "vidctl generate image chorus/hero --steps 30 --lora neon.safetensors:0.8 --count 4",
    in_project=True,
)
def image(cli: Cli, clips: ClipsArgument, flags: RenderFlags, look: LookFlags, count: CountOption = 1) -> Any:
    """Render stills of clips. The first still of a clip is selected."""
    return _generate(cli, "image", clips, look, count=count, **flags.options())


@command(group, "video", "vidctl generate video chorus/hero --preset fast --server studio", in_project=True)
def video(
    cli: Cli,
    clips: ClipsArgument,
    flags: RenderFlags,
    look: LookFlags,
    frames: FramesOption = None,
    fps: FpsOption = None,
    count: CountOption = 1,
) -> Any:
    """Render videos of clips, as long as the clips are. The first video of a clip is selected."""
    return _generate(cli, "video", clips, look, count=count, **flags.options(frames=frames, fps=fps))


def _generate(cli: Cli, kind: str, clips: list[str], look: LookFlags, **options: Any) -> Any:
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import GenerationRequestDTO

    request = make_input(GenerationRequestDTO, clips=clips, generation_type=kind, **options)
    return render(cli, request, look)
