"""A store in which something else happens between two of its calls, as if another process had been that quick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.repositories.store import DocumentStore

_CALLS = frozenset({"insert", "find", "count", "replace", "write_all", "take", "update", "delete"})


class MeanwhileStore:
    """Counts calls; before one of them does what it was told to, once."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._do: Callable[[], None] | None = None
        self._at = 0
        self.calls = 0

    def before_call(self, number: int, do: Callable[[], None]) -> None:
        """Do that before the call of that number, counted from 1 from now on."""
        self.calls, self._at, self._do = 0, number, do

    @property
    def happened(self) -> bool:
        """Whether it has come to that."""
        return self._do is None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in _CALLS:
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            if self._do is not None and self.calls == self._at:
                do, self._do = self._do, None
                do()
            return method(*arguments, **named)

        return call
