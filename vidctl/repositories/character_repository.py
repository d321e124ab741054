"""Characters in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.character import Character
from vidctl.repositories.base_repository import BaseRepository


class CharacterRepository(BaseRepository[Character]):
    """A character's slug is unique in its project."""

    collection = "characters"
    document = Character
    noun = "character"
    taken = MappingProxyType({"slug": "there is a character of this name in this project already"})

    def list_by_project(self, project_id: str) -> list[Character]:
        """By name."""
        return self.find_many({"project_id": project_id}, sort=(("slug", 1),))
