"""The services that hold a film: each is built on first use."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vidctl.app.foundation import Foundation

if TYPE_CHECKING:
    from vidctl.services.character_references import CharacterReferences
    from vidctl.services.character_service import CharacterService
    from vidctl.services.clip_arranger import ClipArranger
    from vidctl.services.clip_places import ClipPlaces
    from vidctl.services.clip_service import ClipService
    from vidctl.services.clip_views import ClipViews
    from vidctl.services.deletion import Deletion
    from vidctl.services.editor import Editor
    from vidctl.services.film import FilmReader
    from vidctl.services.gallery_manager import GalleryManager
    from vidctl.services.history_service import HistoryService
    from vidctl.services.layout import Layouts
    from vidctl.services.project_service import ProjectService
    from vidctl.services.references import References
    from vidctl.services.scene_arranger import SceneArranger
    from vidctl.services.scene_service import SceneService
    from vidctl.services.selection import Selection
    from vidctl.services.snapping import Snapping
    from vidctl.services.take_reader import TakeReader
    from vidctl.services.take_service import TakeService
    from vidctl.services.template_exchange import TemplateExchange
    from vidctl.services.template_service import TemplateService
    from vidctl.services.template_shelf import TemplateShelf
    from vidctl.services.timeline_edit_service import TimelineEditService
    from vidctl.services.timeline_service import TimelineService
    from vidctl.services.variable_service import VariableService


class FilmServices(Foundation):
    """What one can do with films, from the project down to the take."""

    @cached_property
    def projects(self) -> ProjectService:
        from vidctl.services.project_service import ProjectService

        return ProjectService(self._projects, self.references, self._films, self._editor, self._layouts, self._deletion)

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
            self._clip_places,
            self._deletion,
        )

    @cached_property
    def timeline(self) -> TimelineService:
        from vidctl.services.timeline_service import TimelineService

        return TimelineService(self._projects, self.references, self._films)

    @cached_property
    def timeline_edits(self) -> TimelineEditService:
        from vidctl.services.timeline_edit_service import TimelineEditService

        return TimelineEditService(self._projects, self.references, self._films, self._editor, self._layouts)

    @cached_property
    def clip_arranger(self) -> ClipArranger:
        from vidctl.services.clip_arranger import ClipArranger

        return ClipArranger(
            self._clips, self._takes, self._queue, self.references, self._clip_views, self._editor, self._layouts
        )

    @cached_property
    def scene_arranger(self) -> SceneArranger:
        from vidctl.services.scene_arranger import SceneArranger

        return SceneArranger(
            self._projects, self._scenes, self._clips, self._takes, self.references, self._films, self._editor
        )

    @cached_property
    def characters(self) -> CharacterService:
        from vidctl.services.character_service import CharacterService

        return CharacterService(
            self._projects,
            self._characters,
            self._clips,
            self.references,
            self._clip_views,
            self._editor,
            self._deletion,
        )

    @cached_property
    def templates(self) -> TemplateService:
        from vidctl.services.template_service import TemplateService

        return TemplateService(
            self._templates, self._clips, self._template_shelf, self.references, self._clip_views, self._editor
        )

    @cached_property
    def template_exchange(self) -> TemplateExchange:
        from vidctl.services.template_exchange import TemplateExchange

        return TemplateExchange(self._templates, self._template_shelf, self._editor)

    @cached_property
    def _template_shelf(self) -> TemplateShelf:
        from vidctl.services.template_shelf import TemplateShelf

        return TemplateShelf(self._templates, self.references, self._editor)

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
        from vidctl.services.clip_query import ClipQueries
        from vidctl.services.selection import Selection

        return Selection(self._films, self._clips, ClipQueries(self._takes, self._characters, self._templates))

    @cached_property
    def _clip_views(self) -> ClipViews:
        from vidctl.services.clip_views import ClipViews

        return ClipViews(self._projects, self._films)

    @cached_property
    def history(self) -> HistoryService:
        from vidctl.services.history_service import HistoryService
        from vidctl.services.taking_back import Documents

        kept = (self._projects, self._scenes, self._clips, self._takes, self._characters, self._templates, self._pool)
        repositories = {repository.collection: repository for repository in kept}
        return HistoryService(
            self._change_sets,
            self._changes,
            self.references,
            self._editor,
            self._deletion,
            Documents(repositories, self._changes, self._queue, self._layouts),
        )

    @cached_property
    def variables(self) -> VariableService:
        from vidctl.services.variable_service import VariableService

        return VariableService(self._projects, self._scenes, self.references, self._editor)

    @cached_property
    def _editor(self) -> Editor:
        from vidctl.services.editor import Editor

        return Editor(self.store, self._change_sets, self._changes)

    @cached_property
    def _clip_places(self) -> ClipPlaces:
        from vidctl.services.clip_places import ClipPlaces

        return ClipPlaces(self._clips, self.references, self._editor, self._layouts, self._snapping)

    @cached_property
    def _snapping(self) -> Snapping:
        from vidctl.services.snapping import Snapping

        return Snapping(self._scenes)

    @cached_property
    def _layouts(self) -> Layouts:
        from vidctl.services.layout import Layouts

        return Layouts(self._projects, self._scenes, self._clips)

    @cached_property
    def _films(self) -> FilmReader:
        from vidctl.services.film import FilmReader

        return FilmReader(self._scenes, self._clips, self._takes, self._characters, self._templates)

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
    def character_references(self) -> CharacterReferences:
        from vidctl.gateways.media import examine
        from vidctl.services.character_references import CharacterReferences

        return CharacterReferences(
            self._characters,
            self._takes,
            self.references,
            self.gallery,
            self._assets,
            self._asset_store,
            self._editor,
            examine,
        )

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
