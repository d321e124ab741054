"""How a change is taken back: edited fields get their old values, deleted documents come back where they were.

Nothing that was changed after it is touched: then it is refused, and told what is in the way.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.timeline import nearest_free, span_of
from vidctl.errors import Conflict, NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.services.editor import Draft
from vidctl.services.layout import Layouts, SceneLayout

#: What a document belongs to, by the field that names it: (collection, what it is called).
_OWNERS = {"project_id": ("projects", "project"), "scene_id": ("scenes", "scene"), "clip_id": ("clips", "clip"),
           "character_id": ("characters", "character")}  # fmt: skip

_PLACE = frozenset({"position", "length", "scene_id", "original_id"})


class TakingBack:
    """Builds the draft that takes one change set back. `repositories` by collection."""

    def __init__(self, draft: Draft, repositories: Mapping[str, BaseRepository[Any]], layouts: Layouts) -> None:
        self._draft = draft
        self._repositories = repositories
        self._layouts = layouts
        self._opened: dict[str, SceneLayout] = {}
        self._back: set[str] = set()
        self._replaced: dict[str, Clip] = {}

    def run(self, changes: Sequence[Change]) -> dict[str, int]:
        """Everything in the set; for clips whose old place is taken the frame that they start on now, by slug. Raises
        Conflict, NotFound, Locked."""
        deleted = [self._read(change) for change in changes if change.kind is ChangeKind.DELETION]
        self._back = {document.id for _, document in deleted}
        for change in reversed(changes):
            if change.kind is ChangeKind.EDIT:
                self._revert(change)
        self._refuse_taken_places(changes[0].created_at)
        moved: dict[str, int] = {}
        for repository, document in deleted:
            if isinstance(document, Clip) and document.scene_id not in self._back:
                moved |= self._put_back(document)
            else:
                self._require_owners(document)
                self._draft.create(repository, document)
        for layout in self._opened.values():
            layout.settle()
        return moved

    def _read(self, change: Change) -> tuple[BaseRepository[Any], Document]:
        repository = self._repositories[change.collection]
        document: Document = repository.document.from_stored(change.old_values())
        return repository, document.model_copy(update={"revision": document.revision + 1})

    def _revert(self, change: Change) -> None:
        repository = self._repositories[change.collection]
        document = repository.find_one({"id": change.document_id})
        before = change.old_values()
        if document is None:
            raise NotFound(
                f"{', '.join(before)} cannot be taken back: the {repository.noun} is gone",
                fix="vidctl project trash list shows whether it can be restored first",
            )
        if isinstance(document, Clip):
            layout = self._layout(self._draft.current(document).scene_id)
            clip = layout.clip(document.id)
            _require_unchanged(repository, clip, change)
            self._replace(layout, layout.change(clip, before), _PLACE & set(before))
        else:
            _require_unchanged(repository, self._draft.current(document), change)
            self._draft.change(repository, document, before)

    def _replace(self, layout: SceneLayout, clip: Clip, place: Collection[str]) -> None:
        """A clip that has its old values again: where it went back to another scene, that takes it in."""
        if clip.scene_id != layout.scene.id:
            self._layout(clip.scene_id).take_in(clip)
        if place:
            self._replaced[clip.id] = clip

    def _refuse_taken_places(self, since: datetime) -> None:
        """A clip goes back to its old place only if nobody was put there since, or by the change itself; what it
        overlapped before, it may overlap again."""
        for clip in self._replaced.values():
            now = self._draft.current(clip)
            met = [] if now.is_alternate else self._layout(now.scene_id).overlapped(span_of(now), self._replaced)
            if taken := [other for other in met if other.updated_at >= since]:
                raise Conflict(
                    f"the old place of {now.name} is taken",
                    cause=f"{taken[0].name} has been put there",
                    fix="move that away, or take the later change back first: vidctl project history",
                )

    def _put_back(self, clip: Clip) -> dict[str, int]:
        """A clip into a scene that is there, at its old place or the nearest free one."""
        layout = self._layout(clip.scene_id)
        place = clip.position if clip.is_alternate else nearest_free(span_of(clip), layout.clips)
        layout.add(clip.model_copy(update={"position": place}))
        return {} if place == clip.position else {clip.slug: place}

    def _layout(self, scene_id: str) -> SceneLayout:
        if scene_id not in self._opened:
            try:
                self._opened[scene_id] = self._layouts.open(self._draft, scene_id)
            except NotFound as error:
                raise _gone("scene") from error
        return self._opened[scene_id]

    def _require_owners(self, document: Document) -> None:
        for field, (collection, noun) in _OWNERS.items():
            owner = getattr(document, field, "")
            if owner and owner not in self._back and not self._repositories[collection].count({"id": owner}):
                raise _gone(noun)


def _gone(noun: str) -> NotFound:
    return NotFound(
        f"the {noun} that it belonged to is gone",
        cause="it was deleted, too",
        fix=f"vidctl project trash list --all shows it: restore the {noun} first",
    )


def _require_unchanged(repository: BaseRepository[Any], document: Document, change: Change) -> None:
    now = document.to_stored()
    after = change.new_values()
    differ = [name for name, value in after.items() if now[name] != value and now[name] != change.old_values()[name]]
    if differ:
        raise Conflict(
            f"the {repository.noun} {getattr(document, 'name', document.id)} has been changed since then",
            cause=f"these differ now: {', '.join(differ)}",
            fix="take the later change back first: vidctl project history",
        )
