"""Which stores the suites run over, and how a fresh one of each kind is had.

$VIDCTL_TEST_MONGO names a MongoDB to use instead of starting any: a database of a random name, dropped at the end.
"""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mongomock
import pymongo
import pytest
from mongomock.collection import BulkOperationBuilder

from tests.fakes import mongod
from vidctl.repositories.mongo_store import MongoStore
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import DocumentStore

NAMED_MONGO = os.environ.get("VIDCTL_TEST_MONGO", "")
_ONE_WORKER = pytest.mark.xdist_group("mongo")  # so that each server is started once

_SERVERS: dict[str, Callable[[Path], AbstractContextManager[mongod.Server]]] = {
    "mongod": mongod.single,
    "replica-set": mongod.replica_set,
    "stand-in": mongod.stand_in,
}


def socket_kinds() -> list[Any]:
    """The stores that are reached over a socket, as test parameters: slow, unless one is named."""
    if NAMED_MONGO:
        return [pytest.param("named-mongo", marks=_ONE_WORKER)]
    started = ["mongod", "replica-set"] if mongod.genuine() else ["stand-in"]
    return [pytest.param(kind, marks=[_ONE_WORKER, pytest.mark.slow]) for kind in started]


#: Stores whose every promise counts.
FULL_KINDS = ["sqlite-file", "sqlite-memory", *socket_kinds()]
#: ... and the one that proves calls and filters only: it finds, then updates, and knows no server commands.
ALL_KINDS = [*FULL_KINDS, "mongomock"]


class Stores:
    """Makes stores and takes them down; servers are started once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[str, mongod.Server] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Stores:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def server(self, kind: str) -> mongod.Server:
        """The running server of a socket kind."""
        if kind == "named-mongo":
            return mongod.Server(NAMED_MONGO, [])
        if kind not in self._servers:
            self._servers[kind] = self._stack.enter_context(_SERVERS[kind](self._folder))
        return self._servers[kind]

    @contextlib.contextmanager
    def url(self, kind: str) -> Iterator[str]:
        """The address of a new, empty store that other processes can open too."""
        name = f"vidctl_test_{uuid.uuid4().hex[:12]}"
        if kind == "sqlite-file":
            yield f"sqlite://{self._folder / name}.db"
            return
        url = with_database(self.server(kind).url, name)
        try:
            yield url
        finally:
            with pymongo.MongoClient[Any](url) as client:
                client.drop_database(name)

    @contextlib.contextmanager
    def fresh(self, kind: str) -> Iterator[DocumentStore]:
        """A new, empty store."""
        with ExitStack() as stack:
            store: DocumentStore
            if kind == "sqlite-memory":
                store = SqliteStore(None)
            elif kind == "mongomock":
                store = MongoStore("mongodb://mongomock/test", client=MockClient())
            elif kind == "sqlite-file":
                store = SqliteStore(Path(stack.enter_context(self.url(kind)).removeprefix("sqlite://")))
            else:
                store = MongoStore(stack.enter_context(self.url(kind)))
            with contextlib.closing(store):
                yield store


def _add_replace(self: Any, selector: Any, doc: Any, upsert: bool, **options: Any) -> None:
    """mongomock's own does not take the `sort` that the driver hands on, though it is None."""
    del options["sort"]
    _mock_replace(self, selector, doc, upsert, **options)


_mock_replace = BulkOperationBuilder.add_replace
BulkOperationBuilder.add_replace = _add_replace


class MockClient(mongomock.MongoClient):  # type: ignore[misc]
    """mongomock with the one server command that a repository needs: what time it is."""

    @property
    def admin(self) -> Any:
        return self

    def command(self, name: str) -> dict[str, Any]:
        assert name == "isMaster"
        return {"localTime": datetime.now(UTC)}


def with_database(url: str, name: str) -> str:
    """The address with another database; one that users log in to stays named."""
    parts = re.fullmatch(r"(mongodb(?:\+srv)?://(?:([^@/]*)@)?[^/?]+)(?:/([^?]*))?(?:\?(.*))?", url)
    assert parts, "VIDCTL_TEST_MONGO is not a MongoDB address"
    server, user, database, options = parts.groups()
    chosen = [options] if options else []
    if user and database and "authSource=" not in (options or ""):
        chosen.append(f"authSource={database}")
    return f"{server}/{name}" + (f"?{'&'.join(chosen)}" if chosen else "")
