"""Deleting moves things into the trash, with everything that belongs to them, in one step.

Jobs do not go there: open ones are cancelled, ended ones forgotten. Files stay in the asset folder: what lies in the
trash refers to them, until it is emptied and `media tidy` finds them unused.

What is deleted is read before what belongs to it, and is only deleted as it was read. Whoever adds to it writes it,
too: so nothing is left behind that came in between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.job import OPEN, JobStatus
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import span_of
from vidctl.domain.timeline_analysis import merged
from vidctl.dtos.base import DeletedDTO
from vidctl.errors import IllegalTransition, NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.pool_repository import PoolRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.layout import Layouts


class Deletion:
    """Deletes films, scenes, clips and characters."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        jobs: QueueRepository,
        characters: CharacterRepository,
        pool: PoolRepository,
        editor: Editor,
        layouts: Layouts,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._clips = clips
        self._takes = takes
        self._jobs = jobs
        self._characters = characters
        self._pool = pool
        self._editor = editor
        self._layouts = layouts

    def delete_project(self, project: Project) -> DeletedDTO:
        """A project with all that is in it. Raises Locked if one of its clips is."""

        def build() -> tuple[Draft, Draft]:
            draft = Draft("project delete", project.id, project.slug)
            outer = self._projects.find_by_id(project.id)
            outermost_first: tuple[BaseRepository[Any], ...] = (
                self._pool, self._characters, self._scenes, self._clips, self._takes
            )  # fmt: skip
            inner = [(repository, repository.find_many({"project_id": project.id})) for repository in outermost_first]
            for repository, documents in reversed(inner):
                for document in documents:
                    draft.delete(repository, document)
            draft.delete(self._projects, outer)
            return draft, draft

        return self._delete(project, {"project_id": project.id}, build)

    def delete_scene(self, scene: Scene) -> DeletedDTO:
        """A scene with its alternates, its clips and their takes. Raises Locked if one of the clips is."""

        def build() -> tuple[Draft, Draft]:
            draft = Draft("scene delete", scene.project_id, scene.slug)
            original = self._scenes.find_by_id(scene.id)
            for each in [original, *self._scenes.find_many({"original_id": scene.id})]:
                for clip in self._clips.list_by_scene(each.id):
                    self._take_along(draft, clip)
                    draft.delete(self._clips, clip)
                draft.delete(self._scenes, each)
            return draft, draft

        return self._delete(scene, None, build)

    def delete_clips(self, clips: Sequence[Clip], *, ripple: bool = False) -> DeletedDTO:
        """Clips with their alternates and takes. With `ripple` the holes that they leave are closed: what follows them
        in their scenes moves up. Raises Locked."""

        def build() -> tuple[Draft, Draft]:
            draft = Draft("clip delete", clips[0].project_id, ", ".join(clip.slug for clip in clips[:3]))
            by_scene: dict[str, list[str]] = defaultdict(list)
            for each in clips:
                by_scene[self._clips.find_by_id(each.id).scene_id].append(each.id)
            for scene_id, clip_ids in by_scene.items():
                layout = self._layouts.open(draft, scene_id)
                families = [layout.family(layout.clip(clip_id)) for clip_id in clip_ids]
                gone = list({clip.id: clip for family in families for clip in family}.values())
                for clip in gone:
                    self._take_along(draft, clip)
                    layout.remove(clip)
                if ripple:
                    layout.close(merged(span_of(clip) for clip in gone if not clip.is_alternate))
                layout.settle()
            return draft, draft

        return self._delete(clips[0], None, build)

    def delete_character(self, character: Character) -> DeletedDTO:
        """A character with the pictures of it, out of all clips. Raises Locked if one of those is."""

        def build() -> tuple[Draft, Draft]:
            draft = Draft("character delete", character.project_id, character.slug)
            found = self._characters.find_by_id(
                character.id
            )  # before the clips: who applies it meanwhile writes it, too
            for clip in self._clips.find_many(_shows(character)):
                others = [each for each in clip.character_ids if each != character.id]
                draft.change(self._clips, clip, {"character_ids": others})
            for take in self._takes.find_many({"character_id": character.id}):
                draft.delete(self._takes, take)
            draft.delete(self._characters, found)
            return draft, draft

        return self._delete(character, {"character_id": character.id}, build)

    def extent_of_clips(self, clips: Sequence[Clip]) -> str:
        """What deleting clips would take, in words for the question that is asked before it."""
        family = {clip.id for each in clips for clip in self._family(each)}
        takes = self._takes.count({"clip_id": {"$in": list(family)}})
        return f"{_counted(len(family), 'clip')} with {_counted(takes, 'take')}"

    def extent_of_scene(self, scene: Scene) -> str:
        """The same for a scene."""
        return f"{_counted(1, 'scene')} with {_counted(len(self._clips.list_by_scene(scene.id)), 'clip')}"

    def extent_of_character(self, character: Character) -> str:
        """The same for a character."""
        clips = self._clips.count(_shows(character))
        takes = self._takes.count({"character_id": character.id})
        return f"the character {character.name}, {_counted(takes, 'picture')} of it, in {_counted(clips, 'clip')}"

    def extent_of_project(self, project: Project) -> str:
        """The same for a project."""
        where = {"project_id": project.id}
        scenes, clips, takes = self._scenes.count(where), self._clips.count(where), self._takes.count(where)
        inner = f"{_counted(scenes, 'scene')}, {_counted(clips, 'clip')}"
        return f"{_counted(1, 'project')} with {inner} and {_counted(takes, 'take')}"

    def end_jobs(self, inside: Mapping[str, Any]) -> int:
        """Cancel the open jobs of what is deleted and forget the ended ones; how many are gone."""
        for job in self._jobs.find_many({**inside, "status": {"$in": sorted(OPEN)}}):
            self._cancel(job.id)
        # a running job stays: its worker sees the request, stops the render and finds its owner gone
        return self._jobs.delete_many({**inside, "status": {"$ne": JobStatus.RUNNING}})

    def _family(self, clip: Clip) -> list[Clip]:
        return [clip, *self._clips.find_many({"original_id": clip.id})]

    def _take_along(self, draft: Draft, clip: Clip) -> None:
        for take in self._takes.list_by_clip(clip.id):
            draft.delete(self._takes, take)

    def _delete(
        self,
        named: Project | Scene | Clip | Character,
        inside: Mapping[str, Any] | None,
        build: Callable[[], tuple[Draft, Draft]],
    ) -> DeletedDTO:
        """Write the draft; `inside` finds the jobs of what it deletes, None means those of its clips. Locks are looked
        at first."""
        planned, _ = build()
        forgotten = self.end_jobs(inside or {"clip_id": {"$in": planned.deleted_from(self._clips)}})
        draft = self._editor.attempt(build)
        deleted = Counter(change.collection for change in draft.kept if not change.after)
        deleted["jobs"] = forgotten
        kinds = {kind: n for kind, n in deleted.items() if n}
        return DeletedDTO(id=named.id, name=named.name, deleted=kinds, change=draft.set_id)

    def _cancel(self, job_id: str) -> None:
        try:
            self._jobs.cancel(job_id)
        except (IllegalTransition, NotFound):
            return  # it ended by itself in the meantime, which is as good


def _shows(character: Character) -> dict[str, Any]:
    """The clips that a character is in."""
    return {"project_id": character.project_id, "character_ids": {"$all": [character.id]}}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
