"""Several writes on MongoDB, whole or not at all.

A replica set or sharded cluster does them in one transaction. A single server has none: there they are rehearsed
first, so that what would be refused changes nothing, and a batch that was killed half-way is finished when the same
is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

import pymongo
from pymongo import DeleteOne, InsertOne, ReadPreference, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from vidctl.repositories.language import value_at
from vidctl.repositories.mongo_language import inward, outward
from vidctl.repositories.rehearsal import Rehearsal, in_place
from vidctl.repositories.store import Delete, Doc, DuplicateKey, Index, Insert, StaleWrite, Write

_NAMESPACE_EXISTS = 48  # said of a collection that is there already, before MongoDB 7.0
_SECONDS_A_WRITE = 0.002  # what a slow server may take for each, on top of the time that any operation has


def has_transactions(hello: Mapping[str, Any]) -> bool:
    """Whether a server that introduces itself like this is of a replica set or leads to a sharded cluster."""
    return "setName" in hello or hello.get("msg") == "isdbgrid"


class Batches:
    """Batches of checked writes in one database. Raises the driver's errors, StaleWrite and DuplicateKey."""

    def __init__(self, database: Database[Doc]) -> None:
        self._database = database
        self._made: set[str] = set()

    def write(self, writes: Sequence[Write]) -> None:
        """Do all of them in their order, at least one."""
        if self._transactional:
            self._write_at_once(writes)
        else:
            self._write_in_order(writes)

    @cached_property
    def _transactional(self) -> bool:
        return has_transactions(self._database.client.admin.command("isMaster"))

    def _write_at_once(self, writes: Sequence[Write]) -> None:
        self._make_collections({write.collection for write in writes})

        def work(session: ClientSession) -> None:
            guarded = [write for write in writes if not isinstance(write, Insert)]
            self._rehearse(writes, self._stored(guarded, ("revision",), session))
            self._apply(writes, session)

        client = self._database.client
        limit = client.options.timeout
        # the driver alone would go on for two minutes, and wait for a commit without end
        with (
            pymongo.timeout(limit and limit + len(writes) * _SECONDS_A_WRITE),
            client.start_session() as session,
        ):
            session.with_transaction(
                work, ReadConcern("snapshot"), self._database.write_concern, ReadPreference.PRIMARY
            )

    def _make_collections(self, names: set[str]) -> None:
        """No transaction makes a collection before MongoDB 4.4, nor may one of several shards."""
        for name in names - self._made:
            try:
                self._database.create_collection(name, check_exists=False)
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:
                    raise
            self._made.add(name)

    def _write_in_order(self, writes: Sequence[Write]) -> None:
        uniques = [index for name in {write.collection for write in writes} for index in self._uniques(name)]
        try:
            self._rehearse_alone(writes, uniques)
        except (StaleWrite, DuplicateKey):
            done = in_place(writes, {(name, each["id"]): each for name, each in self._stored(writes)})
            if not done:
                raise
            writes = writes[done:]
            self._rehearse_alone(writes, uniques)
        self._apply(writes)

    def _rehearse_alone(self, writes: Sequence[Write], uniques: Sequence[Index]) -> None:
        fields = ("revision", *(field for index in uniques for field in index.fields))
        met = [*self._stored(writes, fields), *self._rivals(writes, uniques, fields)]
        self._rehearse(writes, met, uniques)

    @staticmethod
    def _rehearse(writes: Sequence[Write], met: Iterable[tuple[str, Doc]], uniques: Sequence[Index] = ()) -> None:
        rehearsal = Rehearsal(uniques)
        for collection, document in met:
            rehearsal.meet(collection, document)
        for write in writes:
            rehearsal.write(write)

    def _apply(self, writes: Sequence[Write], session: ClientSession | None = None) -> None:
        for collection, together in groupby(writes, attrgetter("collection")):
            run = list(together)
            result = self._database[collection].bulk_write([_operation(write) for write in run], session=session)
            guarded = [write for write in run if not isinstance(write, Insert)]
            if result.matched_count + result.deleted_count < len(guarded):
                raise self._overtaken(guarded)

    def _overtaken(self, guarded: Sequence[Write]) -> StaleWrite:
        """Which of these somebody else was faster than, after the guards had been looked at."""
        last = {(write.collection, write.id): write for write in guarded}
        stored = {(name, each["id"]): each for name, each in self._stored(guarded)}
        late = (
            write
            for key, write in last.items()
            if stored.get(key) != (None if isinstance(write, Delete) else write.document)
        )
        return StaleWrite(next(late, guarded[0]))

    def _stored(
        self, writes: Sequence[Write], fields: Sequence[str] | None = None, session: ClientSession | None = None
    ) -> Iterator[tuple[str, Doc]]:
        """The documents that have the ids of these writes, each with its collection; all or some of their fields."""
        for collection in {write.collection for write in writes}:
            ids = [write.id for write in writes if write.collection == collection]
            for document in self._database[collection].find({"_id": {"$in": ids}}, fields, session=session):
                yield collection, inward(document)

    def _rivals(
        self, writes: Sequence[Write], uniques: Sequence[Index], fields: Sequence[str]
    ) -> Iterator[tuple[str, Doc]]:
        """The documents that may hold what these writes want in unique indexes."""
        for index in uniques:
            documents = [
                write.document
                for write in writes
                if not isinstance(write, Delete) and write.collection == index.collection
            ]
            condition = {field: {"$in": _texts(documents, field)} for field in index.fields}
            for rival in self._database[index.collection].find(condition, fields):
                yield index.collection, inward(rival)

    def _uniques(self, collection: str) -> Iterator[Index]:
        for name, told in self._database[collection].index_information().items():
            if told.get("unique"):
                yield Index(collection, name, tuple(field for field, _ in told["key"]), unique=True)


def _texts(documents: Sequence[Doc], field: str) -> list[str]:
    """The texts in this field: unique indexes compare nothing else."""
    return [value for value in (value_at(document, field) for document in documents) if isinstance(value, str)]


def _operation(write: Write) -> InsertOne[Doc] | ReplaceOne[Doc] | DeleteOne:
    if isinstance(write, Insert):
        return InsertOne(outward(write.document))
    guard = {"_id": write.id, "revision": write.revision}
    return DeleteOne(guard) if isinstance(write, Delete) else ReplaceOne(guard, outward(write.document))
