"""Render servers in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.server import Server
from vidctl.repositories.base_repository import BaseRepository


class ComfyUIRepository(BaseRepository[Server]):
    """A server's slug and its URL are unique."""

    collection = "servers"
    document = Server
    noun = "server"
    taken = MappingProxyType(
        {"slug": "there is a server of this name already", "url": "a server with this URL is registered already"}
    )

    def list_servers(self, active_only: bool = False) -> list[Server]:
        """By name."""
        return self.find_many({"active": True} if active_only else {}, sort=(("slug", 1),))
