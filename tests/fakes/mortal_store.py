"""A store whose process is killed after a certain write: that one has happened, and nothing after it."""

from __future__ import annotations

from typing import Any

from tests.fakes.backend import Killed
from vidctl.repositories.store import DocumentStore

_WRITES = frozenset({"insert", "replace", "take", "update", "delete", "write_all"})


class MortalStore:
    """Counts writes; `die_after` so many more, each call raises Killed until it is `revive`d."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._left: int | None = None
        self.writes = 0

    def die_after(self, writes: int) -> None:
        self._left = writes

    def revive(self) -> None:
        self._left = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in _WRITES:
            return method

        def write(*args: Any, **kwargs: Any) -> Any:
            done = method(*args, **kwargs)
            self.writes += 1
            if self._left is not None:
                self._left -= 1
                if self._left <= 0:
                    raise Killed
            return done

        return write
