"""What servers were seen to have, in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vidctl.domain.server_model import ServerModel
from vidctl.errors import DuplicateName
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.stored_values import as_stored

#: Ids that one statement names; SQLite takes 32,766 values in one.
_AT_ONCE = 500


class ServerModelRepository(BaseRepository[ServerModel]):
    """A server's file is kept once for each folder, by its id."""

    collection = "server_models"
    document = ServerModel
    noun = "model of a server"

    def list_by_server(self, server_id: str) -> list[ServerModel]:
        """By folder and name."""
        return self.find_many({"server_id": server_id}, sort=(("folder", 1), ("name", 1)))

    def add_missing(self, models: Sequence[ServerModel]) -> None:
        """Add those that are not there; another process may add the same at this moment."""
        for model in models:
            try:
                self.create(model)
            except DuplicateName:
                continue

    def mark_seen(self, ids: Sequence[str], now: datetime) -> None:
        """These are there now."""
        self._mark(ids, {"last_seen": now, "active": True, "updated_at": now})

    def mark_gone(self, ids: Sequence[str], now: datetime) -> None:
        """These are there no more."""
        self._mark(ids, {"active": False, "updated_at": now})

    def _mark(self, ids: Sequence[str], values: Mapping[str, Any]) -> None:
        changes = {"$set": as_stored(values), "$inc": {"revision": 1}}
        for start in range(0, len(ids), _AT_ONCE):
            self.store.update(self.collection, {"id": {"$in": list(ids[start : start + _AT_ONCE])}}, changes)
