"""The markup of prompts, read into parts: `{name}`, `{a|2::b|}`, `__wildcard__`, and the text between them.

A backslash before `{`, `}`, `|` or `__` takes their meaning away. Everything else is text and stays as it is: weights
such as `(word:1.2)`, brackets, commas, newlines, and a backslash before anything else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from vidctl.errors import InvalidInput

#: How deep choices, variables and wildcards may lie in one another, all counted together.
MAX_DEPTH = 50
#: One part of a weight, which may have six decimals.
WEIGHT_UNIT = 1_000_000

_TOKEN = re.compile(r"\\(?:[{}|]|__)|[{}|]|__(?P<wildcard>[^\s_{}|\\][^\s{}|\\]{0,199}?)__")
_VARIABLE = re.compile(r"[^\W_][\w-]*(?:\.[\w-]+)*")
_WILDCARD = re.compile(r"[^\W_][\w-]*(?:[/.][^\W_][\w-]*)*")
_WEIGHT_SIGN = re.compile(r"\s*([-+.\d]+)::")
_WEIGHT = re.compile(r"(?=\.?\d)(\d{0,6})(?:\.(\d{1,6}))?", re.ASCII)
_PICK_SEVERAL = re.compile(r"\s*[-\d]*\$\$")


@dataclass(frozen=True)
class Variable:
    """`{name}` or `{owner.name}`."""

    source: str
    name: str


@dataclass(frozen=True)
class Wildcard:
    """`__name__` or `__folder/name__`; `nth` counts the same one in a text from 0."""

    source: str
    name: str
    nth: int


@dataclass(frozen=True)
class Option:
    """What may be chosen; `weight` is in millionths, `source` is its text without the weight."""

    weight: int
    source: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Choice:
    """`{a|b}`; `nth` counts the same one in a text from 0."""

    source: str
    options: tuple[Option, ...]
    nth: int


Part: TypeAlias = str | Variable | Wildcard | Choice


def read_markup(text: str, where: str) -> tuple[Part, ...]:
    """The parts of a text, in time that grows with its length. `where` says in messages which text it is.

    Raises InvalidInput with the column for a brace without its other half and for what is neither variable nor choice.
    """
    return _Reader(text, where).read()


def literal(text: str) -> str:
    """The markup that means a text to the letter."""
    return re.sub(r"[{}]|__", r"\\\g<0>", text)


def read_weight(text: str, where: Callable[[], str]) -> tuple[int, int]:
    """The weight that a text begins with, in millionths (1 if it has none), and where the text behind it starts."""
    sign = _WEIGHT_SIGN.match(text)
    if sign is None:
        return WEIGHT_UNIT, 0
    weight = _WEIGHT.fullmatch(sign[1])
    if weight is None:
        raise InvalidInput(
            f"{sign[1][:40]!r} is not a weight",
            cause=f"in {where()}",
            fix="write a number below a million with at most six decimals before the ::",
        )
    whole, decimals = weight.groups(default="")
    return int(whole or 0) * WEIGHT_UNIT + int(decimals.ljust(6, "0")), sign.end()


def variables_in(parts: Iterable[Part]) -> frozenset[str]:
    """The names of all variables, those in alternatives too."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Variable):
            found.add(part.name)
        elif isinstance(part, Choice):
            found.update(*(variables_in(option.parts) for option in part.options))
    return frozenset(found)


@dataclass
class _Group:
    """A brace that is not closed yet: where it is, what was read of it, and the alternative that is being read."""

    start: int
    option_start: int
    parts: list[Part] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)


class _Reader:
    """Goes through a text once, with a stack of open braces in place of recursion."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._open: list[_Group] = []
        self._parts: list[Part] = []
        self._seen: Counter[str] = Counter()

    def read(self) -> tuple[Part, ...]:
        end = 0
        for token in _TOKEN.finditer(self._text):
            self._add(self._text[end : token.start()])
            self._take(token)
            end = token.end()
        self._add(self._text[end:])
        if self._open:
            raise self._unbalanced(self._open[-1].start, "{", "is never closed")
        return tuple(self._parts)

    def _take(self, token: re.Match[str]) -> None:
        sign, at = token[0], token.start()
        if sign == "{":
            self._begin(at)
        elif sign == "}":
            self._end(at)
        elif sign == "|" and self._open:
            self._end_option(at)
        elif token["wildcard"]:
            self._add(self._wildcard(token))
        else:
            self._add(sign.removeprefix("\\"))

    def _add(self, part: Part) -> None:
        if part != "":
            (self._open[-1].parts if self._open else self._parts).append(part)

    def _begin(self, at: int) -> None:
        if len(self._open) == MAX_DEPTH:
            raise self._wrong(
                at, "braces lie too deep in one another", f"at most {MAX_DEPTH} may", "lay them side by side"
            )
        self._open.append(_Group(at, at + 1))

    def _end_option(self, at: int) -> None:
        group = self._open[-1]
        source = self._text[group.option_start : at]
        if not group.options and _PICK_SEVERAL.match(source):
            raise self._wrong(
                group.start, "a choice gives one of its alternatives", "N$$ asks for several", "leave it out"
            )
        weight, skip = read_weight(source, lambda: self._place(group.option_start))
        if skip:
            # a weight holds no markup, so it is the beginning of the first part, which is text
            group.parts[0] = str(group.parts[0])[skip:]
        group.options.append(Option(weight, source[skip:], tuple(group.parts)))
        group.parts, group.option_start = [], at + 1

    def _end(self, at: int) -> None:
        if not self._open:
            raise self._unbalanced(at, "}", "closes nothing")
        group = self._open[-1]
        source = self._text[group.start : at + 1]
        if not group.options:
            self._open.pop()
            self._add(self._variable(source, group.start))
            return
        self._end_option(at)
        self._open.pop()
        if not any(option.weight for option in group.options):
            raise self._wrong(group.start, "nothing can be chosen", "all weights are 0", "give one of them more")
        self._add(Choice(source, tuple(group.options), self._count(source)))

    def _variable(self, source: str, at: int) -> Variable:
        name = source[1:-1].strip()
        if _VARIABLE.fullmatch(name):
            return Variable(source, name)
        if not name:
            raise self._wrong(
                at, "these braces are empty", "", r"name a variable or alternatives in them, or write \{\}"
            )
        raise self._wrong(
            at,
            f"{shortened(source)} is neither a variable nor a choice",
            "",
            r"write {a|b} for a choice, {name} for a variable, \{ and \} for braces that are meant as such",
        )

    def _wildcard(self, token: re.Match[str]) -> Wildcard:
        name = token["wildcard"]
        if _WILDCARD.fullmatch(name) is None:
            fix = r"use letters, digits, - and _, and / for folders; write \__ for two underscores"
            raise self._wrong(token.start(), f"{shortened(name)!r} is not a wildcard's name", "", fix)
        return Wildcard(token[0], name, self._count(token[0]))

    def _count(self, source: str) -> int:
        self._seen[source] += 1
        return self._seen[source] - 1

    def _unbalanced(self, at: int, brace: str, trouble: str) -> InvalidInput:
        return self._wrong(at, f"the brace {brace} {trouble}", "", rf"add the other one, or write \{brace} for a brace")

    def _wrong(self, at: int, problem: str, cause: str, fix: str) -> InvalidInput:
        place = f"in {self._place(at)}"
        return InvalidInput(problem, cause=f"{place}: {cause}" if cause else place, fix=fix)

    def _place(self, at: int) -> str:
        line_start = self._text.rfind("\n", 0, at) + 1
        line = f"line {self._text.count(chr(10), 0, at) + 1}, " if "\n" in self._text else ""
        return f"{self._where}, {line}column {at - line_start + 1}"


def shortened(text: str, most: int = 40) -> str:
    """Markup as a message shows it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
