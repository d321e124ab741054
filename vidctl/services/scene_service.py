"""Scenes: create, list, show, update, reorder, delete."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO, SceneListResponseDTO, SceneResponseDTO, SceneUpdateDTO
from vidctl.errors import InvalidInput, NotFound
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.clip_times import frames_of_position
from vidctl.services.deletion import Deletion
from vidctl.services.editing import chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.film import FilmReader
from vidctl.services.orders import CREATED, NAME, UPDATED, Orders, holding, in_order
from vidctl.services.paging import page_of
from vidctl.services.references import References

#: The film's order is that in which its scenes come.
_ORDERS = Orders("scenes", "time", {"time": (), "name": NAME, "created": CREATED, "updated": UPDATED})


class SceneService:
    """What one can do with scenes."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        references: References,
        films: FilmReader,
        editor: Editor,
        deletion: Deletion,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._references = references
        self._films = films
        self._editor = editor
        self._deletion = deletion

    def create_scene(self, project: str | None, request: SceneCreateDTO) -> SceneResponseDTO:
        """At the end of the film, unless a place is given. Raises DuplicateName."""
        owner = self._references.project(project)
        if sum(place is not None for place in (request.order, request.before, request.after)) > 1:
            raise InvalidInput("a scene can have one place only", fix="use one of --order, --before and --after")
        neighbour = self._neighbour(owner, request.before or request.after)

        def build() -> tuple[Draft, Scene]:
            draft = Draft("scene create", owner.id, request.name)
            # whoever deletes the film or adds another scene meanwhile must see this one
            draft.adjust(self._projects, self._projects.find_by_id(owner.id))
            others = self._originals(owner)
            scene = Scene(
                **request.model_dump(exclude={"slug", "order", "start", "before", "after"}),
                project_id=owner.id,
                slug=chosen_slug(request.slug, request.name),
                order=max((each.order for each in others), default=-1) + 1 if request.order is None else request.order,
                start=_start_frame(owner, request.start),
            )
            if neighbour is not None:
                at = _place_of(neighbour, others) + (0 if request.before else 1)
                scene = self._put_in_order(draft, [*others[:at], scene, *others[at:]], new=scene)
            return draft, draft.create(self._scenes, scene)

        return self._respond(owner, self._editor.attempt(build))

    def list_scenes(
        self,
        project: str | None,
        *,
        tags: Sequence[str] = (),
        text: str | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> SceneListResponseDTO:
        """Those with any of the tags, if some are given, that hold a text in their name, words or lyrics; a page of
        them. In order of time alternates stand behind their originals."""
        order = _ORDERS.read(sort)
        items = self._films.load_scenes(self._references.project(project)).scene_responses()
        wanted = {tag.lower() for tag in tags}
        found = [
            scene
            for scene in items
            if (not wanted or wanted & set(scene.tags))
            and holding(text, scene.name, scene.slug, scene.description, scene.lyrics, scene.notes)
        ]
        return SceneListResponseDTO(**page_of(in_order(found, order), after, limit))

    def get_scene(self, reference: str) -> SceneResponseDTO:
        """One scene."""
        scene = self._references.scene(reference)
        return self._respond(self._projects.find_by_id(scene.project_id), scene)

    def update_scene(self, reference: str, request: SceneUpdateDTO) -> SceneResponseDTO:
        """Change what was given; settings are merged."""
        scene = self._references.scene(reference)
        project = self._projects.find_by_id(scene.project_id)
        given = request.given()
        if "start" in given:
            given["start"] = _start_frame(project, given["start"])
        changed = self._editor.change("scene update", self._scenes, scene.id, lambda now: merge_settings(now, given))
        return self._respond(project, changed)

    def move_scene(self, reference: str, *, before: str | None, after: str | None) -> SceneListResponseDTO:
        """To another place in the film's order. Raises InvalidInput."""
        scene = self._references.scene(reference)
        project = self._projects.find_by_id(scene.project_id)
        neighbour = self._neighbour(project, before or after)
        if neighbour is None or (before and after):
            raise InvalidInput("say where the scene goes", fix="use either --before SCENE or --after SCENE")
        moved = _head(scene)
        if _head(neighbour) == moved:
            raise InvalidInput(f"{scene.slug} cannot stand beside itself")
        others = [each for each in self._originals(project) if each.id != moved]
        at = _place_of(neighbour, others) + (0 if before else 1)
        ids = [each.id for each in others]
        return self._reorder(project, [*ids[:at], moved, *ids[at:]])

    def reorder_scenes(self, project: str | None, references: Sequence[str]) -> SceneListResponseDTO:
        """These scenes first, in this order; the others keep theirs behind them. Raises InvalidInput for one that is
        named twice."""
        owner = self._references.project(project)
        named = [self._references.scene_of(owner, text).id for text in references]
        if len(set(named)) < len(named):
            raise InvalidInput("a scene is named twice", fix="name each scene once")
        rest = [each.id for each in self._originals(owner) if each.id not in named]
        return self._reorder(owner, [*named, *rest])

    def delete_scene(self, reference: str) -> DeletedDTO:
        """Into the trash, with its clips and their takes."""
        return self._deletion.delete_scene(self._references.scene(reference))

    def describe_deletion(self, reference: str) -> str:
        """What delete_scene would take away."""
        return self._deletion.extent_of_scene(self._references.scene(reference))

    def _originals(self, project: Project) -> list[Scene]:
        return [scene for scene in self._scenes.list_by_project(project.id) if not scene.is_alternate]

    def _neighbour(self, project: Project, text: str | None) -> Scene | None:
        return None if text is None else self._references.scene_of(project, text)

    def _reorder(self, project: Project, ids: Sequence[str]) -> SceneListResponseDTO:
        def build() -> tuple[Draft, None]:
            draft = Draft("scene reorder", project.id, project.slug)
            found = {scene.id: scene for scene in self._originals(project)}
            ordered = [found.pop(scene_id) for scene_id in ids if scene_id in found]
            self._put_in_order(draft, [*ordered, *found.values()])
            return draft, None

        self._editor.attempt(build)
        return self.list_scenes(project.id)

    def _put_in_order(self, draft: Draft, scenes: Sequence[Scene], new: Scene | None = None) -> Scene:
        """Number the scenes from 0; the new one among them, which is not stored yet, or the last."""
        placed = scenes[-1]
        for order, scene in enumerate(scenes):
            if new is not None and scene.id == new.id:
                placed = scene.model_copy(update={"order": order})
            else:
                draft.change(self._scenes, scene, {"order": order})
        return placed

    def _respond(self, project: Project, scene: Scene) -> SceneResponseDTO:
        return self._films.load_scenes(project).scene_response(scene)


def _head(scene: Scene) -> str:
    """The scene that stands in the film: an alternate stands for its original."""
    return scene.original_id or scene.id


def _place_of(neighbour: Scene, scenes: Sequence[Scene]) -> int:
    places = {scene.id: place for place, scene in enumerate(scenes)}
    if _head(neighbour) not in places:
        raise NotFound(f"{neighbour.slug} is not in the film any more", fix="vidctl scene list shows what is")
    return places[_head(neighbour)]


def _start_frame(project: Project, text: str | None) -> int | None:
    return frames_of_position(text, project.rate) if text else None
