"""The distributed document store: MongoDB through pymongo, a single server, a replica set or a sharded cluster.

Whatever the URI says, a write is acknowledged by the majority and journaled, because the driver's default loses
acknowledged documents when a server is killed. Reads go to the primary, so that what was written is seen.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pymongo
from pymongo import MongoClient, ReadPreference, ReturnDocument, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import ConfigurationError as DriverConfigurationError

from vidctl.errors import ConfigurationError
from vidctl.repositories.language import (
    check_changes,
    check_document,
    check_index,
    check_name,
    check_page,
    check_writes,
)
from vidctl.repositories.mongo_batches import Batches
from vidctl.repositories.mongo_errors import translated
from vidctl.repositories.mongo_language import inward, mongo_field, mongo_filter, mongo_order, outward
from vidctl.repositories.server_clock import ServerClock
from vidctl.repositories.store import Changes, Doc, Filter, Index, Sort, Write

DEFAULT_DATABASE = "vidctl"
_URI = re.compile(r"mongodb(?:\+srv)?://(?:[^@/]*@)?(?P<hosts>[^@/?]+)(?:/(?P<database>[^/?]*))?(?:\?.*)?")


class MongoStore:
    """A DocumentStore in the database that `url` names, else in "vidctl".

    The first contact may take `selection_timeout` seconds, so that a wrong address is told soon; afterwards every
    operation has `timeout` seconds, so that the election of a new primary is outlived. A ready `client` keeps its
    own timeouts. Nothing is connected before the first use.
    """

    def __init__(
        self,
        url: str,
        *,
        selection_timeout: float = 3.0,
        timeout: float = 20.0,
        client: MongoClient[Doc] | None = None,
    ) -> None:
        parts = _URI.fullmatch(url)
        database = (parts and parts["database"]) or DEFAULT_DATABASE
        self._location = f"{parts['hosts']}/{database}" if parts else database
        self._selection_timeout = selection_timeout
        self._met = client is not None
        self._client = _client(url, timeout) if client is None else client
        self._database = self._client.get_database(
            database,
            write_concern=WriteConcern(w="majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )
        self._batches = Batches(self._database)
        # `hello` is not known before 4.4.2, its older name to every server
        self._clock = ServerClock(lambda: self._client.admin.command("isMaster")["localTime"])

    def insert(self, collection: str, document: Doc) -> None:
        check_document(document)
        with self._collection(collection) as documents:
            documents.insert_one(outward(document))

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
        check_page(skip, limit, fields)
        order, condition = mongo_order(sort), mongo_filter(where)
        if limit == 0:  # MongoDB would take it for no limit
            return []
        chosen = None if fields is None else {"_id": True, **dict.fromkeys(map(mongo_field, fields), True)}
        with self._collection(collection) as documents:
            found = documents.find(condition, chosen, skip=skip, limit=limit or 0, sort=order)
            if fields is None:
                return [inward(document) for document in found]
            return [{name: whole.get(name) for name in ("id", *fields)} for whole in map(inward, found)]

    def count(self, collection: str, where: Filter) -> int:
        condition = mongo_filter(where)
        with self._collection(collection) as documents:
            return documents.count_documents(condition)

    def replace(self, collection: str, document: Doc, revision: int) -> bool:
        check_document(document)
        condition = {"_id": document["id"], "revision": revision}
        with self._collection(collection) as documents:
            return documents.replace_one(condition, outward(document)).matched_count > 0

    def write_all(self, writes: Sequence[Write]) -> None:
        check_writes(writes)
        if writes:
            with self._answering():
                self._batches.write(writes)

    def take(self, collection: str, where: Filter, changes: Changes, sort: Sort = ()) -> Doc | None:
        check_changes(changes)
        order, condition = mongo_order(sort) if sort else None, mongo_filter(where)
        with self._collection(collection) as documents:
            taken = documents.find_one_and_update(condition, changes, sort=order, return_document=ReturnDocument.AFTER)
            return None if taken is None else inward(taken)

    def update(self, collection: str, where: Filter, changes: Changes) -> int:
        check_changes(changes)
        condition = mongo_filter(where)
        with self._collection(collection) as documents:
            return documents.update_many(condition, changes).matched_count

    def delete(self, collection: str, where: Filter) -> int:
        condition = mongo_filter(where)
        with self._collection(collection) as documents:
            return documents.delete_many(condition).deleted_count

    def ensure_index(self, index: Index) -> None:
        check_index(index)
        keys = [(field, pymongo.ASCENDING) for field in index.fields]
        options: dict[str, Any] = {"name": index.name}
        if index.unique:
            # only texts are compared: a plain unique index would take missing and null for one and the same value
            options |= {"unique": True, "partialFilterExpression": {field: {"$gte": ""} for field in index.fields}}
        else:
            keys.append(("_id", pymongo.ASCENDING))
        with self._collection(index.collection) as documents:
            documents.create_index(keys, **options)

    def now(self) -> datetime:
        with self._answering():
            return self._clock.now()

    def describe(self) -> dict[str, str]:
        with self._answering():
            version = self._client.server_info()["version"]
        return {"kind": "MongoDB", "location": self._location, "version": str(version)}

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def _collection(self, name: str) -> Iterator[Collection[Doc]]:
        check_name(name)
        with self._answering(name):
            yield self._database[name]

    @contextmanager
    def _answering(self, collection: str = "") -> Iterator[None]:
        """Errors in our words, after the server has been met once."""
        with translated(self._location, collection):
            if not self._met:
                with pymongo.timeout(self._selection_timeout):
                    self._client.admin.command("ping")
                self._met = True
            yield


def _client(url: str, timeout: float) -> MongoClient[Doc]:
    """A client that connects on first use. The arguments here win over the URI's options."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # an option that the driver would only warn of and ignore
            return MongoClient(
                url,
                connect=False,
                appname="vidctl",
                w="majority",
                journal=True,
                retryWrites=True,
                retryReads=True,
                readPreference="primary",
                timeoutMS=int(timeout * 1000),
                serverSelectionTimeoutMS=int(timeout * 1000),
            )
    except (ValueError, UserWarning, DriverConfigurationError):
        # not chained: the driver's text may hold a piece of the password
        raise ConfigurationError(
            "the setting `store` is not a MongoDB address",
            cause="it is malformed, or its host name or an option of it is unknown",
            fix="write mongodb://USER:PASSWORD@HOST:PORT/DATABASE, with special letters of the password as %XX",
        ) from None
