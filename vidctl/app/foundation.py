"""What the services stand on: the store, its repositories and the asset folder, each built on first use."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from vidctl.settings import Settings

if TYPE_CHECKING:
    from types import TracebackType

    from vidctl.gateways.asset_store import AssetStore
    from vidctl.repositories.asset_repository import AssetRepository
    from vidctl.repositories.batch_repository import BatchRepository
    from vidctl.repositories.change_repository import ChangeRepository, ChangeSetRepository
    from vidctl.repositories.character_repository import CharacterRepository
    from vidctl.repositories.clip_repository import ClipRepository
    from vidctl.repositories.comfyui_repository import ComfyUIRepository
    from vidctl.repositories.model_preset_repository import ModelFamilyRepository, ModelPresetRepository
    from vidctl.repositories.pool_repository import PoolRepository
    from vidctl.repositories.project_repository import ProjectRepository
    from vidctl.repositories.queue_repository import QueueRepository
    from vidctl.repositories.scene_repository import SceneRepository
    from vidctl.repositories.server_model_repository import ServerModelRepository
    from vidctl.repositories.store import DocumentStore
    from vidctl.repositories.take_repository import TakeRepository
    from vidctl.repositories.template_repository import TemplateRepository
    from vidctl.repositories.worker_repository import WorkerRepository


class Foundation:
    """Everything opened is closed by one stack."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all that was opened."""
        self._opened.close()

    @cached_property
    def store(self) -> DocumentStore:
        from vidctl.repositories.opening import open_store

        store = open_store(self.settings.store, timeout=self.settings.store_timeout)
        self._opened.callback(store.close)
        return store

    @cached_property
    def _projects(self) -> ProjectRepository:
        from vidctl.repositories.project_repository import ProjectRepository

        return ProjectRepository(self.store)

    @cached_property
    def _scenes(self) -> SceneRepository:
        from vidctl.repositories.scene_repository import SceneRepository

        return SceneRepository(self.store)

    @cached_property
    def _clips(self) -> ClipRepository:
        from vidctl.repositories.clip_repository import ClipRepository

        return ClipRepository(self.store)

    @cached_property
    def _takes(self) -> TakeRepository:
        from vidctl.repositories.take_repository import TakeRepository

        return TakeRepository(self.store)

    @cached_property
    def _assets(self) -> AssetRepository:
        from vidctl.repositories.asset_repository import AssetRepository

        return AssetRepository(self.store)

    @cached_property
    def _servers(self) -> ComfyUIRepository:
        from vidctl.repositories.comfyui_repository import ComfyUIRepository

        return ComfyUIRepository(self.store)

    @cached_property
    def _queue(self) -> QueueRepository:
        from vidctl.repositories.queue_repository import QueueRepository

        return QueueRepository(self.store)

    @cached_property
    def _batches(self) -> BatchRepository:
        from vidctl.repositories.batch_repository import BatchRepository

        return BatchRepository(self.store)

    @cached_property
    def _workers(self) -> WorkerRepository:
        from vidctl.repositories.worker_repository import WorkerRepository

        return WorkerRepository(self.store)

    @cached_property
    def _characters(self) -> CharacterRepository:
        from vidctl.repositories.character_repository import CharacterRepository

        return CharacterRepository(self.store)

    @cached_property
    def _templates(self) -> TemplateRepository:
        from vidctl.repositories.template_repository import TemplateRepository

        return TemplateRepository(self.store)

    @cached_property
    def _pool(self) -> PoolRepository:
        from vidctl.repositories.pool_repository import PoolRepository

        return PoolRepository(self.store)

    @cached_property
    def _change_sets(self) -> ChangeSetRepository:
        from vidctl.repositories.change_repository import ChangeSetRepository

        return ChangeSetRepository(self.store)

    @cached_property
    def _changes(self) -> ChangeRepository:
        from vidctl.repositories.change_repository import ChangeRepository

        return ChangeRepository(self.store)

    @cached_property
    def _model_presets(self) -> ModelPresetRepository:
        from vidctl.repositories.model_preset_repository import ModelPresetRepository

        return ModelPresetRepository(self.store)

    @cached_property
    def _model_families(self) -> ModelFamilyRepository:
        from vidctl.repositories.model_preset_repository import ModelFamilyRepository

        return ModelFamilyRepository(self.store)

    @cached_property
    def _server_models(self) -> ServerModelRepository:
        from vidctl.repositories.server_model_repository import ServerModelRepository

        return ServerModelRepository(self.store)

    @cached_property
    def _asset_store(self) -> AssetStore:
        from vidctl.gateways.asset_store import AssetStore

        return AssetStore(Path(self.settings.assets))
