"""Pool items in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.pool import PoolItem
from vidctl.repositories.base_repository import BaseRepository


class PoolRepository(BaseRepository[PoolItem]):
    """An item's slug is unique in its project."""

    collection = "pool"
    document = PoolItem
    noun = "pool item"
    taken = MappingProxyType({"slug": "there is an item of this name in the pool already"})
