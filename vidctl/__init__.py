"""vidctl: plan, render and cut AI-made music videos and short films."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vidctl.app import App

__version__ = "0.2.0"


def open_app(*, start: Path | None = None, **overrides: str) -> App:
    """Open vidctl as a library: all that the commands do is a method of one of the App's services.

    `start` is the folder whose project file counts (default: the current one); `overrides` are settings by name,
    as `vidctl config show` lists them. Use it as a context manager, so that everything it opened is closed.
    """
    from vidctl.app import App
    from vidctl.settings import load_settings

    return App(load_settings(flags=overrides, start=start))
