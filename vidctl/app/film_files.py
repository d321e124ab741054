"""The services that carry whole films as files: manifests, imports, archives. Each is built on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vidctl.app.films import FilmServices

if TYPE_CHECKING:
    from vidctl.services.archive_service import ArchiveService
    from vidctl.services.import_service import ImportService
    from vidctl.services.manifest_service import ManifestService
    from vidctl.services.manifest_writer import FilmRepositories


class FilmFileServices(FilmServices):
    """How films come and go."""

    @cached_property
    def manifests(self) -> ManifestService:
        from vidctl.gateways.media import examine
        from vidctl.services.manifest_media import ManifestMedia
        from vidctl.services.manifest_output import ManifestOutput
        from vidctl.services.manifest_service import ManifestService

        return ManifestService(
            self._film_repositories,
            self.references,
            self._editor,
            self._deletion,
            ManifestMedia(self._asset_store, self._assets, self.gallery, examine),
            ManifestOutput(self._asset_store, self._assets),
        )

    @cached_property
    def archives(self) -> ArchiveService:
        from vidctl.gateways.media import examine
        from vidctl.services.archive_service import ArchiveService

        return ArchiveService(
            self._film_repositories,
            self._pool,
            self._assets,
            self._asset_store,
            self.gallery,
            self.references,
            self._editor,
            examine,
        )

    @cached_property
    def imports(self) -> ImportService:
        from vidctl.services.import_service import ImportService

        return ImportService(self._film_repositories, self._editor)

    @cached_property
    def _film_repositories(self) -> FilmRepositories:
        from vidctl.services.manifest_writer import FilmRepositories

        return FilmRepositories(
            self._projects, self._scenes, self._clips, self._takes, self._characters, self._templates
        )
