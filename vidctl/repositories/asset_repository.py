"""Stored files in the store, by the hash of their content."""

from __future__ import annotations

from vidctl.domain.asset import Asset
from vidctl.repositories.base_repository import BaseRepository


class AssetRepository(BaseRepository[Asset]):
    """An asset's id is its SHA-256, so the same content is stored once."""

    collection = "assets"
    document = Asset
    noun = "asset"
