"""Deleting with everything that belongs to it: children first, parent last.

Killed half-way, the parent is still there, so the same delete finishes the work when it is run again. Files stay in the
asset folder until `media tidy`: another take may hold the same content, and a check and a delete are not one step.
"""

from __future__ import annotations

from collections import Counter

from vidctl.domain.clip import Clip
from vidctl.domain.job import OPEN, JobStatus
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.dtos.base import DeletedDTO
from vidctl.errors import IllegalTransition, NotFound
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository


class Deletion:
    """Deletes films, scenes and clips."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        jobs: QueueRepository,
        characters: CharacterRepository,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._clips = clips
        self._takes = takes
        self._jobs = jobs
        self._characters = characters

    def delete_project(self, project: Project) -> DeletedDTO:
        """A project with its scenes, clips, takes, jobs and characters."""
        deleted: Counter[str] = Counter()
        for scene in self._scenes.list_by_project(project.id):
            deleted += self._scene(scene)
        for clip in self._clips.find_many({"project_id": project.id}):  # left by a delete that was killed
            deleted += self._clip(clip)
        deleted["takes"] += self._takes.delete_many({"project_id": project.id})
        deleted["jobs"] += self._jobs.delete_many({"project_id": project.id, "status": {"$ne": JobStatus.RUNNING}})
        deleted["characters"] = self._characters.delete_many({"project_id": project.id})
        deleted["projects"] += self._projects.delete_by_id(project.id)
        return _result(project, deleted)

    def delete_scene(self, scene: Scene) -> DeletedDTO:
        """A scene with its clips, their takes and jobs."""
        return _result(scene, self._scene(scene))

    def delete_clip(self, clip: Clip) -> DeletedDTO:
        """A clip with its takes and jobs."""
        return _result(clip, self._clip(clip))

    def extent(self, *, project: Project | None = None, scene: Scene | None = None, clip: Clip | None = None) -> str:
        """What a delete would take, in words for the question that is asked before it."""
        if clip is not None:
            return _counted(1, "clip") + f" with {_counted(len(self._takes.list_by_clip(clip.id)), 'take')}"
        if scene is not None:
            return _counted(1, "scene") + f" with {_counted(len(self._clips.list_by_scene(scene.id)), 'clip')}"
        assert project is not None
        clips = self._clips.list_by_project(project.id)
        scenes = self._scenes.list_by_project(project.id)
        takes = sum(sum(c.values()) for c in self._takes.count_by_clip(project.id).values())
        inner = f"{_counted(len(scenes), 'scene')}, {_counted(sum(map(len, clips.values())), 'clip')}"
        return f"{_counted(1, 'project')} with {inner} and {_counted(takes, 'take')}"

    def _scene(self, scene: Scene) -> Counter[str]:
        deleted: Counter[str] = Counter()
        for clip in self._clips.list_by_scene(scene.id):
            deleted += self._clip(clip)
        deleted["scenes"] += self._scenes.delete_by_id(scene.id)
        return deleted

    def _clip(self, clip: Clip) -> Counter[str]:
        deleted: Counter[str] = Counter()
        for job in self._jobs.find_many({"clip_id": clip.id, "status": {"$in": sorted(OPEN)}}):
            self._cancel(job.id)
        deleted["takes"] = self._takes.delete_many({"clip_id": clip.id})
        # a running job stays: its worker sees the request, stops the render and finds the clip gone
        deleted["jobs"] = self._jobs.delete_many({"clip_id": clip.id, "status": {"$ne": JobStatus.RUNNING}})
        deleted["clips"] = int(self._clips.delete_by_id(clip.id))
        # a render that ended in between has added its take to a clip that was still there
        deleted["takes"] += self._takes.delete_many({"clip_id": clip.id})
        return deleted

    def _cancel(self, job_id: str) -> None:
        try:
            self._jobs.cancel(job_id)
        except (IllegalTransition, NotFound):
            return  # it ended by itself in the meantime, which is as good


def _result(document: Project | Scene | Clip, deleted: Counter[str]) -> DeletedDTO:
    return DeletedDTO(id=document.id, name=document.name, deleted={k: v for k, v in deleted.items() if v})


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
