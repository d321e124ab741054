"""What a command gets: the App with the flags applied, and how to show what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidctl.app import App
    from vidctl.cli.output.screen import Screen
    from vidctl.errors import Interrupted
    from vidctl.settings import Settings


@dataclass(frozen=True)
class GlobalFlags:
    """Flags that may stand before or behind the command's name."""

    settings: Mapping[str, str | None] = field(default_factory=dict)
    quiet: bool = False
    no_color: bool = False
    json: bool = False


class Cli:
    """One run of the command line."""

    def __init__(self, flags: GlobalFlags) -> None:
        self.flags = flags
        #: What to say after Ctrl-C where a command knows better than "interrupted".
        self.interruption: Interrupted | None = None
        self._app: App | None = None

    def refine(self, *, json: bool, quiet: bool, project: str | None = None) -> None:
        """Take in the flags that stood behind the command's name."""
        settings = {**self.flags.settings, **({"project": project} if project is not None else {})}
        self.flags = GlobalFlags(settings, self.flags.quiet or quiet, self.flags.no_color, json)

    @cached_property
    def settings(self) -> Settings:
        from vidctl.settings import load_settings

        return load_settings(flags=self.flags.settings)

    @property
    def app(self) -> App:
        """All services, opened on first use."""
        if self._app is None:
            from vidctl.app import App

            self._app = App(self.settings)
        return self._app

    @cached_property
    def screen(self) -> Screen:
        """Where results, events and errors are shown."""
        from vidctl.cli.output.screen import open_screen

        return open_screen(json=self.flags.json, quiet=self.flags.quiet, no_color=self.flags.no_color)

    @property
    def project(self) -> str | None:
        """The project named by a flag of this run; None leaves it to the settings."""
        return self.flags.settings.get("project")

    def close(self) -> None:
        """Close what was opened."""
        if self._app is not None:
            self._app.close()
