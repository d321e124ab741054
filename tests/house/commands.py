"""The command line as data: every command with its path, help, example and options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from vidctl.cli.main import COMMANDS, load_group, root

_META = re.compile(r"[|;<>]|&&|\|\|")


@dataclass(frozen=True)
class Command:
    """`path` is what is typed behind vidctl, such as ("project", "create")."""

    path: tuple[str, ...]
    inner: Any

    @property
    def name(self) -> str:
        return " ".join(self.path)

    @property
    def options(self) -> set[str]:
        """All names of all its options."""
        named = {option for parameter in self.inner.params for option in (*parameter.opts, *parameter.secondary_opts)}
        return {option for option in named if option.startswith("-")} | {"--help", "-h"}


@cache
def all_commands() -> tuple[Command, ...]:
    """Every command there is."""
    return tuple(command for name in COMMANDS for command in _walk((name,), get_command(load_group(name))))


def _walk(path: tuple[str, ...], inner: Any) -> Iterator[Command]:
    if not isinstance(inner, TyperGroup):
        yield Command(path, inner)
        return
    for name, below in inner.commands.items():
        yield from _walk((*path, name), below)


def complaint(line: str) -> str | None:
    """Why a `vidctl …` line as people would type it cannot work: no such command, no such option; None if it can.
    Words in capitals and … stand for something, so arguments are not looked at."""
    words = _words(line)
    assert words[0] == "vidctl", line
    root_options = {option for parameter in get_command(root).params for option in parameter.opts} | {"--help", "-h"}
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        option = rest.pop(0).partition("=")[0]
        if option not in root_options:
            return f"vidctl has no option {option}"
        if option in ("--profile", "--store", "--project", "-p") and rest:
            rest.pop(0)
    found = [command for command in all_commands() if tuple(rest[: len(command.path)]) == command.path]
    if not found:
        known = any(command.path[: len(rest)] == tuple(rest) for command in all_commands())
        return None if known else f"there is no command {' '.join(rest[:2])}"
    return _wrong_option(found[0], rest[len(found[0].path) :])


def _words(line: str) -> list[str]:
    """The words of the line's own command: without a comment, and only up to a pipe or a redirection."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|;<>&")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if word and set(word) <= set("|;<>&"):
            break
        words.append(word)
    return words


def _wrong_option(command: Command, words: list[str]) -> str | None:
    for before, word in pairwise(["", *words]):
        option = word.partition("=")[0]
        if before == "--sort":  # -FIELD is its value
            continue
        if word == "--":
            return None
        if re.fullmatch(r"-{1,2}[a-zA-Z][\w-]*", option) and option not in command.options:
            return f"vidctl {command.name} has no option {option}"
    return None
