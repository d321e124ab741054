"""Variables for prompts: those of a film, {mood}, and of a scene, {scene.mood}."""

from __future__ import annotations

from collections.abc import Mapping

from vidctl.domain.project import Project
from vidctl.domain.prompt_values import check_project_variables, check_scene_variables
from vidctl.domain.scene import Scene
from vidctl.dtos.variable_dtos import VariablesDTO, VariablesUpdateDTO
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.editor import Editor
from vidctl.services.references import References, unknown


class VariableService:
    """What one can do with variables. Setting raises InvalidInput for a name that the film fills in by itself and for
    markup that could not be expanded, NotFound for taking away what is not there."""

    def __init__(
        self, projects: ProjectRepository, scenes: SceneRepository, references: References, editor: Editor
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._references = references
        self._editor = editor

    def of_project(self, reference: str | None) -> VariablesDTO:
        """Those of a project."""
        return _project_variables(self._references.project(reference))

    def of_scene(self, reference: str) -> VariablesDTO:
        """Those of a scene."""
        scene = self._references.scene(reference)
        return _scene_variables(self._projects.find_by_id(scene.project_id), scene)

    def set_of_project(self, reference: str | None, request: VariablesUpdateDTO) -> VariablesDTO:
        """Change those of a project."""

        def merge(project: Project) -> Mapping[str, Mapping[str, str]]:
            variables = _merged(project.variables, request.variables, project.slug)
            check_project_variables(variables)
            return {"variables": variables}

        project = self._references.project(reference)
        return _project_variables(self._editor.change("project vars", self._projects, project.id, merge))

    def set_of_scene(self, reference: str, request: VariablesUpdateDTO) -> VariablesDTO:
        """Change those of a scene."""
        scene = self._references.scene(reference)
        project = self._projects.find_by_id(scene.project_id)

        def merge(scene: Scene) -> Mapping[str, Mapping[str, str]]:
            variables = _merged(scene.variables, request.variables, scene.slug)
            check_scene_variables(variables, project.variables)
            return {"variables": variables}

        return _scene_variables(project, self._editor.change("scene vars", self._scenes, scene.id, merge))


def _merged(old: Mapping[str, str], new: Mapping[str, str], owner: str) -> dict[str, str]:
    for name, text in new.items():
        if not text and name not in old:
            raise unknown("variable", name, [*old], f"in {owner}")
    return {name: text for name, text in {**old, **new}.items() if text}


def _project_variables(project: Project) -> VariablesDTO:
    return VariablesDTO(path=project.slug, variables=project.variables)


def _scene_variables(project: Project, scene: Scene) -> VariablesDTO:
    prefixed = {f"scene.{name}": text for name, text in scene.variables.items()}
    return VariablesDTO(path=f"{project.slug}/{scene.slug}", variables=prefixed)
