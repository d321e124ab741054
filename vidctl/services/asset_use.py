"""Which files are needed: those of takes, songs, reference images and the pool, and of what may be brought back."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from vidctl.domain.character import ReferenceImage
from vidctl.repositories.change_repository import ChangeRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.pool_repository import PoolRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.take_repository import TakeRepository


class _Held(BaseModel):
    asset_id: str


class _Song(BaseModel):
    music_asset_id: str | None


class _Pictured(BaseModel):
    reference_images: list[ReferenceImage]


class _Kept(BaseModel):
    asset_ids: list[str]


@dataclass(frozen=True)
class AssetUse:
    """Asks everybody once, however many files there are."""

    takes: TakeRepository
    projects: ProjectRepository
    characters: CharacterRepository
    pool: PoolRepository
    changes: ChangeRepository

    def used(self) -> set[str]:
        """The ids of all assets that something refers to. The history is read first and last: what goes into the trash
        meanwhile, or comes out of it, is met in one place or the other."""
        before = self._kept()
        held = {each.asset_id for each in self.takes.find_many({}, projection=_Held)}
        held |= {each.asset_id for each in self.pool.find_many({}, projection=_Held)}
        songs = {each.music_asset_id for each in self.projects.find_many({}, projection=_Song) if each.music_asset_id}
        pictured = self.characters.find_many({}, projection=_Pictured)
        references = {image.asset_id for each in pictured for image in each.reference_images}
        return before | held | songs | references | self._kept()

    def _kept(self) -> set[str]:
        with_files = self.changes.find_many({"asset_ids": {"$gt": ""}}, projection=_Kept)
        return {asset_id for each in with_files for asset_id in each.asset_ids}
