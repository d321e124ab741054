"""From the setting `store` to a store that is ready: which kind, where, and with its migrations applied."""

from __future__ import annotations

import re
from pathlib import Path

from vidctl.errors import ConfigurationError
from vidctl.repositories.migrations import migrate
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import DocumentStore

_MEMORY = frozenset({":memory:", "sqlite://:memory:", "sqlite:///:memory:"})
_FORMS = "sqlite:///FILE, sqlite://:memory:, mongodb://… or mongodb+srv://…"


def open_store(url: str, *, timeout: float = 20.0, selection_timeout: float = 3.0) -> DocumentStore:
    """The store at `url`, migrated. What follows `sqlite://` is the file's path as it is.

    An operation (with SQLite: a lock) is waited for up to `timeout` seconds; finding a MongoDB server at first
    takes `selection_timeout` seconds at most. Raises ConfigurationError, NewerFormat, Unreachable.
    """
    store = _store(url, timeout, selection_timeout)
    try:
        migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def _store(url: str, timeout: float, selection_timeout: float) -> DocumentStore:
    scheme, separator, rest = url.partition("://")
    if url in _MEMORY:
        return SqliteStore(None, wait=timeout)
    if scheme == "sqlite" and rest:
        return SqliteStore(_path(rest), wait=timeout)
    if scheme in ("mongodb", "mongodb+srv") and separator:
        from vidctl.repositories.mongo_store import MongoStore  # the driver costs 0.2 s: only who uses it pays

        return MongoStore(url, timeout=timeout, selection_timeout=selection_timeout)
    raise ConfigurationError(
        "the setting `store` is not understood",
        cause=f"it starts with {scheme}://" if separator else "it has no scheme such as sqlite://",
        fix=f"set it to {_FORMS}",
    )


def _path(rest: str) -> Path:
    drive = re.match(r"/+([A-Za-z]:.*)", rest)  # sqlite:///C:/films/vidctl.db
    return Path(drive[1] if drive else re.sub("^/+", "/", rest)).expanduser()
