"""Scenes: create, list, show, update, delete."""

from __future__ import annotations

from vidctl.domain.frames import parse_time
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO, SceneListResponseDTO, SceneResponseDTO, SceneUpdateDTO
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.deletion import Deletion
from vidctl.services.editing import apply_changes, chosen_slug
from vidctl.services.film import FilmReader
from vidctl.services.references import References


class SceneService:
    """What one can do with scenes."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        references: References,
        films: FilmReader,
        deletion: Deletion,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._references = references
        self._films = films
        self._deletion = deletion

    def create_scene(self, project: str | None, request: SceneCreateDTO) -> SceneResponseDTO:
        """At the end of the film, unless an order is given. Raises DuplicateName."""
        owner = self._references.project(project)
        order = self._next_order(owner) if request.order is None else request.order
        scene = Scene(
            **request.model_dump(exclude={"slug", "order", "start"}),
            project_id=owner.id,
            slug=chosen_slug(request.slug, request.name),
            order=order,
            start=_start_frame(owner, request.start),
        )
        return self._respond(owner, self._scenes.create(scene))

    def list_scenes(self, project: str | None) -> SceneListResponseDTO:
        """In the film's order."""
        film = self._films.load(self._references.project(project))
        items = [film.scene_response(scene) for scene in film.scenes]
        return SceneListResponseDTO(items=items, total=len(items))

    def get_scene(self, reference: str) -> SceneResponseDTO:
        """One scene."""
        scene = self._references.scene(reference)
        return self._respond(self._projects.find_by_id(scene.project_id), scene)

    def update_scene(self, reference: str, request: SceneUpdateDTO) -> SceneResponseDTO:
        """Change what was given."""
        scene = self._references.scene(reference)
        project = self._projects.find_by_id(scene.project_id)
        changes = request.given()
        if "start" in changes:
            changes["start"] = _start_frame(project, changes["start"])
        return self._respond(project, apply_changes(self._scenes, scene, changes))

    def delete_scene(self, reference: str) -> DeletedDTO:
        """With its clips and their takes."""
        return self._deletion.delete_scene(self._references.scene(reference))

    def describe_deletion(self, reference: str) -> str:
        """What delete_scene would take away."""
        return self._deletion.extent(scene=self._references.scene(reference))

    def _next_order(self, project: Project) -> int:
        last = self._scenes.find_many({"project_id": project.id}, sort=(("order", -1),), limit=1)
        return last[0].order + 1 if last else 0

    def _respond(self, project: Project, scene: Scene) -> SceneResponseDTO:
        return self._films.load(project).scene_response(scene)


def _start_frame(project: Project, text: str | None) -> int | None:
    return parse_time(text, project.rate) if text else None
