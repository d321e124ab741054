"""Takes as people see them, made in a few queries however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vidctl.domain.asset import Asset
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.pool import PoolItem
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import GeneratedContentDTO
from vidctl.dtos.pool_dtos import PoolItemResponseDTO
from vidctl.dtos.take_dtos import TakeDetailDTO
from vidctl.errors import NotFound
from vidctl.gateways.asset_store import AssetStore
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.pool_repository import PoolRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository

D = TypeVar("D", bound=Document)
_ASKED_AT_ONCE = 500  # ids in one query


@dataclass(frozen=True)
class TakeReader:
    """Makes DTOs of takes."""

    store: AssetStore
    assets: AssetRepository
    takes: TakeRepository
    pool: PoolRepository
    projects: ProjectRepository
    scenes: SceneRepository
    clips: ClipRepository
    characters: CharacterRepository

    def respond(self, take: Take) -> GeneratedContentDTO:
        """One take."""
        return self.respond_all([take])[0]

    def respond_all(self, takes: Sequence[Take]) -> list[GeneratedContentDTO]:
        """Takes in the order given. Raises NotFound if the record of a file is gone."""
        return [GeneratedContentDTO(**values) for values in self._values(takes)]

    def detail(self, take: Take) -> TakeDetailDTO:
        """All that is known of a take."""
        [values] = self._values([take])
        asset, request = self.assets.find_by_id(take.asset_id), take.request()
        return TakeDetailDTO(
            **values,
            **asset.facts.model_dump(include={"media_type", "has_audio"}),
            original_name=asset.original_name,
            job_id=take.job_id,
            prompt_id=take.prompt_id,
            pool=sorted(item.slug for item in self.pool.find_many({"asset_id": asset.id})),
            other_takes=self.takes.count({"asset_id": asset.id}) - 1,
            recipe=request.model_dump(mode="json") if request else None,
        )

    def respond_to_items(self, items: Sequence[PoolItem]) -> list[PoolItemResponseDTO]:
        """Pool items in the order given. Raises NotFound if the record of a file is gone."""
        assets = self._files(items)
        return [_item(item, assets[item.asset_id], self.store) for item in items]

    def paths_of_files(self, takes: Sequence[Take]) -> list[Path]:
        """Where the takes' files lie, in the order given. Raises NotFound if one is gone."""
        assets = self._files(takes)
        return [self.store.path(assets[take.asset_id].location) for take in takes]

    def _files(self, owners: Sequence[Take | PoolItem]) -> dict[str, Asset]:
        """The assets of takes or items by their ids. Raises NotFound if the record of one is gone."""
        assets = _by_id(self.assets, (owner.asset_id for owner in owners))
        for owner in owners:
            if owner.asset_id not in assets:
                noun, delete = ("take", "take delete") if isinstance(owner, Take) else ("item", "media pool remove")
                raise NotFound(
                    f"the record of the file of {noun} {owner.id[:8]} is gone", fix=f"vidctl {delete} {owner.id}"
                )
        return assets

    def _values(self, takes: Sequence[Take]) -> list[dict[str, Any]]:
        assets = self._files(takes)
        clips = _by_id(self.clips, (take.clip_id for take in takes))
        paths = self._paths(takes, clips)
        return [
            {
                **_facts(take, assets[take.asset_id], self.store),
                "path": paths.get(take.clip_id or take.character_id, ""),
                "is_selected": take.clip_id in clips and clips[take.clip_id].selected(take.kind) == take.id,
            }
            for take in takes
        ]

    def _paths(self, takes: Sequence[Take], clips: dict[str, Clip]) -> dict[str, str]:
        """The paths of the takes' clips and characters by their ids."""
        projects = _by_id(self.projects, (take.project_id for take in takes))
        scenes = _by_id(self.scenes, (clip.scene_id for clip in clips.values()))
        characters = _by_id(self.characters, (take.character_id for take in takes))
        found = {
            clip.id: f"{projects[clip.project_id].slug}/{scenes[clip.scene_id].slug}/{clip.slug}"
            for clip in clips.values()
            if clip.project_id in projects and clip.scene_id in scenes
        }
        cast = (each for each in characters.values() if each.project_id in projects)
        return found | {each.id: f"{projects[each.project_id].slug}/{each.slug}" for each in cast}


def _facts(take: Take, asset: Asset, store: AssetStore) -> dict[str, Any]:
    return {
        **take.model_dump(include={"id", "project_id", "clip_id", "character_id", "view", "asset_id", "server_name",
                                   "fingerprint", "rating", "tags", "note", "created_at"}),
        **asset.facts.model_dump(include={"width", "height", "fps", "frames", "duration"}),
        **_recipe(take.request()),
        "content_type": take.kind,
        "file": str(store.root / asset.location),
        "size": asset.size,
        "model_name": take.model,
        "render_seconds": take.seconds,
    }  # fmt: skip


def _item(item: PoolItem, asset: Asset, store: AssetStore) -> PoolItemResponseDTO:
    told = _recipe(RenderRequest.model_validate_json(item.recipe) if item.recipe else None)
    return PoolItemResponseDTO(
        **item.model_dump(include={"id", "project_id", "name", "slug", "description", "source_type", "source_clip_id",
                                   "tags", "server_name", "asset_id", "fingerprint", "created_at"}),
        **asset.facts.model_dump(include={"width", "height", "fps", "frames", "duration"}),
        content_type=item.kind,
        file=str(store.root / asset.location),
        size=asset.size,
        prompt=told["prompt"],
        seed=told["seed"],
        model_name=item.model,
    )  # fmt: skip


def _recipe(request: RenderRequest | None) -> dict[str, Any]:
    if request is None:
        nothing = dict.fromkeys(("prompt", "negative_prompt", "workflow", "family"), "")
        return {**nothing, "seed": None, "generation_params": {}}
    return {
        "prompt": _text(request, "prompt"),
        "negative_prompt": _text(request, "negative"),
        "seed": request.seed,
        "workflow": request.workflow,
        "family": request.family,
        "generation_params": {k: v for k, v in request.values.items() if k not in ("prompt", "negative")},
    }


def _text(request: RenderRequest, name: str) -> str:
    value = request.values.get(name, "")
    return value if isinstance(value, str) else ""


def _by_id(repository: BaseRepository[D], ids: Iterable[str]) -> dict[str, D]:
    wanted = sorted({each for each in ids if each})
    parts = [wanted[start : start + _ASKED_AT_ONCE] for start in range(0, len(wanted), _ASKED_AT_ONCE)]
    return {each.id: each for part in parts for each in repository.find_many({"id": {"$in": part}})}
