"""The composition root: every object is built here, on first use, and everything opened is closed by one stack."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vidctl.app.foundation import Foundation
from vidctl.settings import Settings

if TYPE_CHECKING:
    from vidctl.gateways.render_backend import RenderBackend
    from vidctl.services.backends import Backends
    from vidctl.services.character_service import CharacterService
    from vidctl.services.clip_service import ClipService
    from vidctl.services.clip_views import ClipViews
    from vidctl.services.comfyui_service import ComfyUIService
    from vidctl.services.deletion import Deletion
    from vidctl.services.demo_service import DemoService
    from vidctl.services.destinations import Destinations
    from vidctl.services.doctor import Doctor
    from vidctl.services.editor import Editor
    from vidctl.services.export_service import ExportService
    from vidctl.services.film import FilmReader
    from vidctl.services.gallery_manager import GalleryManager
    from vidctl.services.generation_service import GenerationService
    from vidctl.services.history_service import HistoryService
    from vidctl.services.layout import Layouts
    from vidctl.services.media_service import MediaService
    from vidctl.services.openai_video_service import OpenAIVideoService
    from vidctl.services.project_service import ProjectService
    from vidctl.services.queue_manager import QueueManager
    from vidctl.services.references import References
    from vidctl.services.scene_service import SceneService
    from vidctl.services.selection import Selection
    from vidctl.services.take_moves import TakeMoves
    from vidctl.services.take_reader import TakeReader
    from vidctl.services.take_service import TakeService
    from vidctl.services.template_service import TemplateService
    from vidctl.services.worker import Worker


class App(Foundation):
    """Everything vidctl can do, as services. `draw_seed` may be replaced, so that renders can be repeated in tests."""

    def __init__(self, settings: Settings, *, draw_seed: Callable[[], int] | None = None) -> None:
        super().__init__(settings)
        self._draw_seed = draw_seed or _draw_seed

    # services

    @cached_property
    def projects(self) -> ProjectService:
        from vidctl.services.project_service import ProjectService

        return ProjectService(self._projects, self._clips, self.references, self._films, self._editor, self._deletion)

    @cached_property
    def scenes(self) -> SceneService:
        from vidctl.services.scene_service import SceneService

        return SceneService(self._projects, self._scenes, self.references, self._films, self._editor, self._deletion)

    @cached_property
    def clips(self) -> ClipService:
        from vidctl.services.clip_service import ClipService

        return ClipService(
            self._clips,
            self.references,
            self._selection,
            self._clip_views,
            self._editor,
            self._layouts,
            self._deletion,
        )

    @cached_property
    def characters(self) -> CharacterService:
        from vidctl.services.character_service import CharacterService

        return CharacterService(self._characters, self._clips, self.references, self.clips)

    @cached_property
    def templates(self) -> TemplateService:
        from vidctl.services.template_service import TemplateService

        return TemplateService(self._templates, self._clips, self.references, self.clips)

    @cached_property
    def gallery(self) -> GalleryManager:
        from vidctl.gateways.media import examine
        from vidctl.services.gallery_manager import GalleryManager

        return GalleryManager(
            self._asset_store,
            self._assets,
            self._takes,
            self._clips,
            self._characters,
            self.references,
            self._take_reader,
            examine,
        )

    @cached_property
    def takes(self) -> TakeService:
        from vidctl.services.take_service import TakeService

        return TakeService(self._takes, self._clips, self.references, self._take_reader, self._editor)

    @cached_property
    def take_moves(self) -> TakeMoves:
        from vidctl.services.take_moves import TakeMoves

        return TakeMoves(self._takes, self._clips, self.references, self.takes, self._take_reader, self._editor)

    @cached_property
    def media(self) -> MediaService:
        from vidctl.gateways.media import examine
        from vidctl.services.media_service import MediaService

        return MediaService(
            self._asset_store, self._assets, self._projects, self._takes, self.gallery, self.references, examine
        )

    @cached_property
    def comfyui(self) -> ComfyUIService:
        from vidctl.services.comfyui_service import ComfyUIService

        return ComfyUIService(self._servers, self._queue, self.references, self._backends)

    @cached_property
    def generation(self) -> GenerationService:
        from vidctl.gateways.wildcards import WildcardFolder
        from vidctl.services.generation_service import GenerationService
        from vidctl.services.subjects import Subjects
        from vidctl.services.wishes import WishReader

        return GenerationService(
            Subjects(self._projects, self.references, self._films, self.gallery),
            self._queue,
            self._destinations,
            WishReader(self._characters, self._templates, WildcardFolder(Path(self.settings.wildcards))),
            self._worker,
            self._draw_seed,
        )

    @cached_property
    def queue(self) -> QueueManager:
        from vidctl.services.queue_manager import QueueManager

        return QueueManager(self._queue, self._servers, self.references, self._backends, self._worker)

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
    def references(self) -> References:
        from vidctl.services.references import References

        return References(
            self._projects,
            self._scenes,
            self._clips,
            self._takes,
            self._servers,
            self._queue,
            self._characters,
            self._templates,
            self._selection,
            self.settings.project,
        )

    @cached_property
    def _selection(self) -> Selection:
        from vidctl.services.selection import Selection

        return Selection(self._films, self._clips, self._characters, self._templates)

    @cached_property
    def _clip_views(self) -> ClipViews:
        from vidctl.services.clip_views import ClipViews

        return ClipViews(self._projects, self._films)

    @cached_property
    def history(self) -> HistoryService:
        from vidctl.services.history_service import HistoryService

        kept = (self._projects, self._scenes, self._clips, self._takes, self._characters, self._templates, self._pool)
        return HistoryService(
            self._change_sets,
            self._changes,
            self.references,
            self._editor,
            self._layouts,
            {repository.collection: repository for repository in kept},
        )

    # what the services stand on

    @cached_property
    def _editor(self) -> Editor:
        from vidctl.services.editor import Editor

        return Editor(self.store, self._change_sets, self._changes)

    @cached_property
    def _layouts(self) -> Layouts:
        from vidctl.services.layout import Layouts

        return Layouts(self._projects, self._scenes, self._clips)

    @cached_property
    def _films(self) -> FilmReader:
        from vidctl.services.film import FilmReader

        return FilmReader(self._scenes, self._clips, self._takes)

    @cached_property
    def _take_reader(self) -> TakeReader:
        from vidctl.services.take_reader import TakeReader

        return TakeReader(
            self._asset_store,
            self._assets,
            self._takes,
            self._pool,
            self._projects,
            self._scenes,
            self._clips,
            self._characters,
        )

    @cached_property
    def _deletion(self) -> Deletion:
        from vidctl.services.deletion import Deletion

        return Deletion(
            self._projects,
            self._scenes,
            self._clips,
            self._takes,
            self._queue,
            self._characters,
            self._pool,
            self._editor,
            self._layouts,
        )

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

        return Destinations(self._servers, self.references, self.comfyui, self._backends)

    def _animatic(self) -> RenderBackend:
        from vidctl.gateways.animatic import AnimaticBackend

        return AnimaticBackend(Path(self.settings.assets) / "incoming", self.gallery.still_path)

    def _worker(self) -> Worker:
        from vidctl.services.rendering import Rendering
        from vidctl.services.worker import Worker

        return Worker(
            self._queue,
            self._servers,
            self._backends,
            Rendering(self._queue, self.gallery, self._asset_store),
            lease=timedelta(seconds=self.settings.lease_seconds),
            patience=self.settings.server_patience,
        )


def _draw_seed() -> int:
    from vidctl.services.recipes import SEED_BITS

    return secrets.randbits(SEED_BITS)
