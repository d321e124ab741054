"""Takes in the store: a collection of their own, so that adding one never rewrites the clip."""

from __future__ import annotations

from collections import Counter, defaultdict

from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.repositories.base_repository import BaseRepository


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
        counted: dict[str, Counter[MediaKind]] = defaultdict(Counter)
        for row in self.store.find(self.collection, {"project_id": project_id}, fields=("clip_id", "kind")):
            counted[row["clip_id"]][MediaKind(row["kind"])] += 1
        return dict(counted)
