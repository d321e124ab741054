"""How a command is declared: a function that parses, calls one service method and returns what came of it.

The decorator adds --json, --quiet and --project to every command, shows the returned DTO or event stream, and is the
one place where errors become messages and exit codes.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NoReturn, TypeVar, get_type_hints

import typer

from vidctl.cli.context import Cli, GlobalFlags
from vidctl.errors import Interrupted, VidctlError

F = TypeVar("F", bound=Callable[..., Any])

_ADDED = {
    "json": (bool, Annotated[bool, typer.Option("--json", help="Print JSON (streams: one event a line).")], False),
    "quiet": (bool, Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")], False),
    "project": (
        str,
        Annotated[str | None, typer.Option("--project", "-p", help="Project to work in.", metavar="PROJECT")],
        None,
    ),
}


def make_group(help_line: str) -> typer.Typer:
    """A group of commands. Rich markup is off: importing rich for a help page costs 0.1 s."""
    return typer.Typer(
        help=help_line,
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def command(group: typer.Typer, name: str | None, example: str) -> Callable[[F], F]:
    """Declare `function(cli, …)` as a command. Its docstring is the help; `example` is shown below it."""

    def declare(function: F) -> F:
        run = _runner(function)
        group.command(name, help=inspect.getdoc(function), epilog=f"Example: {example}")(run)
        return function

    return declare


def _runner(function: Callable[..., Any]) -> Callable[..., None]:
    hints = get_type_hints(function, include_extras=True)
    own = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(name, keyword, default=default, annotation=annotation)
        for name, (_, annotation, default) in _ADDED.items()
        if name not in hints
    ]
    own = [parameter.replace(kind=keyword) for parameter in own]
    context = inspect.Parameter("context", keyword, annotation=typer.Context)

    def run(**values: Any) -> None:
        cli = values.pop("context").obj or Cli(GlobalFlags())
        flags = {name: values[name] if name in hints else values.pop(name) for name in _ADDED}
        cli.refine(**flags)
        _guarded(cli, lambda: _show(cli, function(cli, **values)))

    run.__name__ = function.__name__
    run.__signature__ = inspect.Signature([context, *own, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (context, *own, *added)}
    return run


def _show(cli: Cli, result: Any) -> None:
    if isinstance(result, Iterator):
        cli.screen.stream(result)
    elif result is not None:
        cli.screen.show(result)


def _guarded(cli: Cli, work: Callable[[], None]) -> None:
    """The error boundary: everything a command may raise ends here, as a message and an exit code."""
    try:
        work()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _leave(cli, cli.interruption or Interrupted("interrupted", cause="what was done is kept"))
    except BrokenPipeError:
        _leave_closed_pipe(cli)
    except VidctlError as error:
        _leave(cli, error)
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        cli.screen.bug(error)
        raise SystemExit(70) from error


def _leave(cli: Cli, error: VidctlError) -> NoReturn:
    try:
        cli.screen.error(error)
    except BrokenPipeError:
        _leave_closed_pipe(cli)
    raise SystemExit(error.exit_code) from error


def _leave_closed_pipe(cli: Cli) -> NoReturn:
    """The reader of our output has left, as `head` does. What was asked for is done, unless a stream was cut off."""
    # Python would complain once more when it flushes at exit
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(Interrupted.exit_code if cli.screen.is_streaming else 0)
