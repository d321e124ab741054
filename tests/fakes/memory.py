"""Stores in memory that begin with what another one held: migrating or filling each anew took most of a test's time."""

from __future__ import annotations

from contextlib import closing
from functools import cache

from vidctl.repositories.migrations import migrate
from vidctl.repositories.sqlite_store import SqliteStore


def image_of(store: SqliteStore) -> bytes:
    """All that a store holds, with its indexes."""
    with store._connections.reading() as connection:
        return connection.serialize()


def store_of(image: bytes) -> SqliteStore:
    """A new store in memory that holds the same."""
    store = SqliteStore(None)
    with store._connections.reading() as connection:
        connection.deserialize(image)
    return store


def migrated_store() -> SqliteStore:
    """A new, empty store in memory that is ready to be used."""
    return store_of(_migrated())


@cache
def _migrated() -> bytes:
    with closing(SqliteStore(None)) as store:
        migrate(store)
        return image_of(store)
