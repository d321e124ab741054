"""Clips in the store."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.recipe import MediaKind
from vidctl.repositories.base_repository import BaseRepository

_IN_TIME = (("position", 1), ("order", 1), ("alternate_number", 1))


class ClipRepository(BaseRepository[Clip]):
    """A clip's slug is unique in its scene."""

    collection = "clips"
    document = Clip
    noun = "clip"
    taken = MappingProxyType({"slug": "there is a clip of this name in this scene already"})

    def list_by_scene(self, scene_id: str) -> list[Clip]:
        """In order of time."""
        return self.find_many({"scene_id": scene_id}, sort=_IN_TIME)

    def list_by_project(self, project_id: str) -> dict[str, list[Clip]]:
        """By scene id, each in order of time."""
        grouped: dict[str, list[Clip]] = defaultdict(list)
        for clip in self.find_many({"project_id": project_id}, sort=_IN_TIME):
            grouped[clip.scene_id].append(clip)
        return dict(grouped)

    def select_in(self, clip: Clip, kind: MediaKind, take_id: str) -> bool:
        """Choose a take only if the clip still is as it was read; whether it was so."""
        read = {"id": clip.id, "revision": clip.revision}
        return self.update_one(read, {"$set": {selection_field(kind): take_id}}) is not None
