"""What comes after a document in a total order, in the store's language.

A page is found by the values where the last one ended, not by counting: documents that come or go in the meantime
neither repeat nor hide others, and an index finds the place. The language has no `$or`, so there is one filter for
each number of sort keys that stay equal, and for each kind of values that may follow.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from vidctl.repositories.language import conditions, kind_of, value_at
from vidctl.repositories.store import Doc, Filter

_NULL = ("$eq", None)
_ANY_NUMBER = ("$gte", -sys.float_info.max)
_ANY_TEXT = ("$gte", "")
_Condition = tuple[str, Any]


def filters_after(document: Doc, where: Filter, keys: Sequence[tuple[str, int]]) -> Iterator[Filter]:
    """Filters of what matches `where` and follows the document in the order of `keys`, the last of them the id.

    Everything that one filter finds comes before all that the next one finds. Sort keys are null, numbers or text.
    """
    values = [value_at(document, path) for path, _ in keys]
    for number in reversed(range(len(keys))):
        equal: Filter | None = where
        for (path, _), value in zip(keys[:number], values, strict=False):
            equal = _narrowed(equal, path, ("$eq", value))
        path, direction = keys[number]
        beyond = _beyond(values[number], direction)
        for condition in beyond[:1] if path == "id" else beyond:  # an id is always text
            found = _narrowed(equal, path, condition)
            if found is not None:
                yield found


def _beyond(value: Any, direction: int) -> list[_Condition]:
    """What follows a value, kind by kind: up from null to numbers to text, or down."""
    kind = kind_of(value)
    if kind == "null":
        return [_ANY_NUMBER, _ANY_TEXT] if direction > 0 else []
    if kind == "number":
        return [("$gt", value), _ANY_TEXT] if direction > 0 else [("$lt", value), _NULL]
    if kind == "text":
        return [("$gt", value)] if direction > 0 else [("$lt", value), _ANY_NUMBER, _NULL]
    raise ValueError(f"a {kind} has no place in an order")


def _narrowed(where: Filter | None, path: str, condition: _Condition) -> Filter | None:
    """The filter with one more condition; None if nothing can match both."""
    if where is None:
        return None
    operator, value = condition
    there = {name: known for _, name, known in conditions({path: where[path]})} if path in where else {}
    if operator in there:
        stricter = _stricter(operator, there[operator], value)
        return None if stricter is None else {**where, path: {**there, operator: stricter[0]}}
    return {**where, path: {**there, operator: value}}


def _stricter(operator: str, one: Any, other: Any) -> tuple[Any] | None:
    """The value with which the operator says as much as with both; None if no value can fulfil both."""
    if kind_of(one) != kind_of(other) or (operator == "$eq" and one != other):
        return None
    if operator == "$eq":
        return (one,)
    return (max(one, other) if operator in ("$gt", "$gte") else min(one, other),)
