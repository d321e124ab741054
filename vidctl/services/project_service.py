"""Projects: create, list, show, update, delete."""

from __future__ import annotations

from fractions import Fraction

from vidctl.domain.frames import has_drop_frame, parse_rate
from vidctl.domain.limits import check_film_rate
from vidctl.domain.project import Project
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.project_dtos import (
    ProjectCreateDTO,
    ProjectListResponseDTO,
    ProjectResponseDTO,
    ProjectUpdateDTO,
    ProjectWithScenesDTO,
    SceneWithClipsDTO,
)
from vidctl.errors import InvalidInput
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.deletion import Deletion
from vidctl.services.editing import check_even, chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.film import FilmReader
from vidctl.services.layout import Layouts
from vidctl.services.orders import CREATED, NAME, UPDATED, Orders, holding, in_order
from vidctl.services.paging import page_of
from vidctl.services.rates import hold_for_new_rate
from vidctl.services.references import References

_SHOWN = set(ProjectResponseDTO.model_fields) & set(Project.model_fields)
_ORDERS = Orders("films", "-created", {"created": CREATED, "updated": UPDATED, "name": NAME})


class ProjectService:
    """What one can do with projects. Projects are named as `References` reads them."""

    def __init__(
        self,
        projects: ProjectRepository,
        references: References,
        films: FilmReader,
        editor: Editor,
        layouts: Layouts,
        deletion: Deletion,
    ) -> None:
        self._projects = projects
        self._references = references
        self._films = films
        self._editor = editor
        self._layouts = layouts
        self._deletion = deletion

    def create_project(self, request: ProjectCreateDTO) -> ProjectResponseDTO:
        """Raises DuplicateName if another project has the slug."""
        check_even(request.width, request.height)
        rate = check_film_rate(parse_rate(request.fps))
        _check_drop_frame(request.drop_frame, rate)
        values = request.model_dump(exclude={"slug", "fps"})
        project = Project(**values, slug=chosen_slug(request.slug, request.name), fps=str(rate))
        return self.respond(self._projects.create(project))

    def list_projects(
        self, *, text: str | None = None, sort: str | None = None, after: str | None = None, limit: int | None = None
    ) -> ProjectListResponseDTO:
        """Those that hold a text in their name, short name or description; a page of them."""
        order = _ORDERS.read(sort)
        found = self._projects.list_projects()
        fitting = [each for each in found if holding(text, each.name, each.slug, each.description)]
        items = [self.respond(project) for project in in_order(fitting, order)]
        return ProjectListResponseDTO(**page_of(items, after, limit))

    def get_project(self, reference: str | None = None) -> ProjectResponseDTO:
        """One project; the current one without a name."""
        return self.respond(self._references.project(reference))

    def get_project_with_scenes(self, reference: str | None = None) -> ProjectWithScenesDTO:
        """A project with all its scenes and clips."""
        project = self._references.project(reference)
        film = self._films.load(project)
        scenes = [
            SceneWithClipsDTO(
                **film.scene_response(scene).model_dump(),
                clips=[film.clip_response(clip) for clip in film.clips.get(scene.id, ())],
            )
            for scene in film.scenes
        ]
        return ProjectWithScenesDTO(**self.respond(project).model_dump(), scenes=scenes)

    def update_project(self, reference: str | None, request: ProjectUpdateDTO) -> ProjectResponseDTO:
        """Change what was given. Raises Conflict for a new rate while clips are measured in the old one."""
        named = self._references.project(reference)
        changes = request.given()
        if "fps" in changes:
            changes["fps"] = str(check_film_rate(parse_rate(changes["fps"])))

        def build() -> tuple[Draft, Project]:
            project = self._projects.find_by_id(named.id)
            changed = {**project.model_dump(include={"width", "height", "fps", "drop_frame"}), **changes}
            _check_drop_frame(changed["drop_frame"], parse_rate(changed["fps"]))
            check_even(changed["width"], changed["height"])
            draft = Draft("project update", project.id, project.name)
            if changed["fps"] != project.fps:
                hold_for_new_rate(draft, self._layouts, project)
            return draft, draft.change(self._projects, project, merge_settings(project, changes))

        return self.respond(self._editor.attempt(build))

    def delete_project(self, reference: str) -> DeletedDTO:
        """Into the trash, with everything in it."""
        return self._deletion.delete_project(self._references.project(reference))

    def describe_deletion(self, reference: str) -> str:
        """What delete_project would take away."""
        return self._deletion.extent_of_project(self._references.project(reference))

    def respond(self, project: Project) -> ProjectResponseDTO:
        """A project for people."""
        return ProjectResponseDTO(
            **project.model_dump(include=_SHOWN),
            music_file=project.music_name or None,
            lyric_lines=len(project.lyrics),
            is_current=self._references.is_current(project),
        )


def _check_drop_frame(drops: bool, rate: Fraction) -> None:
    if drops and not has_drop_frame(rate):
        raise InvalidInput(
            f"there is no drop-frame timecode at {float(rate):g} fps",
            cause="it belongs to 29.97 and 59.94",
            fix="use --no-drop-frame",
        )
