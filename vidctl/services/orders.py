"""How lists are sorted: FIELD, or -FIELD for the other way round; each list says by what it can be.

A field's keys are those of a store's sort, so that the same words sort what the store pages and what is read whole;
but texts go by code point in the store, capitals first, and without regard to case in a list that is read whole.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from vidctl.errors import InvalidInput
from vidctl.repositories.store import Sort

T = TypeVar("T")

NAME: Sort = (("name", 1),)
CREATED: Sort = (("created_at", 1),)
UPDATED: Sort = (("updated_at", 1),)


@dataclass(frozen=True)
class Order:
    """One order: by which field, whether backwards, and the sort keys that mean just that."""

    field: str
    is_backwards: bool
    keys: Sort


class Orders:
    """The orders of a list of `things`: `fields` has the keys of each upwards, `default` is as a person would say it.

    A key of a field may point down, as where the most used come in the order of their names: -uses.
    """

    def __init__(self, things: str, default: str, fields: Mapping[str, Sort]) -> None:
        self._things = things
        self._default = default
        self._fields = fields

    def read(self, text: str | None) -> Order:
        """What a person said; the default for nothing. Raises InvalidInput with what can be said."""
        wanted = self._default if text is None else text.strip()
        field, is_backwards = wanted.removeprefix("-"), wanted.startswith("-")
        if field not in self._fields:
            raise self._unknown(field)
        keys = tuple((path, -way if is_backwards else way) for path, way in self._fields[field])
        return Order(field, is_backwards, keys)

    def _unknown(self, field: str) -> InvalidInput:
        near = difflib.get_close_matches(field, self._fields, 1)
        there = f"sort by {', '.join(self._fields)}; a dash before it turns it round, as -{next(iter(self._fields))}"
        return InvalidInput(
            f"{self._things} cannot be sorted by {field!r}", fix=f"did you mean {near[0]}? {there}" if near else there
        )


def in_order(items: Iterable[T], order: Order) -> list[T]:
    """Sorted by the items' own fields: nothing first, then values; texts without regard to case, and equals by their
    slugs. An order without keys is the one in which they come."""
    found = list(items)
    if not order.keys:
        return found[::-1] if order.is_backwards else found
    for field, way in reversed([*order.keys, ("slug", order.keys[-1][1])]):
        found.sort(key=lambda item: _rank(getattr(item, field)), reverse=way < 0)
    return found


def holding(text: str | None, *texts: str) -> bool:
    """Whether one of the texts holds what is looked for, without regard to case; yes for nothing."""
    return text is None or any(text.casefold() in each.casefold() for each in texts)


def _rank(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value.casefold(), value) if isinstance(value, str) else (value,)
