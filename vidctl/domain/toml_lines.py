"""On which line of a TOML text each key stands, as Python's own reader does not tell.

Only texts that a TOML reader has taken are looked at, so nothing is checked here a second time.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence

#: Where a value stands: the names of tables and keys, and the numbers of elements, from 0.
Path = tuple[str | int, ...]

_TEXT = r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
_BARE = r"\d{4}-\d\d-\d\d[ ]\d\d:[^\s,\]}#]*|[^\s\[\]{},=.#\"']+"
_TOKEN = re.compile(
    rf"(?P<gap>(?:[ \t\r\n]|\#[^\n]*)+)|(?P<text>{_TEXT})|(?P<mark>[\[\]{{}},=.])|(?P<bare>{_BARE})", re.DOTALL
)


class TomlLines:
    """Lines count from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._elements: Counter[Path] = Counter()
        self._line = 1
        self._tokens = [(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(text)]
        self._at = 0
        self._read()

    def line(self, path: Sequence[str | int]) -> int:
        """The line of a key or element; of what it would stand in, if it is not there."""
        known = tuple(path)
        while known not in self._lines:
            known = known[:-1]
        return self._lines[known]

    def _read(self) -> None:
        table: Path = ()
        while (token := self._peek()) is not None:
            if token == "[":
                table = self._header()
            else:
                self._assignment(table)

    def _header(self) -> Path:
        """[a.b] or [[a.b]]; the path of the table it opens."""
        self._next()
        is_element = self._peek() == "["
        if is_element:
            self._next()
        line = self._line
        path: Path = ()
        names = self._key()
        for name in names[:-1]:
            path = self._opened((*path, name))
        path = (*path, names[-1])
        self._lines.setdefault(path, line)
        if is_element:
            self._elements[path] += 1
            path = (*path, self._elements[path] - 1)
            self._lines[path] = line
            self._next()
        self._next()
        return path

    def _opened(self, path: Path) -> Path:
        """A table, or the last element of an array of tables."""
        return (*path, self._elements[path] - 1) if path in self._elements else path

    def _assignment(self, table: Path) -> None:
        self._peek()
        line, path = self._line, table
        for name in self._key():
            path = (*path, name)
            self._lines.setdefault(path, line)
        self._next()
        self._value(path)

    def _value(self, path: Path) -> None:
        first = self._next()
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:  # a number or a time may have dots in it, and a time a space
            while self._at < len(self._tokens) and self._tokens[self._at][0] in ("bare", "mark"):
                if self._tokens[self._at][1] in ",]}":
                    return
                self._next()

    def _array(self, path: Path) -> None:
        number = 0
        while self._peek() != "]":
            self._lines[(*path, number)] = self._line
            self._value((*path, number))
            number += 1
            if self._peek() == ",":
                self._next()
        self._next()

    def _inline_table(self, path: Path) -> None:
        while self._peek() != "}":
            self._assignment(path)
            if self._peek() == ",":
                self._next()
        self._next()

    def _key(self) -> list[str]:
        names = [self._name()]
        while self._peek() == ".":
            self._next()
            names.append(self._name())
        return names

    def _name(self) -> str:
        token = self._next()
        return next(iter(tomllib.loads(f"{token} = 0"))) if token[0] in "\"'" else token

    def _peek(self) -> str | None:
        """The next token that is no gap; the line is then where it stands."""
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "gap":
            self._line += self._tokens[self._at][1].count("\n")
            self._at += 1
        return self._tokens[self._at][1] if self._at < len(self._tokens) else None

    def _next(self) -> str:
        token = self._peek()
        assert token is not None
        self._at += 1
        self._line += token.count("\n")
        return token
