"""Pages of lists: of those that the store pages, and of those that are never long and read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from vidctl.domain.document import Document
from vidctl.errors import NotFound

D = TypeVar("D", bound=Document)


def first_of(found: Sequence[D], limit: int | None) -> tuple[Sequence[D], str | None]:
    """A page of what was asked for with one more than `limit`, and `next_after`: that one tells whether there is
    another page."""
    shown = found[:limit]
    return shown, shown[-1].id if len(found) > len(shown) else None


class Listed(Protocol):
    """What stands in such a list."""

    @property
    def id(self) -> str | None: ...

    @property
    def slug(self) -> str: ...


def page_of(items: Sequence[Listed], after: str | None, limit: int | None) -> dict[str, Any]:
    """The fields of a list response: the `limit` items behind the one that `after` names by its id, the beginning of
    it, or its short name. Raises NotFound if it is not in the list."""
    start = 0 if after is None else _behind(items, after)
    shown = items[start:] if limit is None else items[start : start + limit]
    is_last = start + len(shown) == len(items)
    last = None if is_last or not shown else shown[-1].id or shown[-1].slug
    return {"items": list(shown), "total": len(items), "next_after": last}


def _behind(items: Sequence[Listed], after: str) -> int:
    for number, item in enumerate(items, 1):
        if item.slug == after or (len(after) >= 4 and (item.id or "").startswith(after.lower())):
            return number
    raise NotFound(f"the list does not hold {after!r}", fix="begin it anew, without --after")
