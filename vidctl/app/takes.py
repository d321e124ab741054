"""The services that go on from a film's takes: each is built on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vidctl.app.film_files import FilmFileServices

if TYPE_CHECKING:
    from vidctl.services.contact_sheets import ContactSheets
    from vidctl.services.pool_service import PoolService
    from vidctl.services.take_moves import TakeMoves
    from vidctl.services.version_service import VersionService


class TakeServices(FilmFileServices):
    """What one can do with takes beside each other and beyond their clips, and with what clips were before."""

    @cached_property
    def take_moves(self) -> TakeMoves:
        from vidctl.services.take_moves import TakeMoves

        return TakeMoves(self._takes, self._clips, self.references, self.takes, self._take_reader, self._editor)

    @cached_property
    def contact_sheets(self) -> ContactSheets:
        from vidctl.services.contact_sheets import ContactSheets

        return ContactSheets(self._takes, self.references, self._take_reader)

    @cached_property
    def versions(self) -> VersionService:
        from vidctl.services.version_service import VersionService

        return VersionService(self._clips, self._changes, self.references, self._editor)

    @cached_property
    def pool(self) -> PoolService:
        from vidctl.gateways.media import examine
        from vidctl.services.pool_service import PoolService
        from vidctl.services.pool_sources import PoolSources

        sources = PoolSources(self._asset_store, self.gallery, self._queue, self.references, self._take_reader, examine)
        return PoolService(
            self._projects,
            self._pool,
            self._takes,
            self._clips,
            self.references,
            sources,
            self._take_reader,
            self._editor,
        )
