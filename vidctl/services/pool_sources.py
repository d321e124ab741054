"""What goes into the pool: a take with its recipe, or a person's own file, decoded to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.document import derived_id
from vidctl.domain.names import slugify
from vidctl.domain.pool import PoolItem, SourceType
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.pool_dtos import PoolItemCreateDTO
from vidctl.errors import MediaInvalid
from vidctl.gateways.asset_store import AssetStore
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.gallery_manager import Examine, GalleryManager
from vidctl.services.given_files import require_file
from vidctl.services.references import References
from vidctl.services.take_reader import TakeReader

_LONGEST = 190  # letters of a name that is made up here, which leaves room for an id


@dataclass(frozen=True)
class PoolSources:
    """Makes pool items of what a person names."""

    store: AssetStore
    gallery: GalleryManager
    queue: QueueRepository
    references: References
    reader: TakeReader
    examine: Examine

    def item(self, project_id: str, source: str, request: PoolItemCreateDTO) -> PoolItem:
        """An item for the pool of a project, not stored yet. The same content gives the same item again. Raises
        MediaInvalid, NotFound."""
        if "." in source or "/" in source or "\\" in source:
            return self._of_file(project_id, Path(source), request)
        return self._of_take(project_id, self.references.take(source), request)

    def _of_take(self, project_id: str, take: Take, request: PoolItemCreateDTO) -> PoolItem:
        shown = self.reader.respond(take)
        name = request.name or f"{shown.path.rpartition('/')[2][:_LONGEST]} {take.id[:8]}"
        return PoolItem(
            id=_item_id(project_id, take.asset_id),
            project_id=project_id,
            name=name,
            slug=slugify(name),
            description=request.description,
            kind=take.kind,
            source_type=self._source_type(take),
            source_clip_id=take.clip_id or None,
            asset_id=take.asset_id,
            recipe=take.recipe,
            fingerprint=take.fingerprint,
            model=take.model,
            server_name=take.server_name,
            tags=request.tags,
        )

    def _of_file(self, project_id: str, file: Path, request: PoolItemCreateDTO) -> PoolItem:
        asset = self._stored(file)
        name = request.name or _printable(file.stem)
        return PoolItem(
            id=_item_id(project_id, asset.id),
            project_id=project_id,
            name=name,
            slug=slugify(name),
            description=request.description,
            kind=MediaKind(asset.facts.kind.value),
            source_type=SourceType.MANUAL_UPLOAD,
            asset_id=asset.id,
            tags=request.tags,
        )

    def _stored(self, file: Path) -> Asset:
        require_file(file)
        # the original decides: its name is part of what is examined
        facts = self.examine(file)
        if facts.kind is AssetKind.AUDIO:
            raise MediaInvalid(
                f"{file.name} is neither a picture nor a film",
                cause="it is a song",
                fix="vidctl media music PROJECT FILE lays a song under a film",
            )
        with self.store.incoming(file.name) as incoming:
            self.store.copy_in(file, incoming)
            return self.gallery.store_file(incoming, facts.kind, file.name, facts)

    def _source_type(self, take: Take) -> SourceType:
        """Whether it was rendered alone or together with others, as far as the queue still knows."""
        if not take.job_id:
            return SourceType.MANUAL_UPLOAD
        job = self.queue.find_one({"id": take.job_id})
        together = job is not None and self.queue.count({"batch_id": job.batch_id}) > 1
        return SourceType.BATCH_GENERATION if together else SourceType.CLIP_GENERATION


def _item_id(project_id: str, asset_id: str) -> str:
    return derived_id("pool", project_id, asset_id)


def _printable(stem: str) -> str:
    return "".join(letter for letter in stem if letter.isprintable())[:_LONGEST].strip() or "untitled"
