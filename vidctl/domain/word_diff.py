"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words that share their fate."""

    mark: Mark
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The pieces in reading order: those that are not ADDED make up `before`, those that are not REMOVED `after`."""
    return list(_pieces(_WORD.findall(before), _WORD.findall(after)))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    # its heuristic for popular words is wanted here: without it a long text of few words takes minutes
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            yield Piece(Mark.SAME, "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Piece(Mark.REMOVED, "".join(before[i1:i2]))
        if j2 > j1:
            yield Piece(Mark.ADDED, "".join(after[j1:j2]))
