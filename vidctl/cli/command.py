"""How a command is declared: a function that parses, calls one service method and returns what came of it.

The decorator adds --json and --quiet to every command, and --project to those that look for things in the current
one; it shows the returned DTO or event stream, and is the one place where errors become messages and exit codes.
"""

from __future__ import annotations

import dataclasses
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NoReturn, TypeVar, get_type_hints

import typer

from vidctl.cli.arguments import ClipsArgument, with_lines_of_stdin
from vidctl.cli.context import Cli, GlobalFlags
from vidctl.errors import Interrupted, VidctlError

F = TypeVar("F", bound=Callable[..., Any])

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON (streams: one event a line).")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only.")]
ProjectOption = Annotated[str | None, typer.Option("--project", "-p", help="Project to work in.", metavar="PROJECT")]


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


def command(group: typer.Typer, name: str | None, example: str, *, in_project: bool = False) -> Callable[[F], F]:
    """Declare `function(cli, …)` as a command. Its docstring is the help; `example` is shown below it. `in_project` is
    for those that read the current project, so that it can be named. A parameter that is a dataclass stands for the
    options that are its fields."""

    def declare(function: F) -> F:
        run = _runner(function, in_project)
        group.command(name, help=inspect.getdoc(function), epilog=f"Example: {example}")(run)
        return function

    return declare


def _runner(function: Callable[..., Any], in_project: bool) -> Callable[..., None]:
    hints = get_type_hints(function, include_extras=True)
    sets = {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}
    own = [
        option
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        for option in _options(parameter, hints[parameter.name])
    ]
    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter("json", keyword, default=False, annotation=JsonOption),
        inspect.Parameter("quiet", keyword, default=False, annotation=QuietOption),
        *([inspect.Parameter("project", keyword, default=None, annotation=ProjectOption)] if in_project else []),
    ]
    own = [parameter.replace(kind=keyword) for parameter in own]
    context = inspect.Parameter("context", keyword, annotation=typer.Context)

    lists_of_clips = {name for name, hint in hints.items() if hint == ClipsArgument}

    def run(**values: Any) -> None:
        cli = values.pop("context").obj or Cli(GlobalFlags())
        cli.refine(**{flag.name: values.pop(flag.name) for flag in added})

        def work() -> None:
            named = {name: with_lines_of_stdin(values[name]) for name in lists_of_clips}
            _show(cli, function(cli, **_gathered({**values, **named}, sets)))

        _guarded(cli, work)

    run.__name__ = function.__name__
    run.__signature__ = inspect.Signature([context, *own, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (context, *own, *added)}
    return run


def _options(parameter: inspect.Parameter, hint: Any) -> Iterator[inspect.Parameter]:
    """The parameter itself, or, where it is a dataclass, one for each of its fields: options that commands share."""
    if not dataclasses.is_dataclass(hint):
        yield parameter.replace(annotation=hint)
        return
    hints = get_type_hints(hint, include_extras=True)
    for field in dataclasses.fields(hint):
        yield parameter.replace(name=field.name, default=field.default, annotation=hints[field.name])


def _gathered(values: dict[str, Any], sets: dict[str, Any]) -> dict[str, Any]:
    """The values with each set of shared options as one."""
    made = {
        name: kind(**{field.name: values.pop(field.name) for field in dataclasses.fields(kind)})
        for name, kind in sets.items()
    }
    return {**values, **made}


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
