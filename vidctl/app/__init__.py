"""The composition root: every object is built here, on first use, and everything opened is closed by one stack."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vidctl.app.takes import TakeServices
from vidctl.settings import Settings

if TYPE_CHECKING:
    from vidctl.gateways.render_backend import RenderBackend
    from vidctl.services.backends import Backends
    from vidctl.services.batch_generator import BatchGenerator
    from vidctl.services.batch_reader import BatchReader
    from vidctl.services.clip_resolution import ClipResolution
    from vidctl.services.comfyui_service import ComfyUIService
    from vidctl.services.demo_service import DemoService
    from vidctl.services.destinations import Destinations
    from vidctl.services.doctor import Doctor
    from vidctl.services.export_service import ExportService
    from vidctl.services.generation_service import GenerationService
    from vidctl.services.media_service import MediaService
    from vidctl.services.model_catalogue import ModelCatalogue
    from vidctl.services.model_config import ModelConfig
    from vidctl.services.openai_video_service import OpenAIVideoService
    from vidctl.services.queue_manager import QueueManager
    from vidctl.services.render_runs import RenderRuns
    from vidctl.services.repeat_service import RepeatService
    from vidctl.services.schema_service import SchemaService
    from vidctl.services.subjects import Subjects
    from vidctl.services.wishes import WishReader
    from vidctl.services.worker import Worker
    from vidctl.services.workflow_library import WorkflowLibrary


class App(TakeServices):
    """Everything vidctl can do, as services. `draw_seed` may be replaced, so that renders can be repeated in tests."""

    def __init__(self, settings: Settings, *, draw_seed: Callable[[], int] | None = None) -> None:
        super().__init__(settings)
        self._draw_seed = draw_seed or _draw_seed

    # services

    @cached_property
    def media(self) -> MediaService:
        from vidctl.gateways.media import examine
        from vidctl.services.asset_use import AssetUse
        from vidctl.services.media_service import MediaService

        use = AssetUse(self._takes, self._projects, self._characters, self._pool, self._changes)
        return MediaService(
            self._asset_store, self._assets, self._projects, self.gallery, self.references, self._editor, use, examine
        )

    @cached_property
    def comfyui(self) -> ComfyUIService:
        from vidctl.services.comfyui_service import ComfyUIService

        return ComfyUIService(
            self._servers, self._queue, self.references, self._backends, self.model_config, self._server_models
        )

    @cached_property
    def model_config(self) -> ModelConfig:
        from vidctl.services.model_config import ModelConfig

        return ModelConfig(self._model_presets, self._model_families)

    @cached_property
    def model_catalogue(self) -> ModelCatalogue:
        from vidctl.services.model_catalogue import ModelCatalogue

        return ModelCatalogue(self._server_models, self.references, self.comfyui, self.model_config)

    @cached_property
    def workflows(self) -> WorkflowLibrary:
        from vidctl.services.workflow_library import WorkflowLibrary

        return WorkflowLibrary()

    @cached_property
    def generation(self) -> GenerationService:
        from vidctl.services.generation_service import GenerationService

        return GenerationService(self._subjects, self._destinations, self._wishes, self._render_runs, self._draw_seed)

    @cached_property
    def clip_resolution(self) -> ClipResolution:
        from vidctl.services.clip_resolution import ClipResolution

        return ClipResolution(self.references, self._subjects, self._wishes, self.model_config, self._draw_seed)

    @cached_property
    def repeats(self) -> RepeatService:
        from vidctl.services.repeat_service import RepeatService

        return RepeatService(self.references, self._take_reader, self._destinations, self._render_runs)

    @cached_property
    def queue(self) -> QueueManager:
        from vidctl.services.queue_manager import QueueManager

        return QueueManager(
            self._queue,
            self._servers,
            self._batches,
            self._workers,
            self.references,
            self._backends,
            self._worker,
            self._lease,
        )

    @cached_property
    def batches(self) -> BatchGenerator:
        from vidctl.services.batch_generator import BatchGenerator

        return BatchGenerator(self._batches, self._batch_reader, self.references, self.generation, self.queue)

    @cached_property
    def export(self) -> ExportService:
        from vidctl.services.export_service import ExportService

        return ExportService(
            self.references,
            self._films,
            self.gallery,
            self._assets,
            cache=Path(self.settings.cache),
            ffmpeg=self.settings.ffmpeg,
        )

    @cached_property
    def demo(self) -> DemoService:
        from vidctl.services.demo_service import DemoService

        return DemoService(
            self.projects, self.scenes, self.clips, self.media, self.comfyui, self.generation, self.queue, self.export,
            assets=self.settings.assets, store=lambda: self.store.describe()["location"],
        )  # fmt: skip

    @cached_property
    def openai(self) -> OpenAIVideoService:
        from vidctl.services.openai_video_service import OpenAIVideoService, connect

        videos = connect(self.settings.openai_url, self.settings.openai_key, self.settings.server_timeout)
        self._opened.callback(videos.close)
        return OpenAIVideoService(videos)

    @cached_property
    def doctor(self) -> Doctor:
        from vidctl.services.doctor import Doctor

        return Doctor(self.settings, lambda: self.store, lambda: self.comfyui)

    @cached_property
    def schemas(self) -> SchemaService:
        from vidctl.services.schema_service import SchemaService

        return SchemaService()

    # what the services stand on

    @cached_property
    def _subjects(self) -> Subjects:
        from vidctl.services.subjects import Subjects

        return Subjects(self._projects, self.references, self._films, self.gallery)

    @cached_property
    def _wishes(self) -> WishReader:
        from vidctl.gateways.wildcards import WildcardFolder
        from vidctl.services.wishes import WishReader

        return WishReader(self._characters, self._templates, WildcardFolder(Path(self.settings.wildcards)))

    @cached_property
    def _backends(self) -> Backends:
        from vidctl.services.backends import Backends

        backends = Backends(
            self._animatic, timeout=self.settings.server_timeout, patience=self.settings.server_patience
        )
        self._opened.callback(backends.close)
        return backends

    @cached_property
    def _destinations(self) -> Destinations:
        from vidctl.services.destinations import Destinations

        return Destinations(self._servers, self.references, self.comfyui, self._backends, self.model_config)

    @cached_property
    def _render_runs(self) -> RenderRuns:
        from vidctl.services.render_runs import RenderRuns

        return RenderRuns(self._queue, self._batches, self._worker)

    @cached_property
    def _batch_reader(self) -> BatchReader:
        from vidctl.services.batch_reader import BatchReader

        return BatchReader(self._batches, self._queue)

    def _animatic(self) -> RenderBackend:
        from vidctl.gateways.animatic import AnimaticBackend

        return AnimaticBackend(Path(self.settings.assets) / "incoming", self.gallery.still_path)

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.settings.lease_seconds)

    def _worker(self) -> Worker:
        from vidctl.services.attendance import Attendance
        from vidctl.services.rendering import Rendering
        from vidctl.services.worker import Worker

        return Worker(
            self._queue,
            self._servers,
            self._backends,
            Rendering(self._queue, self.gallery, self._asset_store),
            Attendance(self._workers, self._lease),
            lease=self._lease,
            patience=self.settings.server_patience,
        )


def _draw_seed() -> int:
    from vidctl.services.recipes import SEED_BITS

    return secrets.randbits(SEED_BITS)
