"""vidctl character"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli import character_refs
from vidctl.cli.arguments import (
    AfterOption,
    ClipsArgument,
    LimitOption,
    SettingsOption,
    TextOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    parse_loras,
    read_text,
    sort_option,
)
from vidctl.cli.character_refs import CharacterArgument
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import LookFlags, RenderFlags, render

group = make_group("Who appears: words and LoRAs that clips share.")
group.add_typer(character_refs.group, name="refs")

SlugOption = Annotated[str | None, typer.Option(help="Its short name (default: made of the name).")]
DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", help="What they look like.")]
TriggerOption = Annotated[str | None, typer.Option("--trigger", help="Words their LoRA was trained with.")]
NotesOption = Annotated[str | None, typer.Option("--notes", help="How they are to be shown.")]
OwnLoraOption = Annotated[
    str | None,
    typer.Option(
        "--lora", help='LoRA file with its weight, for every render they are in; "" for none.', metavar="NAME:WEIGHT"
    ),
]


@command(
    group,
    "create",
    'vidctl character create Ada --description "red hair" --trigger adagirl --lora ada.safetensors:0.8',
    in_project=True,
)
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Their name.", metavar="NAME")],
    slug: SlugOption = None,
    description: DescriptionOption = None,
    trigger: TriggerOption = None,
    notes: NotesOption = None,
    lora: OwnLoraOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Create a character of a film."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.character_dtos import CharacterCreateDTO

    fields = given(slug=slug, description=read_text(description), trigger_words=trigger, style_notes=notes)
    request = make_input(CharacterCreateDTO, name=name, **fields, **_lora(lora), **parse_kind_settings(settings))
    return cli.app.characters.create_character(cli.project, request)


@command(group, "list", "vidctl character list --project neon-nights", in_project=True)
def list_(
    cli: Cli,
    text: TextOption = None,
    sort: Annotated[str | None, sort_option("name, created or updated", "name")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List a film's characters."""
    return cli.app.characters.list_characters(cli.project, text=text, sort=sort, after=after, limit=limit)


@command(group, "show", "vidctl character show ada", in_project=True)
def show(cli: Cli, character: CharacterArgument) -> Any:
    """Show a character."""
    return cli.app.characters.get_character(cli.project, character)


@command(group, "update", "vidctl character update ada --set image.steps=30", in_project=True)
def update(
    cli: Cli,
    character: CharacterArgument,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    slug: SlugOption = None,
    description: DescriptionOption = None,
    trigger: TriggerOption = None,
    notes: NotesOption = None,
    lora: OwnLoraOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Change a character. An empty text clears a field."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.character_dtos import CharacterUpdateDTO

    fields = given(name=name, slug=slug, description=read_text(description), trigger_words=trigger, style_notes=notes)
    request = make_input(CharacterUpdateDTO, **fields, **_lora(lora), **parse_kind_settings(settings))
    return cli.app.characters.update_character(cli.project, character, request)


@command(group, "delete", "vidctl character delete ada --yes", in_project=True)
def delete(cli: Cli, character: CharacterArgument, yes: YesOption = False) -> Any:
    """Delete a character with the pictures of it, into the trash; clips keep their own prompts."""
    confirm(f"Delete {cli.app.characters.describe_deletion(cli.project, character)}?", yes)
    return cli.app.characters.delete_character(cli.project, character)


@command(group, "apply", "vidctl character apply ada chorus/hero chorus/skyline", in_project=True)
def apply(cli: Cli, character: CharacterArgument, clips: ClipsArgument) -> Any:
    """Put a character into clips. Their prompts stay as they are: words and LoRA are added for each render."""
    return cli.app.characters.apply(cli.project, character, clips)


@command(group, "remove", "vidctl character remove ada chorus/hero", in_project=True)
def remove(cli: Cli, character: CharacterArgument, clips: ClipsArgument) -> Any:
    """Take a character out of clips."""
    return cli.app.characters.remove(cli.project, character, clips)


@command(
    group, "sheet", "vidctl character sheet ada --views front,profile,back --expressions joy,anger", in_project=True
)
def sheet(
    cli: Cli,
    character: CharacterArgument,
    flags: RenderFlags,
    look: LookFlags,
    views: Annotated[str | None, typer.Option(help="front, profile, back …, or all.", metavar="NAME,…")] = None,
    expressions: Annotated[str | None, typer.Option(help="neutral, joy, anger …, or all.", metavar="NAME,…")] = None,
    poses: Annotated[str | None, typer.Option(help="standing, walking, singing …, or all.", metavar="NAME,…")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Takes of each picture.")] = 1,
) -> Any:
    """Render a character from several sides, in the usual views if none is named. The pictures belong to no clip."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import CharacterSheetRequestDTO

    request = make_input(
        CharacterSheetRequestDTO, character=character, views=_names(views), expressions=_names(expressions),
        poses=_names(poses), count=count, **flags.options(),
    )  # fmt: skip
    return render(cli, request, look)


@command(group, "sample", 'vidctl character sample ada --count 4 --prompt "laughing in the rain"', in_project=True)
def sample(
    cli: Cli,
    character: CharacterArgument,
    flags: RenderFlags,
    look: LookFlags,
    prompt: Annotated[
        str | None, typer.Option(help="What else the pictures show (default: a portrait); @FILE reads a file.")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many pictures.")] = 4,
) -> Any:
    """Render some pictures of a character, to see how its words and LoRA work. They belong to no clip."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import CharacterSampleRequestDTO

    request = make_input(
        CharacterSampleRequestDTO, character=character, prompt=read_text(prompt), count=count, **flags.options()
    )
    return render(cli, request, look)


@command(group, "gallery", "vidctl character gallery ada", in_project=True)
def gallery(
    cli: Cli,
    character: CharacterArgument,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to show.")] = 50,
    after: AfterOption = None,
) -> Any:
    """Show the pictures that were rendered of a character itself, newest first. refs add takes them by their ids."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.take_dtos import TakeFilterDTO

    wanted = make_input(TakeFilterDTO, character=character, limit=limit, after=after)
    return cli.app.takes.list_takes(cli.project, wanted)


def _lora(text: str | None) -> dict[str, Any]:
    """The field that the option changes, if it was given."""
    return {} if text is None else {"lora": next(iter(parse_loras([text] if text else [])), None)}


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
