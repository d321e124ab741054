"""How a change is taken back: edited fields get their old values, deleted documents come back where they were.

Nothing that was changed after it is touched: then it is refused, and told what is in the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.scene import Scene
from vidctl.domain.take import Take
from vidctl.domain.timeline import nearest_free, span_of
from vidctl.errors import Conflict, NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.services.choices import Choices
from vidctl.services.editor import Draft
from vidctl.services.kinship import mended
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.ties import Ties, gone, tied_values

_PLACE = frozenset({"position", "length", "scene_id", "original_id"})


class TakingBack:
    """Builds the draft that takes one change set back: `changes`, at least one. `repositories` by collection."""

    def __init__(
        self,
        draft: Draft,
        repositories: Mapping[str, BaseRepository[Any]],
        layouts: Layouts,
        changes: Sequence[Change],
    ) -> None:
        self._draft = draft
        self._repositories = repositories
        self._layouts = layouts
        self._changes = changes
        self._ties = Ties(draft, repositories, changes)
        self._choices = Choices(draft, layouts.clips)
        self._opened: dict[str, SceneLayout] = {}
        self._replaced: dict[str, Clip] = {}

    def run(self) -> dict[str, int]:
        """Everything in the set; for clips whose old place is taken the frame that they start on now, by slug. Raises
        Conflict, NotFound, Locked."""
        edits = [change for change in reversed(self._changes) if change.kind is ChangeKind.EDIT]
        for change in edits:
            if change.collection == "clips":
                self._revert_clip(change)
        for change in edits:  # takes among them, which look at what their clips show by then
            if change.collection != "clips":
                self._revert(change)
        self._refuse_taken_places()
        moved = self._restore([self._read(change) for change in self._changes if change.kind is ChangeKind.DELETION])
        for layout in self._opened.values():
            for clip_id, values in mended(layout.everything).items():
                layout.change(layout.clip(clip_id), values)
            layout.settle()
        return moved

    def _revert_clip(self, change: Change) -> None:
        document, before = self._find(change), change.old_values()
        layout = self._layout(self._draft.current(document).scene_id)
        clip = layout.clip(document.id)
        _require_unchanged(self._repositories[change.collection], clip, change)
        clip = layout.change(clip, self._ties.left_of(clip.id, before))
        if clip.scene_id != layout.scene.id:
            self._layout(clip.scene_id).take_in(clip)
        if _PLACE & set(before):
            self._replaced[clip.id] = document

    def _revert(self, change: Change) -> None:
        document, before = self._find(change), change.old_values()
        repository = self._repositories[change.collection]
        _require_unchanged(repository, self._draft.current(document), change)
        if isinstance(document, Take) and "clip_id" in before:
            self._choices.lose(document)
            self._ties.hold_owners(document.model_copy(update=before))
        self._draft.change(repository, document, before)

    def _find(self, change: Change) -> Any:
        repository = self._repositories[change.collection]
        document = repository.find_one({"id": change.document_id})
        if document is None:
            raise NotFound(
                f"{', '.join(change.old_values())} cannot be taken back: the {repository.noun} is gone",
                fix="vidctl project trash list shows whether it can be restored first",
            )
        return document

    def _read(self, change: Change) -> tuple[BaseRepository[Any], Document]:
        repository = self._repositories[change.collection]
        document: Document = repository.document.from_stored(change.old_values())
        return repository, document.model_copy(update={"revision": document.revision + 1})

    def _refuse_taken_places(self) -> None:
        """A clip goes back to its old place only if nobody was put there since, or by the change itself; what it
        overlapped before, it may overlap again."""
        for stored in self._replaced.values():
            now = self._draft.current(stored)
            met = [] if now.is_alternate else self._layout(now.scene_id).overlapped(span_of(now), [now.id])
            if taken := [other for other in met if not (self._is_as_left(stored) and self._was_there(other))]:
                raise Conflict(
                    f"the old place of {now.name} is taken",
                    cause=f"{taken[0].name} is there",
                    fix="move that away, or take the later change back first: vidctl project history",
                )

    def _was_there(self, other: Clip) -> bool:
        """Whether it has the place now that it had before the change."""
        replaced = self._replaced.get(other.id)
        return self._is_as_left(replaced) if replaced else other.updated_at <= self._changes[0].created_at

    def _is_as_left(self, stored: Clip) -> bool:
        """Whether a clip is as the change has left it: then it gets back the very span that it had."""
        return stored.revision == 1 + max(c.document_revision for c in self._changes if c.document_id == stored.id)

    def _restore(self, deleted: Sequence[tuple[BaseRepository[Any], Document]]) -> dict[str, int]:
        kin = self._mend_scenes([document for _, document in deleted if isinstance(document, Scene)])
        clips: list[Clip] = []
        for repository, document in deleted:
            if isinstance(document, Clip):
                document = document.model_copy(update=self._ties.left_of(document.id, tied_values(document)))
            if isinstance(document, Clip) and not self._ties.is_restored(document.scene_id):
                clips.append(document)
            else:
                self._ties.hold_owners(document)
                self._draft.create(repository, document.model_copy(update=kin.get(document.id, {})))
        return self._put_back(clips)

    def _mend_scenes(self, restored: Sequence[Scene]) -> dict[str, dict[str, Any]]:
        """Among the film's scenes, if some come back or change their originals; what is left to change in restored
        ones, by id. The film is written, too, before its scenes are read: so nobody makes an alternate meanwhile."""
        project_id = self._changes[0].project_id
        reverted = any(each.collection == "scenes" and "original_id" in each.old_values() for each in self._changes)
        if not reverted or self._ties.is_restored(project_id) or not self._ties.hold("projects", project_id):
            return {}
        scenes = self._repositories["scenes"]
        stored = {each.id: self._draft.current(each) for each in scenes.find_many({"project_id": project_id})}
        kin = mended([*stored.values(), *restored])
        for scene_id in kin.keys() & stored.keys():
            self._draft.change(scenes, stored[scene_id], kin[scene_id])
        return kin

    def _put_back(self, clips: Sequence[Clip]) -> dict[str, int]:
        """Clips into scenes that are there: originals at their old places or the nearest free ones, then alternates."""
        moved: dict[str, int] = {}
        for clip in sorted(clips, key=lambda each: each.is_alternate):
            layout = self._layout(clip.scene_id)
            if clip.is_alternate:
                layout.add(clip.model_copy(update=mended([*layout.everything, clip]).get(clip.id, {})))
                continue
            place = nearest_free(span_of(clip), layout.clips)
            layout.add(clip.model_copy(update={"position": place}))
            moved |= {} if place == clip.position else {clip.slug: place}
        return moved

    def _layout(self, scene_id: str) -> SceneLayout:
        if scene_id not in self._opened:
            try:
                self._opened[scene_id] = self._layouts.open(self._draft, scene_id)
            except NotFound as error:
                raise gone("scene") from error
        return self._opened[scene_id]


def _require_unchanged(repository: BaseRepository[Any], document: Document, change: Change) -> None:
    now = document.to_stored()
    after = change.new_values()
    if isinstance(document, Clip):
        after.pop("order", None)  # follows from its place
    differ = [name for name, value in after.items() if now[name] != value and now[name] != change.old_values()[name]]
    if differ:
        raise Conflict(
            f"the {repository.noun} {getattr(document, 'name', document.id)} has been changed since then",
            cause=f"these differ now: {', '.join(differ)}",
            fix="take the later change back first: vidctl project history",
        )
