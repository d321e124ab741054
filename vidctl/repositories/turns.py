"""Turns at a film: who was overtaken too often writes alone for a moment.

Writers read, think and write only what nobody has changed meanwhile. One who thinks longer than the others would never
get through among them. So whoever is about to write lets the one go first who has the turn. A turn ends by itself: its
holder may have been killed.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Self

from vidctl.domain.document import new_id, write_time
from vidctl.repositories.store import DocumentStore, DuplicateKey

_COLLECTION = "turns"
_LONGEST = timedelta(seconds=5)
_LOOK = 0.02  # seconds at most until it is looked again whether a turn has ended


class Turn:
    """One writer's; given back at the end of the block."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store
        self._holder = new_id()
        self._claimed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._claimed:
            self._store.delete(_COLLECTION, {"holder": self._holder})

    def let_go_first(self, project_id: str) -> bool:
        """Wait while somebody else has the turn; whether that was so."""
        waited = False
        while self._is_anothers(project_id):
            time.sleep(random.uniform(0, _LOOK))
            waited = True
        return waited

    def claim(self, project_id: str) -> None:
        """Take the turn, as soon as it is free."""
        self._claimed = True
        while not self._taken(project_id):
            time.sleep(random.uniform(0, _LOOK))

    def _is_anothers(self, project_id: str) -> bool:
        running = {"id": _name(project_id), "holder": {"$ne": self._holder}, "until": {"$gte": self._now()}}
        return self._store.count(_COLLECTION, running) > 0

    def _taken(self, project_id: str) -> bool:
        mine = {"holder": self._holder, "until": write_time(self._store.now() + _LONGEST)}
        try:
            self._store.insert(_COLLECTION, {"id": _name(project_id), **mine})
        except DuplicateKey:
            ended = {"id": _name(project_id), "until": {"$lt": self._now()}}
            own = {"id": _name(project_id), "holder": self._holder}
            return any(self._store.take(_COLLECTION, free, {"$set": mine}) is not None for free in (own, ended))
        return True

    def _now(self) -> str:
        return write_time(self._store.now())


def _name(project_id: str) -> str:
    return project_id or "no project"
