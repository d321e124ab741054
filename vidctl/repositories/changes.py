"""The changes of a store's language, applied to a document in memory: the embedded store does so in a transaction."""

from __future__ import annotations

from typing import Any

from vidctl.errors import StoreFailed
from vidctl.repositories.language import check_value, kind_of
from vidctl.repositories.store import Changes, Doc


def apply_changes(document: Doc, changes: Changes) -> None:
    """Change the document in place as MongoDB would. Raises StoreFailed when a value is of the wrong kind for it."""
    for operator, edits in changes.items():
        for path, value in edits.items():
            _EDITS[operator](document, path, value)


def _parent(document: Doc, path: str, *, make: bool) -> tuple[Doc | None, str]:
    """The object that holds the path's last name; None if there is none and it is not to be made."""
    *parents, last = path.split(".")
    place: Any = document
    for name in parents:
        if name not in place:
            if not make:
                return None, last
            place[name] = {}
        place = place[name]
        if not isinstance(place, dict):
            if not make:
                return None, last
            raise _refused(document, path, f"{name} is not an object")
    return place, last


def _set(document: Doc, path: str, value: Any) -> None:
    place, name = _parent(document, path, make=True)
    if place is not None:
        place[name] = value


def _increase(document: Doc, path: str, value: float) -> None:
    place, name = _parent(document, path, make=True)
    if place is None:
        return
    before = place.get(name, 0)
    if kind_of(before) != "number":
        raise _refused(document, path, "it is not a number")
    try:
        check_value(before + value)
    except ValueError as error:
        raise _refused(document, path, str(error)) from error
    place[name] = before + value


def _push(document: Doc, path: str, value: Any) -> None:
    place, name = _parent(document, path, make=True)
    if place is None:
        return
    items = place.setdefault(name, [])
    if not isinstance(items, list):
        raise _refused(document, path, "it is not a list")
    items.append(value)


def _pull(document: Doc, path: str, value: Any) -> None:
    place, name = _parent(document, path, make=False)
    if place is None or name not in place:
        return
    if not isinstance(place[name], list):
        raise _refused(document, path, "it is not a list")
    place[name] = [item for item in place[name] if not _is_meant(item, value)]


def _is_meant(item: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(item, dict) and item.get("id") == value["id"]
    return kind_of(item) == kind_of(value) and item == value


def _refused(document: Doc, path: str, cause: str) -> StoreFailed:
    return StoreFailed(f"{path} of {document['id']} cannot be changed like that", cause=cause)


_EDITS = {"$set": _set, "$inc": _increase, "$push": _push, "$pull": _pull}
