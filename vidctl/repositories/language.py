"""What a repository may say to a store: both stores check it here, so no query can work on one of them only.

Everything outside the subset that store.py declares is a ValueError: a fault of the program, never of its user.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from vidctl.repositories.store import CHANGE_OPERATORS, FILTER_OPERATORS, Changes, Delete, Filter, Index, Sort, Write

_NAME = re.compile(r"(?!sqlite_)[a-z][a-z0-9_]{0,60}")
_PATH_PART = re.compile(r"(?=.*[^0-9])[A-Za-z0-9_-]{1,100}")  # digits alone would address an element of a list
_COMPARISONS = frozenset({"$gt", "$gte", "$lt", "$lte"})
_LEAST, _MOST = -(2**63), 2**63 - 1  # what BSON and SQLite can both hold


def kind_of(value: Any) -> str:
    """The JSON kind of a value: null, bool, number, text, list or object. Raises ValueError for anything else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    for kind, types in (("text", str), ("number", (int, float)), ("list", (list, tuple)), ("object", Mapping)):
        if isinstance(value, types):
            return kind
    raise ValueError(f"{type(value).__name__} is not a JSON value")


def check_name(name: str) -> str:
    """The name of a collection or index: lower-case letters, digits and underscores."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name for a collection or index")
    return name


def check_path(path: str) -> str:
    """A field, or a dotted path through nested objects."""
    parts = path.split(".")
    if "_id" in parts or not all(_PATH_PART.fullmatch(part) for part in parts):
        raise ValueError(f"{path!r} is not a path to a field")
    return path


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """The value that a path leads to; None if it leads nowhere."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def check_document(document: Mapping[str, Any]) -> None:
    """A JSON object with a text `id`, and only keys and values that every store can hold."""
    if not isinstance(document.get("id"), str) or not document["id"]:
        raise ValueError("a document needs a text id")
    check_value(document)


def check_writes(writes: Iterable[Write]) -> None:
    """Every collection, document and id as in single writes."""
    for write in writes:
        check_name(write.collection)
        check_document({"id": write.id} if isinstance(write, Delete) else write.document)


def check_value(value: Any) -> None:
    """Any JSON value: finite numbers, integers of 64 bits, keys without dots or a leading dollar."""
    kind = kind_of(value)
    if kind == "number":
        _check_number(value)
    elif kind == "text":
        value.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
    elif kind == "list":
        for item in value:
            check_value(item)
    elif kind == "object":
        for key, item in value.items():
            _check_key(key)
            check_value(item)


def _check_number(value: float) -> None:
    if isinstance(value, int):
        if not _LEAST <= value <= _MOST:
            raise ValueError(f"{value} does not fit in 64 bits: keep it as text")
    elif not math.isfinite(value):
        raise ValueError(f"{value} is not a JSON number")


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or key.startswith("$") or "." in key or "\0" in key or key == "_id":
        raise ValueError(f"{key!r} cannot be a key: keep free-form maps as JSON text")
    key.encode()


def conditions(where: Filter) -> Iterator[tuple[str, str, Any]]:
    """The filter as checked (path, operator, value) triples, all of which must hold."""
    for path, condition in where.items():
        check_path(path)
        if not isinstance(condition, Mapping):
            condition = {"$eq": condition}
        if not condition:
            raise ValueError(f"the condition on {path!r} is empty")
        for operator, value in condition.items():
            _check_condition(operator, value)
            yield path, operator, value


def _check_condition(operator: str, value: Any) -> None:
    if operator not in FILTER_OPERATORS:
        raise ValueError(f"{operator!r} is not an operator of filters")
    if operator == "$exists":
        if not isinstance(value, bool):
            raise ValueError("$exists takes true or false")
    elif operator in ("$in", "$all"):
        _check_scalars(operator, value)
    else:
        _check_scalar(value)
        if operator in _COMPARISONS and kind_of(value) not in ("number", "text"):
            raise ValueError(f"{operator} compares numbers and texts only")


def _check_scalars(operator: str, values: Any) -> None:
    if not isinstance(values, (list, tuple)):
        raise ValueError(f"{operator} takes a list")
    for value in values:
        _check_scalar(value)
    if operator == "$all" and (not values or None in values):
        raise ValueError("$all takes at least one value, and no null")


def _check_scalar(value: Any) -> None:
    if kind_of(value) in ("list", "object") or (isinstance(value, str) and "\0" in value):
        raise ValueError("a filter compares with texts, numbers, booleans and null only")
    check_value(value)


def check_changes(changes: Changes) -> None:
    """Known operators on paths of which none holds another, none of them the id."""
    if not changes:
        raise ValueError("there is nothing to change")
    for operator, edits in changes.items():
        if operator not in CHANGE_OPERATORS:
            raise ValueError(f"{operator!r} is not an operator of changes")
        if not edits:
            raise ValueError(f"{operator} changes nothing")
        for path, value in edits.items():
            _check_edit(operator, path, value)
    paths = sorted(f"{path}." for edits in changes.values() for path in edits)
    for shorter, longer in pairwise(paths):
        if longer.startswith(shorter):
            raise ValueError(f"{longer[:-1]!r} is changed twice")


def _check_edit(operator: str, path: str, value: Any) -> None:
    if check_path(path).split(".")[0] == "id":
        raise ValueError("an id never changes")
    if operator == "$inc" and kind_of(value) != "number":
        raise ValueError("$inc takes a number")
    if operator == "$pull":
        if isinstance(value, Mapping) and (set(value) != {"id"} or not isinstance(value["id"], str)):
            raise ValueError("$pull takes a scalar or {'id': text}")
        if isinstance(value, (list, tuple)):
            raise ValueError("$pull takes no list")
    check_value(value)


def total_order(sort: Sort) -> list[tuple[str, int]]:
    """The checked sort with `id` as its last key, in the direction of the key before, so that no two are equal."""
    keys = list(sort)
    for path, direction in keys:
        check_path(path)
        if direction not in (1, -1):
            raise ValueError(f"a sort direction is 1 or -1, not {direction!r}")
    paths = [path for path, _ in keys]
    if len(set(paths)) < len(paths):
        raise ValueError("a sort names a field twice")
    return keys if "id" in paths else [*keys, ("id", keys[-1][1] if keys else 1)]


def check_page(skip: int, limit: int | None, fields: Sequence[str] | None) -> None:
    """Skip and limit are not negative; fields are top-level names."""
    if skip < 0 or (limit is not None and limit < 0):
        raise ValueError("skip and limit cannot be negative")
    for field in fields or ():
        if "." in check_path(field):
            raise ValueError(f"{field!r}: only whole top-level fields can be chosen")


def check_index(index: Index) -> None:
    """An index over at least one field, none twice, none of them the id."""
    check_name(index.collection)
    check_name(index.name)
    if not index.fields or len(set(index.fields)) < len(index.fields) or "id" in index.fields:
        raise ValueError(f"the index {index.name} needs fields other than the id, each once")
    for field in index.fields:
        check_path(field)


def check_indexed(document: Mapping[str, Any], paths: Iterable[str]) -> None:
    """The fields that indexes hold are scalars in every document."""
    for path in paths:
        kind = kind_of(value_at(document, path))
        if kind in ("list", "object"):
            raise ValueError(f"{path} is indexed and cannot be a {kind}")
