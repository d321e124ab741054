"""vidctl character"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli.arguments import (
    ClipsArgument,
    SettingsOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    read_text,
)
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Who appears: words and LoRAs that clips share.")

CharacterArgument = Annotated[str, typer.Argument(help="Character: its name or id.", metavar="CHARACTER")]
SlugOption = Annotated[str | None, typer.Option(help="Its short name (default: made of the name).")]
DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", help="What they look like.")]
TriggerOption = Annotated[str | None, typer.Option("--trigger", help="Words their LoRA was trained with.")]
NotesOption = Annotated[str | None, typer.Option("--notes", help="How they are to be shown.")]


@command(
    group,
    "create",
    'vidctl character create Ada --description "red hair, silver coat" --trigger "adagirl"',
    in_project=True,
)
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Their name.", metavar="NAME")],
    slug: SlugOption = None,
    description: DescriptionOption = None,
    trigger: TriggerOption = None,
    notes: NotesOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Create a character of a film."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.character_dtos import CharacterCreateDTO

    fields = given(slug=slug, description=read_text(description), trigger_words=trigger, style_notes=notes)
    request = make_input(CharacterCreateDTO, name=name, **fields, **parse_kind_settings(settings))
    return cli.app.characters.create_character(cli.project, request)


@command(group, "list", "vidctl character list --project neon-nights", in_project=True)
def list_(cli: Cli) -> Any:
    """List a film's characters."""
    return cli.app.characters.list_characters(cli.project)


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
    settings: SettingsOption = None,
) -> Any:
    """Change a character. An empty text clears a field."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.character_dtos import CharacterUpdateDTO

    fields = given(name=name, slug=slug, description=read_text(description), trigger_words=trigger, style_notes=notes)
    request = make_input(CharacterUpdateDTO, **fields, **parse_kind_settings(settings))
    return cli.app.characters.update_character(cli.project, character, request)


@command(group, "delete", "vidctl character delete ada --yes", in_project=True)
def delete(cli: Cli, character: CharacterArgument, yes: YesOption = False) -> Any:
    """Delete a character; clips keep their own prompts."""
    confirm(f"Delete the character {cli.app.characters.get_character(cli.project, character).name}?", yes)
    return cli.app.characters.delete_character(cli.project, character)


@command(group, "apply", "vidctl character apply ada chorus/hero chorus/skyline", in_project=True)
def apply(cli: Cli, character: CharacterArgument, clips: ClipsArgument) -> Any:
    """Put a character into clips. Their prompts stay as they are: the words are added for each render."""
    return cli.app.characters.apply(cli.project, character, clips)


@command(group, "remove", "vidctl character remove ada chorus/hero", in_project=True)
def remove(cli: Cli, character: CharacterArgument, clips: ClipsArgument) -> Any:
    """Take a character out of clips."""
    return cli.app.characters.remove(cli.project, character, clips)
