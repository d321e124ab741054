"""The store's language as MongoDB speaks it: the same, but that it calls a document's id `_id`."""

from __future__ import annotations

from typing import Any

from vidctl.repositories.language import conditions, total_order
from vidctl.repositories.store import Doc, Filter, Sort


def outward(document: Doc) -> Doc:
    """A document as MongoDB keeps it."""
    return {"_id": document["id"], **{name: value for name, value in document.items() if name != "id"}}


def inward(document: Doc) -> Doc:
    """A document that MongoDB gave, which is used up."""
    return {"id": document.pop("_id"), **document}


def mongo_field(name: str) -> str:
    """A field's name there."""
    return "_id" if name == "id" else name


def mongo_filter(where: Filter) -> dict[str, dict[str, Any]]:
    """The checked conditions of a filter."""
    condition: dict[str, dict[str, Any]] = {}
    for path, operator, value in conditions(where):
        condition.setdefault(mongo_field(path), {})[operator] = value
    return condition


def mongo_order(sort: Sort) -> list[tuple[str, int]]:
    """The checked sort as a total order."""
    return [(mongo_field(path), direction) for path, direction in total_order(sort)]
