"""vidctl config"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("Settings, and where each value came from.")

KeyArgument = Annotated[str | None, typer.Argument(help="Only this setting.", metavar="[NAME]")]


@command(group, "show", "vidctl config show --origin")
def show(
    cli: Cli,
    name: KeyArgument = None,
    origin: Annotated[bool, typer.Option("--origin", help="With where each value came from.")] = False,
) -> Any:
    """Show the settings that count now. Passwords are not shown."""
    from vidctl.cli.output.blocks import SettingsShown
    from vidctl.settings import unknown_key
    from vidctl.settings.keys import KEYS

    if name is not None and name not in KEYS:
        raise unknown_key(name)
    return SettingsShown([s for s in cli.settings.show() if name in (None, s.name)], origin)


@command(group, "set", "vidctl config set store sqlite:///mnt/films/vidctl.db")
def set_(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="The setting.", metavar="NAME")],
    value: Annotated[str, typer.Argument(help='Its new value; "" removes it.', metavar="VALUE")],
    here: Annotated[bool, typer.Option("--here", help="In this folder's vidctl.toml.")] = False,
    profile: Annotated[str | None, typer.Option(help="In this profile only.", metavar="NAME")] = None,
) -> Any:
    """Write a setting to the settings file."""
    from vidctl.cli.output.blocks import SettingsShown
    from vidctl.domain.masking import without_password
    from vidctl.settings import PROJECT_FILE, Setting, user_file, write_setting

    path = Path(PROJECT_FILE) if here else user_file()
    write_setting(path, name, value, profile or "")
    return SettingsShown([Setting(name, without_password(value), str(path))], True)


@command(group, "path", "vidctl config path")
def path(cli: Cli) -> Any:
    """Show which settings files are read."""
    from vidctl.cli.output.blocks import PathsShown
    from vidctl.settings import find_project_file, user_file

    return PathsShown({"user": user_file(), "project": find_project_file(Path.cwd())})
