"""What every repository does: documents in and out of a store, revisions, upgrades, and errors with the noun's name.

A document of an older schema is upgraded in memory when it is read, and in the store before it is changed. One of a
newer schema is never touched: reading or changing it raises NewerFormat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar, overload

from pydantic import BaseModel, ValidationError

from vidctl.domain.document import Document
from vidctl.errors import DuplicateName, NotFound, StaleDocument, StoreFailed
from vidctl.repositories.language import total_order
from vidctl.repositories.paging import filters_after
from vidctl.repositories.store import Changes, Doc, DocumentStore, DuplicateKey, Filter, Sort
from vidctl.repositories.stored_values import as_stored, reasons, stored_changes

D = TypeVar("D", bound=Document)
P = TypeVar("P", bound=BaseModel)

_BOOKKEEPING = frozenset({"revision", "updated_at", "schema_version", "version"})


class BaseRepository(Generic[D]):
    """Documents of one kind in one collection.

    Values in filters and changes may be those of the documents (times, enums, models); they are stored as JSON.
    """

    collection: ClassVar[str]
    noun: ClassVar[str]
    document: type[D]
    #: What to say when a unique index refuses a document: {index name: problem}. The default names the index.
    taken: ClassVar[Mapping[str, str]] = {}

    def __init__(self, store: DocumentStore) -> None:
        self.store = store

    def create(self, document: D) -> D:
        """Add a document as it is. Raises DuplicateName."""
        stored = document.to_stored()
        try:
            self.store.insert(self.collection, stored)
        except DuplicateKey as error:
            raise self.duplicate(error, stored) from error
        return document

    def find_by_id(self, document_id: str) -> D:
        """The document with this id. Raises NotFound."""
        document = self.find_one({"id": document_id})
        if document is None:
            raise self._missing(document_id)
        return document

    def find_one(self, where: Filter, sort: Sort = ()) -> D | None:
        """The first matching document, if there is one."""
        return next(iter(self.find_many(where, sort=sort, limit=1)), None)

    @overload
    def find_many(
        self, where: Filter, *, sort: Sort = (), skip: int = 0, limit: int | None = None, projection: None = None
    ) -> list[D]: ...

    @overload
    def find_many(
        self, where: Filter, *, sort: Sort = (), skip: int = 0, limit: int | None = None, projection: type[P]
    ) -> list[P]: ...

    def find_many(
        self,
        where: Filter,
        *,
        sort: Sort = (),
        skip: int = 0,
        limit: int | None = None,
        projection: type[P] | None = None,
    ) -> list[D] | list[P]:
        """The matching documents in order. `projection` is a model with some of the documents' fields: only those
        are read, and come as that model."""
        fields = None if projection is None else [*projection.model_fields, "schema_version"]
        found = self.store.find(self.collection, as_stored(where), sort=sort, skip=skip, limit=limit, fields=fields)
        if projection is None:
            return [self._read(stored) for stored in found]
        return [self._projected(stored, projection) for stored in found]

    def find_rows(self, where: Filter, fields: Collection[str]) -> list[Doc]:
        """Some fields of all that match, in any order and as they are stored: for looks at very many documents, of
        which making models would cost several times the reading."""
        found = self.store.find(self.collection, as_stored(where), fields=[*fields, "schema_version"])
        return [self._of_today(row) for row in found]

    @overload
    def page(self, where: Filter, *, sort: Sort, after: str | None, limit: int, projection: None = None) -> list[D]: ...

    @overload
    def page(self, where: Filter, *, sort: Sort, after: str | None, limit: int, projection: type[P]) -> list[P]: ...

    def page(
        self, where: Filter, *, sort: Sort, after: str | None, limit: int, projection: type[P] | None = None
    ) -> list[D] | list[P]:
        """At most `limit` of the matching documents: those that come after the one with the id `after` in the order
        of find_many, from the first for None. That one need not match. Raises NotFound if it is not there any more."""
        if after is None:
            return self.find_many(where, sort=sort, limit=limit, projection=projection)
        found: list[Any] = []
        for rest in self._filters_after(after, where, sort):
            if len(found) == limit:
                break
            found += self.find_many(rest, sort=sort, limit=limit - len(found), projection=projection)
        return found

    def count(self, where: Filter) -> int:
        """How many documents match."""
        return self.store.count(self.collection, as_stored(where))

    def update_by_id(self, document_id: str, changes: Changes) -> D:
        """Change a document, whatever its revision. Raises NotFound, DuplicateName, and InvalidInput for a value that
        the field cannot have."""
        changed = self.update_one({"id": document_id}, changes)
        if changed is None:
            self.find_by_id(document_id)  # says why: it is not there, or it is of a newer schema
            raise self._missing(document_id)
        return changed

    def update_one(self, where: Filter, changes: Changes, sort: Sort = ()) -> D | None:
        """Change the first matching document atomically and return it as it is then; None if none matched."""
        taken = self._take(where, changes, sort)
        if taken is None and self._upgrade_stored(where):
            taken = self._take(where, changes, sort)
        return None if taken is None else self._read(taken)

    def touch(self, document_id: str) -> D | None:
        """Count its revision up, so that nobody can write it who has not seen what was done before; None if it is not
        there."""
        return self.update_one({"id": document_id}, {})

    def save(self, document: D) -> D:
        """Write the whole document if nobody else has changed it since it was read; what is stored then.

        Raises StaleDocument telling which fields differ, NotFound, DuplicateName.
        """
        saved = document.model_copy(update={"revision": document.revision + 1, "updated_at": self.store.now()})
        stored = saved.to_stored()
        try:
            written = self.store.replace(self.collection, stored, document.revision)
        except DuplicateKey as error:
            raise self.duplicate(error, stored) from error
        if not written:
            raise self.stale(stored)
        return saved

    def delete_by_id(self, document_id: str) -> bool:
        """Delete a document; whether it was there."""
        return self.delete_many({"id": document_id}) > 0

    def delete_many(self, where: Filter) -> int:
        """Delete the matching documents; how many there were."""
        return self.store.delete(self.collection, as_stored(where))

    def _filters_after(self, document_id: str, where: Filter, sort: Sort) -> Iterator[Filter]:
        keys = total_order(sort)
        fields = {path.split(".")[0] for path, _ in keys}
        stored = self.store.find(self.collection, {"id": document_id}, fields=[*fields])
        if not stored:
            raise NotFound(
                f"there is no {self.noun} {document_id} to go on after",
                cause="it has been deleted since the last page was shown",
                fix="begin with the first page again",
            )
        return filters_after(stored[0], as_stored(where), keys)

    def _take(self, where: Filter, changes: Changes, sort: Sort) -> Doc | None:
        stored = stored_changes(self.document, changes)
        marked = {
            **stored,
            "$set": {**stored.get("$set", {}), "updated_at": as_stored(self.store.now())},
            "$inc": {**stored.get("$inc", {}), "revision": 1},
        }
        current = {**as_stored(where), "schema_version": self.document.SCHEMA}
        try:
            return self.store.take(self.collection, current, marked, sort)
        except DuplicateKey as error:
            raise self.duplicate(error, marked["$set"]) from error

    def _upgrade_stored(self, where: Filter) -> int:
        """Write the matching documents of older schemas in today's form; how many."""
        if self.document.SCHEMA == 1:
            return 0
        older = {**as_stored(where), "schema_version": {"$lt": self.document.SCHEMA}}
        found = [self._read(stored) for stored in self.store.find(self.collection, older)]
        return sum(self.store.replace(self.collection, each.to_stored(), each.revision) for each in found)

    def _read(self, stored: Doc) -> D:
        try:
            return self.document.from_stored(stored)
        except ValidationError as error:
            raise self._broken(stored, error) from error

    def _of_today(self, row: Doc) -> Doc:
        """A row in which the schema version was read too; the whole document if it is of another one."""
        is_current = (row["schema_version"] or 1) == self.document.SCHEMA
        return row if is_current else self.find_by_id(row["id"]).to_stored()

    def _projected(self, stored: Doc, projection: type[P]) -> P:
        stored = self._of_today(stored)
        names = projection.model_fields  # a property, and dear to ask for each field
        try:
            return projection.model_validate({name: value for name, value in stored.items() if name in names})
        except ValidationError as error:
            raise self._broken(stored, error) from error

    def _broken(self, stored: Doc, error: ValidationError) -> StoreFailed:
        return StoreFailed(
            f"the {self.noun} {stored['id']} in the store is broken",
            cause=reasons(error),
            fix="it was written by something else than vidctl: restore it from an archive",
        )

    def _missing(self, document_id: str) -> NotFound:
        return NotFound(f"there is no {self.noun} {document_id}")

    def duplicate(self, error: DuplicateKey, values: Mapping[str, Any]) -> DuplicateName:
        """What to say when a unique index refuses a document with these values."""
        value = values.get(error.index, "")
        problem = self.taken.get(error.index, f"there is a {self.noun} with this {error.index} already")
        return DuplicateName(problem, cause=f"{error.index} {value!r} is taken" if value else "", fix="choose another")

    def stale(self, ours: Doc) -> StaleDocument:
        """What to say when the stored document is no longer the one that was read: which fields differ from what we
        wanted to write. Raises NotFound if it is gone."""
        theirs = self.find_by_id(ours["id"])
        stored = theirs.to_stored()
        differ = sorted(name for name in ours if ours[name] != stored[name] and name not in _BOOKKEEPING)
        return StaleDocument(
            f"the {self.noun} {theirs.id} was changed by somebody else in the meantime",
            cause=f"these differ now: {', '.join(differ)}"
            if differ
            else "it is the same again, but at another revision",
            fix="look at it again and repeat the change",
            fields=differ,
        )
