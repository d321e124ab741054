"""The root of the command line. Groups are imported when one of their commands is called, so that help stays quick."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from vidctl import __version__
from vidctl.cli.context import Cli, GlobalFlags

#: name → (modules below vidctl.cli, one line of help): the first has the group, the others add commands to it. A test
#: compares this with the modules themselves.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Make a small film, and see how everything fits."),
    "project": ("project project_history project_manifest", "Films: create, list, show, update, delete, use."),
    "scene": ("scene", "Scenes of a film: create, list, show, update, delete."),
    "clip": ("clip clip_arrange clip_marks clip_versions", "Clips of a scene: prompts, place in time, takes."),
    "take": ("take", "Takes: list, open, select, rate, tag, compare, render again."),
    "character": ("character", "Who appears: words and LoRAs that clips share."),
    "template": ("template", "How it looks: styles that clips share."),
    "generate": ("generate", "Render stills and videos of clips."),
    "batch": ("batch", "Many clips at once: run, status, list."),
    "queue": ("queue", "The render queue: add, list, show, cancel, retry, work."),
    "comfyui": ("comfyui", "ComfyUI servers: add, check, models, update, remove."),
    "openai": ("openai", "Videos on an OpenAI-compatible server."),
    "media": ("media media_pool", "Music, lyrics and faces; tidy unused files."),
    "export": ("export", "Hand the film over: MP4, JSON, or the cut for an editor."),
    "config": ("config", "Settings, and where each value came from."),
    "schema": ("schema", "JSON Schemas of what comes in and of what --json prints."),
    "health": ("health", "Tell whether the store answers."),
    "doctor": ("doctor", "Tell what is installed, reachable and missing."),
    "help": ("help", "The handbook: vidctl help TOPIC."),
}


def load_group(name: str) -> typer.Typer:
    """A group with all its commands."""
    modules = [import_module(f"vidctl.cli.{module}") for module in COMMANDS[name][0].split()]
    group: typer.Typer = modules[0].group
    return group


@cache
def _built(name: str) -> Any:
    """A group as it is run: once a process, as building one takes longer than what most commands do."""
    built = get_command(load_group(name))
    built.name = name
    return built


class LazyGroup(TyperGroup):
    """Knows its commands by name; imports one when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of a film's making."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command if it has been imported, else a stub with its help line, for the list of commands."""
        if cmd_name in self.commands or cmd_name not in COMMANDS:
            return self.commands.get(cmd_name)
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1], rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is called."""
        if args and args[0] in COMMANDS:
            name = args[0]
            self.commands[name] = _built(name)
        return super().resolve_command(ctx, args)


root = typer.Typer(
    cls=LazyGroup,
    name="vidctl",
    help="Plan, render and cut AI-made music videos and short films.",
    epilog="Begin with: vidctl demo. The handbook: vidctl help.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"vidctl {__version__}\n")
        raise typer.Exit


@root.callback()
def _root(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option(help="Settings profile to use.", metavar="NAME")] = None,
    store: Annotated[
        str | None, typer.Option(help="Store to use: sqlite:///FILE or mongodb://…", metavar="URL")
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="Current project for this run.", metavar="PROJECT")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour (NO_COLOR does the same).")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    settings = {"profile": profile, "store": store, "project": project}
    context.obj = Cli(GlobalFlags(settings=settings, quiet=quiet, no_color=no_color))
    context.call_on_close(context.obj.close)


def main(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. What commands raise has been told by then."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    with _three_streams():
        _allow_any_letter()
        try:
            root(args=list(arguments), prog_name="vidctl")
        except SystemExit as exit_:
            if "--json" in arguments:
                _tell_usage_error(exit_.__context__)
            return exit_.code if isinstance(exit_.code, int) else 1
    return 0


@contextmanager
def _three_streams() -> Iterator[None]:
    """Where a program is started with a stream closed, as by `<&-`, Python has None in its place: read nothing from it
    and write into nothing, but go on."""
    with ExitStack() as opened:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                setattr(sys, name, opened.enter_context(Path(os.devnull).open(mode, encoding="utf-8")))
                opened.callback(setattr, sys, name, None)
        yield


def _allow_any_letter() -> None:
    """A film may hold letters that the terminal cannot show: show them in another way, do not fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _tell_usage_error(error: BaseException | None) -> None:
    """Typer ends a command line that it cannot read by itself, in words: tell it as a document, too. Its error is
    known by what it can do, because its class is private."""
    say = getattr(error, "format_message", None)
    if say is not None:
        from vidctl.cli.output.json import write_document
        from vidctl.errors import InvalidInput

        path = getattr(getattr(error, "ctx", None), "command_path", "vidctl")
        refusal = InvalidInput(say(), fix=f"{path} --help shows how it is written")
        write_document({"error": refusal.as_dict()})


def _as_interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    """cron and CI end programs with SIGTERM: leave as cleanly as after Ctrl-C."""
    raise KeyboardInterrupt
