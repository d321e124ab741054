"""A plan becomes one draft: all of it is written, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.manifest_plan import Mark, Plan, Step
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.editor import Draft


@dataclass(frozen=True)
class FilmRepositories:
    """Where the documents of films are."""

    projects: ProjectRepository
    scenes: SceneRepository
    clips: ClipRepository
    takes: TakeRepository
    characters: CharacterRepository
    templates: TemplateRepository

    def of(self, document: object) -> BaseRepository[Any]:
        """Where such a document belongs."""
        kinds: dict[type, BaseRepository[Any]] = {
            Project: self.projects,
            Scene: self.scenes,
            Clip: self.clips,
            Character: self.characters,
            StyleTemplate: self.templates,
        }
        return kinds[type(document)]


def draft_of(plan: Plan, repositories: FilmRepositories, action: str = "project apply") -> Draft:
    """Everything that is to be written. The project is always written with it, so that of two who apply manifests at
    the same time only one succeeds. What is deleted goes into the trash with its takes."""
    draft = Draft(action, plan.project.id, plan.project.slug)
    for step in plan.todo:
        _write(draft, step, repositories)
    for tie in plan.ties:  # whoever deletes one of them meanwhile must see these clips
        draft.adjust(repositories.of(tie), tie)
    for clip, order in plan.orders:
        draft.adjust(repositories.clips, clip, order=order)
    for scene, length in plan.lengths:
        draft.adjust(repositories.scenes, scene, length=length)
    if not plan.is_new:
        draft.adjust(repositories.projects, plan.project)
    return draft


def _write(draft: Draft, step: Step, repositories: FilmRepositories) -> None:
    repository = repositories.of(step.document)
    if step.mark is Mark.CREATE:
        draft.create(repository, step.document)
    elif step.mark is Mark.CHANGE:
        draft.change(repository, step.document, step.changes)
    else:
        for take in _takes(step.document, repositories.takes):
            draft.delete(repositories.takes, take)
        draft.delete(repository, step.document)


def _takes(document: object, takes: TakeRepository) -> list[Take]:
    if isinstance(document, Clip):
        return takes.list_by_clip(document.id)
    return takes.find_many({"character_id": document.id}) if isinstance(document, Character) else []
