"""What was changed and deleted, in the store."""

from __future__ import annotations

from vidctl.domain.change import Change, ChangeSet
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Filter


class ChangeSetRepository(BaseRepository[ChangeSet]):
    """One for each command that changed or deleted something."""

    collection = "change_sets"
    document = ChangeSet
    noun = "change"

    def newest(self, where: Filter, limit: int | None = None) -> list[ChangeSet]:
        """Newest first."""
        return self.find_many(where, sort=(("created_at", -1),), limit=limit)


class ChangeRepository(BaseRepository[Change]):
    """The documents of the change sets."""

    collection = "changes"
    document = Change
    noun = "change"

    def of_set(self, set_id: str) -> list[Change]:
        """In the order in which they were written."""
        return self.find_many({"set_id": set_id}, sort=(("number", 1),))

    def of_document(self, document_id: str) -> list[Change]:
        """Newest first."""
        return self.find_many({"document_id": document_id}, sort=(("document_revision", -1),))
