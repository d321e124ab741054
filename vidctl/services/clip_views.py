"""Clips as people see them. However many clips a film has, only those that are shown are read."""

from __future__ import annotations

from collections.abc import Iterable

from vidctl.domain.clip import Clip
from vidctl.dtos.clip_dtos import ClipListResponseDTO, ClipResponseDTO
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.film import FilmReader


class ClipViews:
    """Makes DTOs of clips."""

    def __init__(self, projects: ProjectRepository, films: FilmReader) -> None:
        self._projects = projects
        self._films = films

    def respond(self, clip: Clip) -> ClipResponseDTO:
        """One clip."""
        return self.respond_all([clip]).items[0]

    def respond_all(self, clips: Iterable[Clip]) -> ClipListResponseDTO:
        """Clips in the order given."""
        found = list(clips)
        by_project: dict[str, list[Clip]] = {}
        for clip in found:
            by_project.setdefault(clip.project_id, []).append(clip)
        films = {
            project_id: self._films.load_for(self._projects.find_by_id(project_id), members)
            for project_id, members in by_project.items()
        }
        items = [films[clip.project_id].clip_response(clip) for clip in found]
        return ClipListResponseDTO(items=items, total=len(items))
