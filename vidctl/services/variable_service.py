"""Variables for prompts: those of a film, {mood}, and of a scene, {scene.mood}."""

from __future__ import annotations

from collections.abc import Mapping

from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.variable_faults import variable_faults
from vidctl.dtos.variable_dtos import VariablesDTO, VariablesUpdateDTO
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.references import References, unknown

#: Those of a film, and of its scenes by slug.
_Variables = tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]


class VariableService:
    """What one can do with variables. Setting raises InvalidInput for what could not be expanded then: a name that the
    film fills in by itself, markup that cannot be read, a name of nothing, a circle; NotFound for taking away what is
    not there."""

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
        project_id = self._references.project(reference).id

        def build() -> tuple[Draft, Project]:
            project = self._projects.find_by_id(project_id)
            of_scenes = self._of_scenes(project)
            variables = _merged(project.variables, request.variables, project.slug)
            _refuse_new_faults((project.variables, of_scenes), (variables, of_scenes))
            draft = Draft("project vars", project.id, project.name)
            return draft, draft.change(self._projects, project, {"variables": variables})

        return _project_variables(self._editor.attempt(build))

    def set_of_scene(self, reference: str, request: VariablesUpdateDTO) -> VariablesDTO:
        """Change those of a scene."""
        found = self._references.scene(reference)

        def build() -> tuple[Draft, tuple[Project, Scene]]:
            draft = Draft("scene vars", found.project_id, found.name)
            # written, too: who changes variables of the film or another scene meanwhile must see these
            project = draft.adjust(self._projects, self._projects.find_by_id(found.project_id))
            scene, of_scenes = self._scenes.find_by_id(found.id), self._of_scenes(project)
            variables = _merged(scene.variables, request.variables, scene.slug)
            changed = {**of_scenes, scene.slug: variables}
            _refuse_new_faults((project.variables, of_scenes), (project.variables, changed))
            return draft, (project, draft.change(self._scenes, scene, {"variables": variables}))

        return _scene_variables(*self._editor.attempt(build))

    def _of_scenes(self, project: Project) -> dict[str, Mapping[str, str]]:
        return {scene.slug: scene.variables for scene in self._scenes.list_by_project(project.id)}


def _refuse_new_faults(before: _Variables, after: _Variables) -> None:
    """Raises InvalidInput for what a change makes wrong; what was wrong already is for another change to mend."""
    known = {fault.told for fault in variable_faults(*before)}
    for fault in variable_faults(*after):
        if fault.told not in known:
            raise fault.error


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
