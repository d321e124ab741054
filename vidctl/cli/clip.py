"""vidctl clip"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import (
    AfterOption,
    ClipArgument,
    ClipsArgument,
    LimitOption,
    NotesOption,
    SettingsOption,
    TagOption,
    WhereOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    read_text,
    sort_option,
)
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.errors import InvalidInput

group = make_group("Clips of a scene: prompts, place in time, takes.")

BeforeOption = Annotated[
    str | None, typer.Option("--before", help="In front of this clip; what follows makes room.", metavar="CLIP")
]
BehindOption = Annotated[
    str | None, typer.Option("--after", help="Behind this clip; what follows makes room.", metavar="CLIP")
]
SlugOption = Annotated[str | None, typer.Option(help="Its part of paths (default: made of the name).")]
LengthOption = Annotated[str | None, typer.Option("--length", "-l", help="How long: 2.5, 60f, 00:00:02:12.")]
LyricsOption = Annotated[str | None, typer.Option(help="Its lyrics; @FILE reads a file.")]
ImageOption = Annotated[str | None, typer.Option("--image", help="Prompt of its stills; @FILE reads a file, - stdin.")]
VideoOption = Annotated[str | None, typer.Option("--video", help="Prompt of its videos; @FILE reads a file, - stdin.")]
NegativeOption = Annotated[str | None, typer.Option("--negative", help="What should not be seen; @FILE reads a file.")]


@command(
    group,
    "create",
    'vidctl clip create chorus "Hero" --length 2.5 --image "a singer on a rooftop at night"',
    in_project=True,
)
def create(
    cli: Cli,
    scene: Annotated[str, typer.Argument(help="Scene: scene, project/scene, or an id.", metavar="SCENE")],
    name: Annotated[str, typer.Argument(help="The clip's name.", metavar="NAME")],
    slug: SlugOption = None,
    length: LengthOption = None,
    at: Annotated[str | None, typer.Option(help="Position in its scene (default: behind the last clip).")] = None,
    next_free: Annotated[bool, typer.Option("--next-free", help="At the nearest free place to --at.")] = False,
    before: BeforeOption = None,
    after: BehindOption = None,
    lyrics: LyricsOption = None,
    notes: NotesOption = None,
    tags: TagOption = None,
    image: ImageOption = None,
    video: VideoOption = None,
    negative: NegativeOption = None,
) -> Any:
    """Create a clip at the end of its scene (5 seconds long, if nothing is said)."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.clip_dtos import ClipCreateDTO

    fields = given(
        slug=slug, length=length, timeline_position=at, next_free=next_free, before=before, after=after,
        lyrics=read_text(lyrics), notes=read_text(notes), tags=tags, image_prompt=read_text(image),
        video_prompt=read_text(video), negative_prompt=read_text(negative),
    )  # fmt: skip
    return cli.app.clips.create_clip(scene, make_input(ClipCreateDTO, name=name, **fields))


@command(group, "list", "vidctl clip list --where 'status:draft tag:hero' --limit 20", in_project=True)
def list_(
    cli: Cli,
    scene: Annotated[str | None, typer.Option("--scene", "-s", help="Only the clips of this scene.")] = None,
    where: WhereOption = None,
    sort: Annotated[str | None, sort_option("time, name, created or updated", "time")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List clips in order of time, alternates with their originals."""
    return cli.app.clips.list_clips(cli.project, scene, where=where or "", sort=sort, after=after, limit=limit)


@command(group, "show", "vidctl clip show neon-nights/chorus/hero --resolved", in_project=True)
def show(
    cli: Cli,
    clip: ClipArgument,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Whole prompts and all render values, without asking a server.")
    ] = False,
) -> Any:
    """Show a clip."""
    return cli.app.clip_resolution.resolve(clip) if resolved else cli.app.clips.get_clip(clip)


@command(group, "update", "vidctl clip update chorus/hero --length 3 --set video.steps=30", in_project=True)
def update(
    cli: Cli,
    clip: ClipArgument,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    slug: SlugOption = None,
    length: LengthOption = None,
    order: Annotated[
        int | None, typer.Option(min=0, help="Its place among clips that start on the same frame.")
    ] = None,
    lyrics: LyricsOption = None,
    notes: NotesOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Change a clip. An empty text clears a field."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.clip_dtos import ClipUpdateDTO

    fields = given(name=name, slug=slug, length=length, order=order, lyrics=read_text(lyrics), notes=read_text(notes))
    return cli.app.clips.update_clip(clip, make_input(ClipUpdateDTO, **fields, **parse_kind_settings(settings)))


@command(
    group,
    "prompt",
    'vidctl clip prompt chorus/hero --image "a singer on a rooftop" --negative "blurry"',
    in_project=True,
)
def prompt(
    cli: Cli,
    clip: ClipArgument,
    image: ImageOption = None,
    video: VideoOption = None,
    negative: NegativeOption = None,
) -> Any:
    """Change prompts; those not given stay as they are, an empty one is cleared."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.clip_dtos import ClipUpdateDTO

    fields = given(image_prompt=read_text(image), video_prompt=read_text(video), negative_prompt=read_text(negative))
    return cli.app.clips.update_clip(clip, make_input(ClipUpdateDTO, **fields))


@command(group, "move", "vidctl clip move chorus/hero --at 12.5", in_project=True)
def move(
    cli: Cli,
    clip: ClipArgument,
    at: Annotated[str | None, typer.Option("--at", help="Position in the scene: 12.5, 300f, 00:00:12:12.")] = None,
    scene: Annotated[
        str | None, typer.Option("--scene", "-s", help="Into this scene (without --at: at its end).")
    ] = None,
    before: BeforeOption = None,
    after: BehindOption = None,
    snap: Annotated[
        bool, typer.Option("--snap", help="To the clip, scene, lyric line, whole second or song's end near to --at.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Even if it overlaps another clip.")] = False,
) -> Any:
    """Move a clip; it may touch its neighbours but not overlap them.

    With --before and --after what follows makes room, and the hole that the clip leaves is closed.
    """
    from vidctl.dtos.base import make_input
    from vidctl.dtos.clip_dtos import ClipTimelineUpdateDTO

    request = make_input(
        ClipTimelineUpdateDTO, position=at, scene=scene, before=before, after=after, snap=snap, force=force
    )
    return cli.app.clips.move_clip(clip, request)


@command(group, "gallery", "vidctl clip gallery chorus/hero", in_project=True)
def gallery(cli: Cli, clip: ClipArgument) -> Any:
    """Show a clip's takes, newest first."""
    return cli.app.gallery.gallery(clip)


@command(group, "select", "vidctl clip select chorus/hero 1f0c9a", in_project=True)
def select(
    cli: Cli,
    clip: ClipArgument,
    take: Annotated[str | None, typer.Argument(help="Take: its id or the beginning of it.", metavar="[TAKE]")] = None,
    none: Annotated[
        str | None, typer.Option("--none", help="Choose no image, or no video.", metavar="image|video")
    ] = None,
) -> Any:
    """Choose the take that the film shows."""
    from vidctl.domain.recipe import MediaKind

    if (take is None) == (none is None):
        raise InvalidInput("name either a take or --none image|video", fix="vidctl clip gallery CLIP lists the takes")
    if take is not None:
        return cli.app.clips.select_take(clip, take)
    if none not in (MediaKind.IMAGE, MediaKind.VIDEO):
        raise InvalidInput(f"{none!r} is no kind of take", fix="use --none image or --none video")
    return cli.app.clips.unselect(clip, MediaKind(none))


@command(group, "delete", "vidctl clip delete chorus/hero --yes", in_project=True)
def delete(
    cli: Cli,
    clips: ClipsArgument,
    ripple: Annotated[bool, typer.Option("--ripple", help="Move up what follows, so that no hole is left.")] = False,
    yes: YesOption = False,
) -> Any:
    """Delete clips with their alternates and takes. vidctl project trash restore brings them back."""
    confirm(f"Delete {cli.app.clips.describe_deletion(clips)}?", yes)
    return cli.app.clips.delete_clips(clips, ripple=ripple)
