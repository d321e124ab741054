"""What can be drawn: a few plain shapes, and results of commands that are no DTO."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vidctl.settings import Setting


@dataclass(frozen=True)
class Fields:
    """Labels with their values, one a line. On a terminal a value is cut to `most` letters, where that is given."""

    pairs: Sequence[tuple[str, str]]
    title: str = ""
    most: int | None = None


@dataclass(frozen=True)
class Table:
    """Rows under headers. `empty` is said instead if there are none. On a narrow terminal columns are cut, the last one
    first; with `fold` they go on below; with a `key` the last column is told below the table, each cell behind that of
    the key's column."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str = ""
    fold: bool = False
    key: int | None = None


@dataclass(frozen=True)
class Lines:
    """Text as it is."""

    lines: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scaled:
    """Lines that are made for a width, given in letters."""

    lines: Callable[[int], Sequence[str]]


@dataclass(frozen=True)
class Picture:
    """A small picture, three bytes for each pixel, an even number of rows; `lines` are written below it."""

    width: int
    height: int
    rgb: bytes
    lines: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """Pictures side by side; `table` says the same in words, for where none can be drawn; `hint` tells a person there
    how to see them."""

    pictures: Sequence[Picture]
    table: Table
    hint: str


@dataclass(frozen=True)
class WordDiff:
    """A text with what was removed from it and what was added: (same, removed or added; the words)."""

    title: str
    pieces: Sequence[tuple[str, str]]

    def marked(self) -> Iterator[tuple[str, str]]:
        """The pieces in the signs that tell them apart without colour, as wdiff and git write them."""
        frames = {"removed": "[-{}-]", "added": "{{+{}+}}"}
        for mark, text in self.pieces:
            yield mark, frames.get(mark, "{}").format(text)


Block = Fields | Table | Lines | Sheet | WordDiff | Scaled


@dataclass(frozen=True)
class SettingsShown:
    """Settings, with their origins if wanted."""

    settings: Sequence[Setting]
    with_origin: bool

    def as_json(self) -> dict[str, Any]:
        """{name: value}, or {name: {value, origin}}."""
        if self.with_origin:
            return {s.name: {"value": s.value, "origin": s.origin} for s in self.settings}
        return {s.name: s.value for s in self.settings}


@dataclass(frozen=True)
class PathsShown:
    """Settings files by what they are for; None where there is none."""

    paths: Mapping[str, Path | None]

    def as_json(self) -> dict[str, Any]:
        """{name: path or null}"""
        return {name: None if path is None else str(path) for name, path in self.paths.items()}


@dataclass(frozen=True)
class TopicShown:
    """A page of the handbook, or the list of pages."""

    topic: str | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """{topic, text}"""
        return {"topic": self.topic, "text": self.text}


@dataclass(frozen=True)
class SchemaShown:
    """A JSON Schema: text is as good as JSON for it."""

    document: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The schema itself."""
        return self.document
