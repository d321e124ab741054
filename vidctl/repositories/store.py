"""The port to the document store, and the subset of MongoDB's language that repositories may use.

A document is a plain JSON dict with a text `id`; no other key may be called `_id`. Times are text (see
domain/document.py), free-form maps are JSON text, so a document means the same in every store: keys hold no dot and
start with no dollar, integers fit in 64 bits with a sign.
Both stores refuse anything outside the subset below with a ValueError: no query can work on one of them only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Doc = dict[str, Any]

#: {"field": value}: equal, and None also matches a missing field. {"field": {op: value, …}}: all of them hold.
#: Fields may be dotted paths into nested objects. All conditions of a filter must hold; there is no `$or`.
#: `$in` takes a list of scalars; `$all` a list of scalars that a list field must all contain; `$exists` a bool.
#: Comparisons are between scalars of one kind (text in code point order); other kinds never match.
#: A condition on a list holds if one of its elements fulfils it. Paths do not lead through lists.
Filter = Mapping[str, Any]
FILTER_OPERATORS = frozenset({"$eq", "$ne", "$in", "$gt", "$gte", "$lt", "$lte", "$exists", "$all"})

#: {"$set": {path: value}, "$inc": {path: number}, "$push": {path: value}, "$pull": {path: scalar or {"id": …}}}
Changes = Mapping[str, Mapping[str, Any]]
CHANGE_OPERATORS = frozenset({"$set", "$inc", "$push", "$pull"})

#: ((field, 1 or -1), …). Every store adds `id` as the last key, in the direction of the key before it, so an order is
#: always total.
#: Missing and null come first, then numbers, then text.
Sort = Sequence[tuple[str, int]]


class DuplicateKey(Exception):
    """A unique index refused the write. `index` is the index's name, or "id"."""

    def __init__(self, collection: str, index: str) -> None:
        super().__init__(f"{collection}: {index} is taken")
        self.collection = collection
        self.index = index


@dataclass(frozen=True)
class Index:
    """An index over `fields`, in that order, ascending. The fields hold scalars in every document, never lists or
    objects. With `unique` they hold text; null and missing values are not compared."""

    collection: str
    name: str
    fields: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True)
class Insert:
    """Add a document."""

    collection: str
    document: Doc

    @property
    def id(self) -> str:
        return str(self.document["id"])


@dataclass(frozen=True)
class Replace:
    """Write the whole document if the stored one has its id and `revision`."""

    collection: str
    document: Doc
    revision: int

    @property
    def id(self) -> str:
        return str(self.document["id"])


@dataclass(frozen=True)
class Delete:
    """Delete the document with this id if it has that `revision`."""

    collection: str
    id: str
    revision: int


Write = Insert | Replace | Delete


class StaleWrite(Exception):
    """A write met a document of another revision, or none. `write` is that write."""

    def __init__(self, write: Write) -> None:
        super().__init__(f"{write.collection}: {write.id} was changed")
        self.write = write
        self.document_id = write.id


class DocumentStore(Protocol):
    """What every store can do. Writes are durable (journaled, synced) when a method returns.

    Raises Unreachable when the store does not answer, AuthenticationFailed when it refuses us,
    StoreFailed for everything else it may say, DiskFull when it cannot write; never a driver's own error.
    """

    def insert(self, collection: str, document: Doc) -> None:
        """Add a document. Raises DuplicateKey."""

    def find(
        self,
        collection: str,
        where: Filter,
        *,
        sort: Sort = (),
        skip: int = 0,
        limit: int | None = None,
        fields: Sequence[str] | None = None,
    ) -> list[Doc]:
        """The matching documents in order; `limit` None means all, 0 none. With `fields` (top-level names) just those
        are read: each comes, as None where a document lacks it, and `id` along."""

    def count(self, collection: str, where: Filter) -> int:
        """How many documents match."""

    def replace(self, collection: str, document: Doc, revision: int) -> bool:
        """Write the whole document if the stored one has its id and `revision`. Raises DuplicateKey."""

    def write_all(self, writes: Sequence[Write]) -> None:
        """Do all of these in their order, or none of them. The same document may be written more than once.

        Raises StaleWrite, DuplicateKey; then nothing is changed. A single MongoDB server without replication has no
        transactions: there the guards are looked at before the first write, and what is killed in between, or is
        overtaken then, stays half done until the same is asked for again.
        """

    def take(self, collection: str, where: Filter, changes: Changes, sort: Sort = ()) -> Doc | None:
        """Change the first matching document (without a sort: any) atomically and return it as it is afterwards; None
        if none matched. Two callers never take the same one if the change makes it stop matching.
        Raises DuplicateKey."""

    def update(self, collection: str, where: Filter, changes: Changes) -> int:
        """Change all matching documents, each atomically; how many matched. Raises DuplicateKey."""

    def delete(self, collection: str, where: Filter) -> int:
        """Delete all matching documents; how many there were."""

    def ensure_index(self, index: Index) -> None:
        """Create an index if it is not there. Safe when several processes do it at once."""

    def now(self) -> datetime:
        """The store's clock (UTC, whole milliseconds): the server's on MongoDB, the host's on SQLite."""

    def describe(self) -> dict[str, str]:
        """What store this is (`kind`, `location` without secrets, `version`). Asks it, so it proves it answers."""

    def close(self) -> None:
        """Give back connections and files. A closed store may not be used again."""
