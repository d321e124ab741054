"""Projects in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.project import Project
from vidctl.repositories.base_repository import BaseRepository


class ProjectRepository(BaseRepository[Project]):
    """A project's slug is unique."""

    collection = "projects"
    document = Project
    noun = "project"
    taken = MappingProxyType({"slug": "there is a project of this name already"})

    def list_projects(self) -> list[Project]:
        """Newest first."""
        return self.find_many({}, sort=(("created_at", -1),))
