"""What is left of a manifest without what is wrong in it: so the rest can be looked at, too.

In place of what must be there and is wrong, something stands in. What was taken away or put in so is doubtful: nothing
is to be said about it, or because of it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vidctl.domain.document import new_id
from vidctl.domain.manifest import FORMAT, TABLES, NamedEntry
from vidctl.domain.names import IDENTIFIER
from vidctl.domain.toml_lines import Path

#: What stands in for fields without which there is no table.
_STAND_INS: Mapping[str, Any] = {"vidctl": FORMAT, "name": "?", "length": "1f", "file": "?"}


@dataclass(frozen=True)
class Doubts:
    """The places in a file that are doubtful."""

    places: frozenset[Path] = frozenset()

    def __contains__(self, path: Path) -> bool:
        return path in self.places

    def within(self, table: Path) -> bool:
        """Whether something in a table, or in one of its tables, is doubtful."""
        return any(place[: len(table)] == table for place in self.places)

    def of(self, *fields: str) -> bool:
        """Whether one of these fields, written "scene.clip.slug", is doubtful anywhere."""
        return not self._fields.isdisjoint(fields)

    def also(self, places: Iterable[Path]) -> Doubts:
        """With more places."""
        return Doubts(self.places.union(places))

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(".".join(names_of(place)) for place in self.places)


def names_of(path: Path) -> tuple[str, ...]:
    """The names that lead to a place, without the numbers of elements."""
    return tuple(part for part in path if isinstance(part, str))


def mended(values: Mapping[str, Any], wrong: Iterable[Path]) -> tuple[dict[str, Any], Doubts]:
    """The values of a file without those at the places that are wrong, and what is doubtful then."""
    mending = _Mending(values)
    for path in sorted(wrong, key=len):
        mending.mend(path)
    return mending.values, Doubts(frozenset(mending.doubts))


class _Mending:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values: dict[str, Any] = copy.deepcopy(dict(values))
        self.doubts: set[Path] = set()

    def mend(self, path: Path) -> None:
        length = _table_length(path)
        table, field, rest = path[:length], str(path[length]), path[length + 1 :]
        entry = self._at(table)
        if entry is None:  # it was taken away with a list that holds other things than tables
            return
        inner: Any = entry.get(field)
        if not rest or not (isinstance(inner, dict) or field == "characters"):
            self._replace(table, entry, field)
            return
        self.doubts.add(path[: length + 2])
        if field == "characters":
            inner[rest[0]] = new_id()
        elif field == "variables" and IDENTIFIER.fullmatch(str(rest[0])):
            inner[rest[0]] = ""  # others may name it
        else:
            inner.pop(rest[0], None)

    def _replace(self, table: Path, entry: dict[str, Any], field: str) -> None:
        self.doubts.add((*table, field))
        kind = TABLES[names_of(table)]
        if table == () and field == "project":
            entry[field] = {}
            self._replace(("project",), entry[field], "name")
        elif field in kind.model_fields and kind.model_fields[field].is_required():
            entry[field] = _STAND_INS[field]
        else:
            entry.pop(field, None)
        if issubclass(kind, NamedEntry) and (field == "slug" or (field == "name" and "slug" not in entry)):
            entry["slug"] = new_id()
            self.doubts.add((*table, "slug"))

    def _at(self, table: Path) -> Any:
        found: Any = self.values
        for part in table:
            found = found[part] if isinstance(part, int) else found.get(part)
            if found is None:
                return None
        return found


def _table_length(path: Path) -> int:
    """How many parts of a path lead to the innermost table that it goes through."""
    return max(
        length
        for length in range(len(path))
        if (names := names_of(path[:length])) in TABLES and _is_table(path[:length], names)
    )


def _is_table(path: Path, names: tuple[str, ...]) -> bool:
    """Not the list of such tables."""
    return isinstance(path[-1], int) is (names in _LISTED) if path else True


_LISTED = frozenset({("template",), ("character",), ("character", "references"), ("scene",), ("scene", "clip")})
