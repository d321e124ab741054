"""Pages of lists: of those that the store pages, and of those that are never long and read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from vidctl.domain.document import Document
from vidctl.errors import NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Filter
from vidctl.services.orders import Order

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Page(Generic[D]):
    """Some documents of a list, how many it has in all, and the id that begins the next page."""

    items: Sequence[D]
    total: int
    next_after: str | None


def stored_page(
    repository: BaseRepository[D], where: Filter, order: Order, after: str | None, limit: int | None
) -> Page[D]:
    """A page that the store finds: what matches and comes after the document with the id `after`; all of it without a
    limit. Raises NotFound if that one is gone."""
    total = repository.count(where)
    size = total if limit is None else limit
    return first_of(repository.page(where, sort=order.keys, after=after, limit=size + 1), total, size)


def first_of(found: Sequence[D], total: int, limit: int) -> Page[D]:
    """A page of what was asked for with one more than `limit`: that one tells whether there is another page."""
    shown = found[:limit]
    return Page(shown, total, shown[-1].id if len(found) > len(shown) else None)


class Listed(Protocol):
    """What stands in a list that is read as a whole."""

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
