"""What is done with whole scenes: duplicate, make an alternate, promote one. Their clips go along."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.clip_order import wrong_orders
from vidctl.domain.document import Document
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.dtos.scene_dtos import SceneResponseDTO
from vidctl.errors import Conflict, Locked
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.copies import copy_of_clip, copy_of_take, free_name
from vidctl.services.editor import Draft, Editor
from vidctl.services.film import FilmReader
from vidctl.services.references import References

_NOT_COPIED = {*Document.model_fields, "start", "original_id", "alternate_number"}


class SceneArranger:
    """What one can do with whole scenes."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        references: References,
        films: FilmReader,
        editor: Editor,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._clips = clips
        self._takes = takes
        self._references = references
        self._films = films
        self._editor = editor

    def duplicate(self, reference: str, *, name: str | None, with_takes: bool) -> SceneResponseDTO:
        """A copy with copies of its clips, at the end of the film."""
        scene, project = self._find(reference)

        def build() -> tuple[Draft, Scene]:
            draft = Draft("scene duplicate", project.id, scene.name)
            source, others = self._held(draft, scene)
            called, slug = free_name(name or f"{source.name} copy", {each.slug for each in others})
            order = 1 + max((each.order for each in others), default=-1)
            copy = Scene(**{**source.model_dump(exclude=_NOT_COPIED), "name": called, "slug": slug, "order": order})
            return draft, self._copy(draft, source, copy, with_takes=with_takes)

        return self._respond(project, self._editor.attempt(build))

    def make_alternate(self, reference: str, name: str | None) -> SceneResponseDTO:
        """A variant of a scene with copies of its clips, without takes, beside the film."""
        scene, project = self._find(reference)

        def build() -> tuple[Draft, Scene]:
            draft = Draft("scene alternate", project.id, scene.name)
            source, others = self._held(draft, scene)
            original = next((each for each in others if each.id == source.original_id), source)
            number = 1 + max(each.alternate_number for each in _family(original, others))
            called, slug = free_name(name or f"{original.name} A{number}", {each.slug for each in others})
            copy = Scene(
                **{**source.model_dump(exclude=_NOT_COPIED), "name": called, "slug": slug, "order": original.order},
                original_id=original.id,
                alternate_number=number,
            )
            return draft, self._copy(draft, source, copy, with_takes=False)

        return self._respond(project, self._editor.attempt(build))

    def promote(self, reference: str) -> SceneResponseDTO:
        """An alternate takes its original's place and name in the film; that one becomes an alternate in its stead.
        Raises Conflict for a scene that is no alternate."""
        scene, project = self._find(reference)

        def build() -> tuple[Draft, Scene]:
            draft = Draft("scene promote", project.id, scene.name)
            chosen = self._scenes.find_by_id(scene.id)
            if chosen.original_id is None:
                raise Conflict(f"{chosen.slug} is no alternate", fix="vidctl scene alternate SCENE makes one")
            original = self._scenes.find_by_id(chosen.original_id)
            self._refuse_locked(original)
            return draft, self._swap(draft, original, chosen)

        return self._respond(project, self._editor.attempt(build))

    def _refuse_locked(self, scene: Scene) -> None:
        """A clip that is locked stays in the film."""
        locked = self._clips.find_one({"scene_id": scene.id, "locked": True})
        if locked is not None:
            raise Locked(
                f"the clip {locked.name} is locked and would leave the film",
                fix=f"vidctl clip unlock {scene.slug}/{locked.slug}",
                clip_id=locked.id,
            )

    def _find(self, reference: str) -> tuple[Scene, Project]:
        scene = self._references.scene(reference)
        return scene, self._projects.find_by_id(scene.project_id)

    def _held(self, draft: Draft, scene: Scene) -> tuple[Scene, list[Scene]]:
        """A scene and all those of its film, as they are now. The film and the scene's family are written, too: whoever
        deletes them, adds a scene or puts clips into this one meanwhile must see the copy."""
        draft.adjust(self._projects, self._projects.find_by_id(scene.project_id))
        source = draft.adjust(self._scenes, self._scenes.find_by_id(scene.id))
        if source.original_id is not None:
            draft.adjust(self._scenes, self._scenes.find_by_id(source.original_id))
        return source, self._scenes.list_by_project(scene.project_id)

    def _copy(self, draft: Draft, scene: Scene, copy: Scene, *, with_takes: bool) -> Scene:
        """Write a copy with copies of the scene's clips. Alternates among them are alternates of the copies."""
        draft.create(self._scenes, copy)
        fresh: dict[str, Clip] = {}
        clips = self._clips.list_by_scene(scene.id)
        orders = wrong_orders(clips)
        for clip in sorted(clips, key=lambda each: each.is_alternate):
            draft.adjust(self._clips, clip)  # a copy must not show what is taken out of the clip meanwhile
            original = fresh.get(clip.original_id or "")
            mine = copy_of_clip(
                clip,
                scene_id=copy.id,
                order=orders.get(clip.id, clip.order),
                original_id=original.id if original else None,
                alternate_number=clip.alternate_number if original else 0,
            )
            fresh[clip.id] = self._with_takes(draft, clip, mine) if with_takes else mine
            draft.create(self._clips, fresh[clip.id])
        return copy

    def _with_takes(self, draft: Draft, clip: Clip, copy: Clip) -> Clip:
        chosen: dict[str, str] = {}
        for take in self._takes.list_by_clip(clip.id):
            mine = draft.create(self._takes, copy_of_take(take, copy))
            if clip.selected(take.kind) == take.id:
                chosen[selection_field(take.kind)] = mine.id
        return copy.model_copy(update=chosen)

    def _swap(self, draft: Draft, original: Scene, chosen: Scene) -> Scene:
        # two scenes of a film never have the same slug, not even for a moment
        draft.change(self._scenes, original, {"slug": f"{original.slug[:60]}-{chosen.id[:8]}"})
        place = original.model_dump(include={"name", "slug", "order", "start"})
        promoted = draft.change(self._scenes, chosen, {**place, "original_id": None, "alternate_number": 0})
        for sibling in self._scenes.find_many({"original_id": original.id}):
            if sibling.id != chosen.id:
                draft.change(self._scenes, sibling, {"original_id": promoted.id})
        left = {"name": chosen.name, "slug": chosen.slug, "start": None, "original_id": promoted.id}
        draft.change(self._scenes, original, {**left, "alternate_number": chosen.alternate_number})
        return promoted

    def _respond(self, project: Project, scene: Scene) -> SceneResponseDTO:
        return self._films.load_scenes(project).scene_response(scene)


def _family(original: Scene, scenes: Sequence[Scene]) -> list[Scene]:
    return [original, *(scene for scene in scenes if scene.original_id == original.id)]
