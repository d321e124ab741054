"""Takes: from a downloaded file to the clip's gallery, and the gallery as people see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.clip import Clip
from vidctl.domain.job import Job
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import ClipGalleryResponseDTO
from vidctl.errors import DuplicateName, NotFound
from vidctl.gateways.asset_store import AssetStore
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.references import References
from vidctl.services.take_reader import TakeReader


class Examine(Protocol):
    """Decodes a file wholly and says what it is. Raises MediaInvalid."""

    def __call__(self, path: Path, expect: AssetKind | None = None) -> MediaFacts: ...


class GalleryManager:
    """Stores files as assets and adds takes to clips."""

    def __init__(
        self,
        store: AssetStore,
        assets: AssetRepository,
        takes: TakeRepository,
        clips: ClipRepository,
        characters: CharacterRepository,
        references: References,
        reader: TakeReader,
        examine: Examine,
    ) -> None:
        self._store = store
        self._assets = assets
        self._takes = takes
        self._clips = clips
        self._characters = characters
        self._references = references
        self._reader = reader
        self._examine = examine

    def store_file(self, incoming: Path, kind: AssetKind, original_name: str, facts: MediaFacts | None = None) -> Asset:
        """Decode a file that lies at an incoming path, move it to its place and record it. Raises MediaInvalid."""
        facts = facts or self._examine(incoming, kind)
        size = incoming.stat().st_size
        digest, location = self._store.keep(incoming, facts.extension)
        asset = Asset(id=digest, facts=facts, size=size, location=location, original_name=original_name)
        try:
            return self._assets.create(asset)
        except DuplicateName:
            return self._assets.find_by_id(digest)

    def has_owner(self, render: Job | Take) -> bool:
        """Whether the clip or character that it is for is still there to be given takes."""
        if render.clip_id:
            return self._clips.count({"id": render.clip_id}) > 0
        return self._characters.count({"id": render.character_id}) > 0

    def add_take(self, take: Take, sidecar: Mapping[str, Any]) -> Take:
        """Add a take to its clip or character; a clip's first of its kind is selected. Adding the same take again
        changes nothing.

        Raises NotFound for an owner that was deleted while it rendered; nothing of the take is left then.
        """
        asset = self._assets.find_by_id(take.asset_id)
        self._store.write_sidecar(asset.location, sidecar)
        with suppress(DuplicateName):  # a worker that was killed after this step is doing it again
            self._takes.create(take)
        take = self._takes.find_by_id(take.id)
        # touched only now: who deletes or merges the owner has either done so, or has to read this take first
        owner = self._clips.touch(take.clip_id) if take.clip_id else self._characters.touch(take.character_id)
        if isinstance(owner, Clip):
            self._offer(owner, take)
        elif owner is None:
            self._take_away(take)
        return self._takes.find_by_id(take.id)

    def _take_away(self, take: Take) -> None:
        """A take without an owner, unless a merge has just handed it on. Raises NotFound."""
        if self._takes.delete_many({"id": take.id, "clip_id": take.clip_id}) or not self._takes.count({"id": take.id}):
            noun = "clip" if take.clip_id else "character"
            raise NotFound(f"its {noun} is not there any more", fix="it was deleted while its render ran")

    def _offer(self, clip: Clip | None, take: Take) -> None:
        """A clip that shows nothing of its kind shows it, unless one of them has gone elsewhere meanwhile."""
        here = {"id": take.id, "clip_id": take.clip_id}
        while clip and not clip.locked and clip.selected(take.kind) is None and self._takes.count(here):
            if self._clips.select_in(clip, take.kind, take.id):
                return
            clip = self._clips.find_one({"id": clip.id})

    def gallery(self, reference: str) -> ClipGalleryResponseDTO:
        """A clip's takes, newest first."""
        clip = self._references.clip(reference)
        takes = self._reader.respond_all(self._takes.list_by_clip(clip.id))
        return ClipGalleryResponseDTO(
            clip_id=clip.id,
            path=self._references.path(clip),
            images=[t for t in takes if t.content_type is MediaKind.IMAGE],
            videos=[t for t in takes if t.content_type is MediaKind.VIDEO],
            selected_image_id=clip.selected_image_id,
            selected_video_id=clip.selected_video_id,
        )

    def selected_file(self, clip: Clip, kind: MediaKind) -> Asset | None:
        """The asset of the chosen take; None where none is chosen. Raises NotFound if its documents are gone."""
        take_id = clip.selected(kind)
        return None if take_id is None else self._assets.find_by_id(self._takes.find_by_id(take_id).asset_id)

    def path(self, asset: Asset) -> Path:
        """Where an asset's file lies."""
        return self._store.path(asset.location)

    def still_path(self, asset_id: str) -> Path | None:
        """The file of an asset by its id, None if it is no longer there: an animatic does without."""
        try:
            return self.path(self._assets.find_by_id(asset_id))
        except NotFound:
            return None
