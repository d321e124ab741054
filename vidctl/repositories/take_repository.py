"""Takes in the store: a collection of their own, so that adding one never rewrites the clip."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Filter


class TakeRepository(BaseRepository[Take]):
    """Every take belongs to one clip."""

    collection = "takes"
    document = Take
    noun = "take"

    def list_by_clip(self, clip_id: str, kind: MediaKind | None = None) -> list[Take]:
        """Newest first."""
        where = {"clip_id": clip_id} if kind is None else {"clip_id": clip_id, "kind": kind}
        return self.find_many(where, sort=(("created_at", -1),))

    def count_by_clip(self, project_id: str) -> dict[str, Counter[MediaKind]]:
        """How many takes of each kind the clips of a project have, by clip id; clips without takes are left out."""
        return self._counted({"project_id": project_id})

    def count_of(self, clip_ids: Sequence[str]) -> dict[str, Counter[MediaKind]]:
        """The same for some clips."""
        return self._counted({"clip_id": {"$in": list(clip_ids)}})

    def clips_with(self, project_id: str, kind: MediaKind) -> set[str]:
        """The ids of the clips of a project that have a take of a kind."""
        where, in_time = {"project_id": project_id, "kind": kind.value}, (("created_at", 1),)  # an index has this order
        found = self.store.find(self.collection, where, sort=in_time, fields=("clip_id",))
        return {row["clip_id"] for row in found} - {""}

    def _counted(self, where: Filter) -> dict[str, Counter[MediaKind]]:
        counted: dict[str, Counter[MediaKind]] = defaultdict(Counter)
        for row in self.store.find(self.collection, where, fields=("clip_id", "kind")):
            counted[row["clip_id"]][MediaKind(row["kind"])] += 1
        return dict(counted)
