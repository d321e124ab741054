"""The store's language in SQL, over a table of (id TEXT PRIMARY KEY, doc TEXT) with expression indexes.

A field that an index holds is a scalar and is compared as it is, so that the index serves. Any other field may be
a list, and as in MongoDB a condition then holds if one element fulfils it.
"""

from __future__ import annotations

import json
import operator as compare
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidctl.repositories.language import conditions, kind_of
from vidctl.repositories.store import Filter, Index

#: The fields of each index of a collection, by the index's name in SQLite.
Indexes = Mapping[str, tuple[str, ...]]

_SYMBOLS = {"$eq": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
_FULFIL = {"$eq": compare.eq, "$gt": compare.gt, "$gte": compare.ge, "$lt": compare.lt, "$lte": compare.le}
_INDEXED_PATH = re.compile(r"json_extract\(doc, '\$\.\"([^']+)\"'\)")


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and the values of its question marks."""

    text: str
    values: tuple[Any, ...] = ()


def _json_path(path: str) -> str:
    return "$." + ".".join(f'"{name}"' for name in path.split("."))


def _value_of(path: str) -> str:
    """SQL for the field's value. The text must stay as it is: expression indexes match by it."""
    return "id" if path == "id" else f"json_extract(doc, '{_json_path(path)}')"


def _type_of(path: str) -> str:
    return "'text'" if path == "id" else f"json_type(doc, '{_json_path(path)}')"


def select_sql(
    collection: str,
    where: Filter,
    keys: Sequence[tuple[str, int]],
    indexes: Indexes,
    *,
    skip: int = 0,
    limit: int | None = None,
    fields: Sequence[str] | None = None,
    hint: bool = False,
) -> Sql:
    """The matching documents' JSON in the order of `keys`, without them in any; with `fields` a JSON list of the values
    of fields_read. `hint` has SQLite use our best index.

    Left alone it may sort all of a long queue to claim its head, or walk all of it to claim from a small batch.
    """
    index = best_index(where, keys, indexes) if hint and keys else None
    condition = where_sql(where, indexes)
    source = f'"{collection}"' + (f' INDEXED BY "{index}"' if index else "")
    order = f"ORDER BY {_order(keys)} " if keys else ""
    values = "doc" if fields is None else _values_of(fields)
    text = f"SELECT {values} FROM {source} WHERE {condition.text} {order}LIMIT ? OFFSET ?"
    return Sql(text, (*condition.values, -1 if limit is None else limit, skip))


def fields_read(fields: Sequence[str]) -> list[str]:
    """The fields that are read where some are chosen, each once."""
    return list(dict.fromkeys(["id", *fields]))


def _values_of(fields: Sequence[str]) -> str:
    """SQL for a JSON list of fields' values. Of one field alone SQLite gives the bare value."""
    names = fields_read(fields)
    paths = ", ".join(f"'{_json_path(name)}'" for name in names)
    return f"json_extract(doc, {paths})" if len(names) > 1 else "json_array(id)"


def where_sql(where: Filter, indexes: Indexes) -> Sql:
    """The condition of a filter."""
    indexed = {"id"}.union(*indexes.values())
    parts = [_condition(path, operator, value, path in indexed) for path, operator, value in conditions(where)]
    return _joined(parts, " AND ", "1")


def _order(keys: Sequence[tuple[str, int]]) -> str:
    # SQLite's own order is the port's: null, then numbers, then text by code point.
    return ", ".join(_value_of(path) + (" DESC" if direction < 0 else "") for path, direction in keys)


def _joined(parts: Sequence[Sql], word: str, empty: str) -> Sql:
    if not parts:
        return Sql(empty)
    text = word.join(part.text for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.values))


def _condition(path: str, operator: str, value: Any, indexed: bool) -> Sql:
    if operator == "$exists":
        return Sql(f"{_type_of(path)} IS {'NOT ' if value else ''}NULL")
    if operator == "$ne":
        equal = _condition(path, "$eq", value, indexed)
        return Sql(f"({equal.text} IS NOT TRUE)", equal.values)
    if operator == "$all":
        return _joined([_condition(path, "$eq", item, indexed) for item in value], " AND ", "1")
    if operator == "$in":
        return _any_of(path, value, indexed)
    if value is None:
        return Sql(f"{_value_of(path)} IS NULL") if indexed else _missing_or_null(path)
    if indexed and isinstance(value, str):
        return _indexed_text(_value_of(path), operator, value)
    if indexed:
        return _indexed_other(_type_of(path), _value_of(path), operator, value)
    element = _some_element(path, _comparison("e.type", "e.atom", operator, value))
    return _with_look(element, value) if operator == "$eq" and isinstance(value, str) else element


def _with_look(condition: Sql, value: str) -> Sql:
    """Only documents that hold the text anywhere are read as JSON, which costs many times the look."""
    return Sql(f"(instr(doc, ?) AND {condition.text})", (json.dumps(value, ensure_ascii=False), *condition.values))


def _comparison(kind: str, place: str, operator: str, value: Any) -> Sql:
    """A comparison with values of the same kind only: true is not 1, and no number is less than a text."""
    match kind_of(value):
        case "bool":
            return Sql(f"({kind} = '{json.dumps(value)}')")
        case "number":
            return Sql(f"({kind} IN ('integer', 'real') AND {place} {_SYMBOLS[operator]} ?)", (value,))
        case _:
            return Sql(f"({kind} = 'text' AND {place} {_SYMBOLS[operator]} ?)", (value,))


def _indexed_text(place: str, operator: str, value: str) -> Sql:
    """Needs no look at the document: in SQLite's order null matches nothing and a number is below every text."""
    bound = f" AND {place} >= ''" if operator in ("$lt", "$lte") else ""
    return Sql(f"({place} {_SYMBOLS[operator]} ?{bound})", (value,))


def _indexed_other(kind: str, place: str, operator: str, value: Any) -> Sql:
    """A comparison that ends before the texts, which are above every number in an index. There false is 0 and true 1:
    where neither of them would fulfil it, there is no need to look at the document."""
    compared = _comparison(kind, place, operator, value)
    if kind_of(value) == "number" and not any(_FULFIL[operator](truth, value) for truth in (0, 1)):
        compared = Sql(f"({place} {_SYMBOLS[operator]} ?)", (value,))
    return Sql(f"({compared.text} AND {place} < '')", compared.values) if operator in ("$gt", "$gte") else compared


def _any_of(path: str, values: Sequence[Any], indexed: bool) -> Sql:
    """Texts of an indexed field in one IN, which the index serves; the others one by one."""
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < 2:
        return _joined([_condition(path, "$eq", value, indexed) for value in values], " OR ", "0")
    members, listed = "IN (SELECT value FROM json_each(?))", (json.dumps(texts, ensure_ascii=False),)
    if indexed:
        parts = [Sql(f"({_value_of(path)} {members})", listed)]
    else:
        parts = [_some_element(path, Sql(f"e.type = 'text' AND e.atom {members}", listed))]
    parts += [_condition(path, "$eq", value, indexed) for value in values if not isinstance(value, str)]
    return _joined(parts, " OR ", "0")


def _some_element(path: str, condition: Sql) -> Sql:
    """json_each gives the elements of a list and a scalar as its own element; an object's members don't count."""
    elements = f"SELECT 1 FROM json_each(doc, '{_json_path(path)}') AS e WHERE {condition.text}"
    return Sql(f"({_type_of(path)} IS NOT 'object' AND EXISTS ({elements}))", condition.values)


def _missing_or_null(path: str) -> Sql:
    element = _some_element(path, Sql("e.type = 'null'"))
    return Sql(f"({_type_of(path)} IS NULL OR {element.text})")


def create_index_sql(index: Index) -> str:
    """An index over the fields' values. A plain one ends with the id, as every order does."""
    columns = [_value_of(field) for field in index.fields] + ([] if index.unique else ["id"])
    kind = "UNIQUE INDEX" if index.unique else "INDEX"
    return f'CREATE {kind} "{index.collection}.{index.name}" ON "{index.collection}" ({", ".join(columns)})'


def indexed_fields(create_index: str) -> tuple[str, ...]:
    """The fields of an index made by create_index_sql, in order."""
    return tuple(path.replace('"."', ".") for path in _INDEXED_PATH.findall(create_index))


def best_index(where: Filter, keys: Sequence[tuple[str, int]], indexes: Indexes) -> str | None:
    """The index that starts with the most fields fixed by the filter; among equals the one that goes on in the wanted
    order, so that nothing is left to sort. None if that decides nothing. Null narrows nothing: most have it; and no
    index knows true from 1."""
    equal = {path for path, op, value in conditions(where) if op == "$eq" and kind_of(value) in ("text", "number")}
    narrowing = {name: _equal_start(fields, equal) for name, fields in indexes.items()}
    most = max(narrowing.values(), default=0)
    if not most or "id" in equal:
        return None
    wanted = [path for path, _ in keys if path != "id"]
    one_way = len({direction for _, direction in keys}) == 1
    best = [name for name, start in narrowing.items() if start == most]
    ordered = [name for name in best if one_way and list(indexes[name][most:]) == wanted]
    return ordered[0] if ordered else best[0] if len(best) == 1 else None


def _equal_start(fields: Sequence[str], equal: Collection[str]) -> int:
    """With how many fields that the filter fixes an index starts."""
    return next((number for number, field in enumerate(fields) if field not in equal), len(fields))
