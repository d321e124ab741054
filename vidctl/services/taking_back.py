"""How a change is taken back: edited fields get their old values, what was created goes into the trash, deleted
documents come back where they were. All of it, or nothing.

Nothing that was changed after it is touched: then it is refused, and told what is in the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.take import Take
from vidctl.domain.timeline import nearest_free, span_of
from vidctl.dtos.history_dtos import LostTieDTO
from vidctl.errors import Conflict, NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.change_repository import ChangeRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.choices import Choices
from vidctl.services.editor import Draft
from vidctl.services.kinship import mended
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.rates import hold_for_old_rate, require_same_rate
from vidctl.services.ties import Ties, gone, tied_values
from vidctl.services.unmaking import Unmaking, changed_since

_PLACE = frozenset({"position", "length", "scene_id", "original_id"})


@dataclass(frozen=True)
class Documents:
    """Where what people change is, by collection; what was done to it, and what is being rendered for it."""

    repositories: Mapping[str, BaseRepository[Any]]
    history: ChangeRepository
    jobs: QueueRepository
    layouts: Layouts


@dataclass(frozen=True)
class TakenBack:
    """`restored` counts the documents that are as they were before the change, `removed` has the ids of those that go
    into the trash; both by collection. `moved` has the frames that clips start on whose old place is taken, by slug."""

    restored: dict[str, int]
    removed: dict[str, list[str]]
    moved: dict[str, int]
    lost: list[LostTieDTO]


class TakingBack:
    """Builds the draft that takes one change set back: `changes`, at least one."""

    def __init__(self, draft: Draft, documents: Documents, changes: Sequence[Change]) -> None:
        self._draft = draft
        self._repositories = documents.repositories
        self._history = documents.history
        self._layouts = documents.layouts
        self._changes = changes
        self._unmaking = Unmaking(draft, documents.repositories, documents.jobs, changes)
        self._ties = Ties(draft, documents.repositories, documents.history, changes)
        self._choices = Choices(draft, documents.layouts.clips)
        self._opened: dict[str, SceneLayout] = {}
        self._replaced: dict[str, Clip] = {}

    def run(self) -> TakenBack:
        """Everything in the set. Raises Conflict, NotFound, Locked."""
        require_same_rate(self._changes, self._layouts.projects, self._history)
        edits = [change for change in reversed(self._changes) if change.kind is ChangeKind.EDIT]
        for change in edits:
            if change.collection == "clips":
                self._revert_clip(change)
        for change in edits:  # takes among them, which look at what their clips show by then
            if change.collection != "clips":
                self._revert(change)
        self._unmaking.run(self._layout, self._choices)
        self._refuse_taken_places()
        moved = self._restore([self._read(change) for change in self._changes if change.kind is ChangeKind.DELETION])
        for layout in self._opened.values():
            if self._unmaking.removes(layout.scene.id):
                continue
            for clip_id, values in mended(layout.everything).items():
                layout.change(layout.clip(clip_id), values)
            layout.settle()
        old = (change for change in self._changes if change.kind is not ChangeKind.CREATION)
        restored = Counter(change.collection for change in old if change.document_id not in self._ties.moot)
        return TakenBack(dict(restored), self._unmaking.ids, moved, self._ties.lost)

    def _revert_clip(self, change: Change) -> None:
        document, before = self._find(change), change.old_values()
        if document is None:
            return
        layout = self._layout(self._draft.current(document).scene_id)
        clip = layout.clip(document.id)
        _require_unchanged(self._repositories[change.collection], clip, change)
        clip = layout.change(clip, self._ties.left_of(clip, before))
        if clip.scene_id != layout.scene.id:
            self._layout(clip.scene_id).take_in(clip)
        if _PLACE & set(before):
            self._replaced[clip.id] = document

    def _revert(self, change: Change) -> None:
        document, before = self._find(change), change.old_values()
        if document is None:
            return
        repository = self._repositories[change.collection]
        _require_unchanged(repository, self._draft.current(document), change)
        if isinstance(document, Take) and "clip_id" in before:
            if not self._unmaking.removes(document.clip_id):
                self._choices.give_back(document)
            self._ties.hold_owners(document.model_copy(update=before))
        if isinstance(document, Project) and "fps" in before:
            removed = self._unmaking.ids.get("clips", ())
            hold_for_old_rate(self._draft, self._layouts, self._history, change, removed)
        self._draft.change(repository, document, before)

    def _find(self, change: Change) -> Any:
        """What was edited; None where it is gone and need not have it back."""
        repository = self._repositories[change.collection]
        document = repository.find_one({"id": change.document_id})
        if document is None and not self._ties.let_go(change):
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
                document = document.model_copy(update=self._ties.left_of(document, tied_values(document)))
            if isinstance(document, Clip) and self._is_laid_out(document.scene_id):
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
        found = [each for each in scenes.find_many({"project_id": project_id}) if not self._unmaking.removes(each.id)]
        stored = {each.id: self._draft.current(each) for each in found}
        kin = mended([*stored.values(), *restored])
        for scene_id in kin.keys() & stored.keys():
            self._draft.change(scenes, stored[scene_id], kin[scene_id])
        return kin

    def _put_back(self, clips: Sequence[Clip]) -> dict[str, int]:
        """Clips into layouts: originals at their old places or the nearest free ones, then alternates."""
        moved: dict[str, int] = {}
        for clip in sorted(clips, key=lambda each: each.is_alternate):
            layout = self._layout(clip.scene_id)
            if clip.is_alternate:
                layout.add(clip.model_copy(update=mended([*layout.everything, clip]).get(clip.id, {})))
                continue
            met = layout.overlapped(span_of(clip))
            is_free = all(self._was_there(other) and other.slug not in moved for other in met)
            place = clip.position if is_free else nearest_free(span_of(clip), layout.clips)
            layout.add(clip.model_copy(update={"position": place}))
            moved |= {} if place == clip.position else {clip.slug: place}
        return moved

    def _is_laid_out(self, scene_id: str) -> bool:
        """Whether clips of a scene are put into a layout: not those of one that comes back with them as it was."""
        return scene_id in self._opened or not self._ties.is_restored(scene_id)

    def _layout(self, scene_id: str) -> SceneLayout:
        if scene_id not in self._opened:
            try:
                self._opened[scene_id] = self._open(scene_id)
            except NotFound as error:
                raise gone("scene") from error
        return self._opened[scene_id]

    def _open(self, scene_id: str) -> SceneLayout:
        """A scene that is there; or one that comes back, to which clips return that had been moved out of it."""
        for change in self._changes:
            if change.document_id == scene_id and change.kind is ChangeKind.DELETION:
                _, scene = self._read(change)
                assert isinstance(scene, Scene)
                return self._layouts.empty(self._draft, scene)
        return self._layouts.open(self._draft, scene_id)


def _require_unchanged(repository: BaseRepository[Any], document: Document, change: Change) -> None:
    now = document.to_stored()
    after = change.new_values()
    if isinstance(document, Clip):
        after.pop("order", None)  # follows from its place
    differ = [name for name, value in after.items() if now[name] != value and now[name] != change.old_values()[name]]
    if differ:
        raise changed_since(repository.noun, getattr(document, "name", document.id), differ)
