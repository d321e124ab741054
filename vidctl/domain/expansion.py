"""Prompt markup becomes text: variables are filled in, choices and wildcards are drawn.

A draw depends on the seed, on the choice's own text, and on how many just like it stand before it; on nothing else. So
it is the same on every machine, and changing one choice leaves the others as they were. A variable has one value in a
render, however often it is named.
"""

from __future__ import annotations

import difflib
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate

from vidctl.domain.prompt_markup import (
    MAX_DEPTH,
    Choice,
    Part,
    Variable,
    Wildcard,
    read_markup,
    read_weight,
    shortened,
)
from vidctl.errors import InvalidInput

#: What a text may grow to: as much as a prompt that is typed may hold.
MAX_LENGTH = 100_000
#: Substitutions in one text, so that files which name one another many times come to an end.
MAX_STEPS = 40_000
_DRAW_BITS = 256


@dataclass(frozen=True)
class Value:
    """What a variable stands for, and whose it is. `has_markup` is whether it is expanded in its turn."""

    text: str
    source: str
    has_markup: bool = True


@dataclass(frozen=True)
class Step:
    """One substitution: the markup, where its replacement came from, and the replacement before its own expansion."""

    markup: str
    source: str
    chosen: str


@dataclass(frozen=True)
class Expansion:
    """A text without markup, how it came about, and the names of the variables that were used for it."""

    text: str
    steps: tuple[Step, ...] = ()
    variables: frozenset[str] = frozenset()


@dataclass
class _Run:
    """What is gathered while a text is expanded. `path` is what draws in it depend on besides seed and themselves."""

    where: str
    path: str
    steps: list[Step] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Lines:
    """The lines of a wildcard file that count, with their line numbers, and the running total of their weights."""

    lines: Sequence[tuple[int, str]]
    totals: Sequence[int]


class Expander:
    """Expands the texts of one render. `wildcards` are the texts of the wildcard files by name."""

    def __init__(self, seed: int, variables: Mapping[str, Value], wildcards: Mapping[str, str]) -> None:
        self._seed = seed
        self._variables = variables
        self._wildcards = wildcards
        self._values: dict[str, Expansion] = {}
        self._files: dict[str, _Lines] = {}
        self._open: list[str] = []

    def expand(self, text: str, where: str = "the prompt") -> Expansion:
        """The text without its markup. `where` says in messages which text it is.

        Raises InvalidInput for markup that cannot be read, for a variable or wildcard that does not exist (with the
        nearest that do) or leads back to itself, and for what grows beyond MAX_LENGTH.
        """
        return self._expand(text, _Run(where, ""))

    def value(self, name: str) -> Expansion:
        """What a variable that exists stands for. Raises InvalidInput as `expand` does."""
        value = self._variables[name]
        if not value.has_markup:
            return Expansion(value.text)
        if name not in self._values:
            run = _Run(f"the variable {name}", f"variable {name}")
            with self._deeper(f"{{{name}}}", run):
                self._values[name] = self._expand(value.text, run)
        return self._values[name]

    def _expand(self, text: str, run: _Run) -> Expansion:
        expanded = self._join(read_markup(text, run.where), run)
        return Expansion(expanded, tuple(run.steps), frozenset(run.variables))

    def _join(self, parts: Iterable[Part], run: _Run) -> str:
        text = "".join(part if isinstance(part, str) else self._replace(part, run) for part in parts)
        if run.steps and len(text) > MAX_LENGTH:
            raise InvalidInput(
                f"{run.where} grows beyond {MAX_LENGTH} characters",
                cause="by what its variables and wildcards hold",
                fix="shorten one of them",
            )
        return text

    def _replace(self, part: Variable | Choice | Wildcard, run: _Run) -> str:
        if len(run.steps) >= MAX_STEPS:
            raise InvalidInput(f"{run.where} has more than {MAX_STEPS} substitutions", fix="shorten it")
        if isinstance(part, Variable):
            return self._fill_in(part, run)
        return self._choose(part, run) if isinstance(part, Choice) else self._draw_line(part, run)

    def _fill_in(self, part: Variable, run: _Run) -> str:
        if part.name not in self._variables:
            raise unknown_variable(part.name, self._variables, run.where)
        value, found = self._variables[part.name], self.value(part.name)
        if part.name not in run.variables:
            run.steps += [Step(part.source, value.source, value.text), *found.steps]
            run.variables |= {part.name, *found.variables}
        return found.text

    def _choose(self, choice: Choice, run: _Run) -> str:
        totals = [*accumulate(option.weight for option in choice.options)]
        number = _pick(totals, self._seed, run.path, choice.source, choice.nth)
        option = choice.options[number]
        run.steps.append(Step(choice.source, f"choice {number + 1} of {len(choice.options)}", option.source))
        with self._deeper(choice.source, run):
            return self._join(option.parts, run)

    def _draw_line(self, wildcard: Wildcard, run: _Run) -> str:
        name = wildcard.name
        file = self._file(wildcard, run)
        number, line = file.lines[_pick(file.totals, self._seed, run.path, wildcard.source, wildcard.nth)]
        run.steps.append(Step(wildcard.source, f"line {number} of wildcard {name}", line))
        path = _digest(run.path, wildcard.source, wildcard.nth).hex()
        within = _Run(f"line {number} of wildcard {name}", path, run.steps, run.variables)
        with self._deeper(wildcard.source, run):
            return self._join(read_markup(line, within.where), within)

    def _file(self, wildcard: Wildcard, run: _Run) -> _Lines:
        name = wildcard.name
        if name not in self._files:
            text = self._wildcards.get(name)
            if text is None:
                place = f"put {name}.txt into the folder that vidctl config show wildcards names"
                otherwise = rf"{place}, or write \__ for two underscores"
                raise _unknown("wildcard", "__{}__", name, self._wildcards, run.where, otherwise)
            self._files[name] = _read_lines(name, text)
        return self._files[name]

    @contextmanager
    def _deeper(self, markup: str, run: _Run) -> Iterator[None]:
        """While what replaces a markup is expanded: it may not come up in itself."""
        if markup in self._open:
            ways = [*self._open[self._open.index(markup) :], markup]
            raise InvalidInput(
                f"{shortened(markup)} leads back to itself",
                cause=f"in {run.where}: {' → '.join(shortened(way) for way in ways)}",
                fix="take one of them out of the other",
            )
        if len(self._open) == MAX_DEPTH:
            raise InvalidInput(
                f"{run.where} lies too deep",
                cause=f"choices, variables and wildcards may lie at most {MAX_DEPTH} deep in one another",
                fix="lay them side by side",
            )
        self._open.append(markup)
        try:
            yield
        finally:
            self._open.pop()


def unknown_variable(name: str, known: Iterable[str], where: str) -> InvalidInput:
    """The error for a variable that does not exist, with the nearest that do."""
    return _unknown("variable", "{{{}}}", name, known, where, r"write \{ and \} for braces that are meant as such")


def _read_lines(name: str, text: str) -> _Lines:
    """The lines but empty ones and comments. Raises InvalidInput if nothing is left or nothing can be drawn."""
    lines: list[tuple[int, str]] = []
    weights: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if (entry := line.strip()) and not entry.startswith("#"):
            weight, start = read_weight(entry, lambda number=number: f"line {number} of wildcard {name}")  # type: ignore[misc]
            lines.append((number, entry[start:]))
            weights.append(weight)
    if not any(weights):
        cause = "all its weights are 0" if lines else "it has no lines but empty ones and comments"
        raise InvalidInput(f"nothing can be drawn from wildcard {name}", cause=cause, fix="add lines to its file")
    return _Lines(lines, [*accumulate(weights)])


def _pick(totals: Sequence[int], seed: int, path: str, markup: str, nth: int) -> int:
    """Which of the weighted entries is drawn; `totals` are their weights added up so far."""
    drawn = int.from_bytes(_digest(seed, path, markup, nth))
    return bisect_right(totals, drawn * totals[-1] >> _DRAW_BITS)


def _digest(*decisive: str | int) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, decisive)).encode("utf-8", "surrogatepass")).digest()


def _unknown(noun: str, form: str, name: str, known: Iterable[str], where: str, otherwise: str) -> InvalidInput:
    """The error for a name that does not exist; `form` is how its markup is written."""
    names = sorted(known)
    # comparing takes time that grows with the square of the length
    if near := difflib.get_close_matches(name[:80], names, 3):
        hint = f"did you mean {' or '.join(form.format(each) for each in near)}?"
    elif names:
        shown = ", ".join(form.format(each) for each in names[:8])
        hint = f"there are {shown}{' …' if len(names) > 8 else ''}"
    else:
        hint = f"there is no {noun} yet"
    return InvalidInput(
        f"there is no {noun} {shortened(form.format(name))}", cause=f"in {where}", fix=f"{hint}; {otherwise}"
    )
