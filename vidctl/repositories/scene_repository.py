"""Scenes in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.scene import Scene
from vidctl.repositories.base_repository import BaseRepository


class SceneRepository(BaseRepository[Scene]):
    """A scene's slug is unique in its project."""

    collection = "scenes"
    document = Scene
    noun = "scene"
    taken = MappingProxyType({"slug": "there is a scene of this name in this project already"})

    def list_by_project(self, project_id: str) -> list[Scene]:
        """In the film's order."""
        return self.find_many({"project_id": project_id}, sort=(("order", 1), ("created_at", 1)))
