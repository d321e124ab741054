"""How a creation is taken back: what was made goes into the trash as it was made.

Nothing that came to it since is taken along unasked: then it is refused, and told what hangs on it. Deleting is the
command that takes everything along.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.document import Document
from vidctl.domain.job import OPEN
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.errors import Conflict
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.choices import Choices
from vidctl.services.editor import Draft
from vidctl.services.layout import SceneLayout

#: What can hang on a document of a collection: (collection, field that names it).
_HANGING = {
    "projects": (("scenes", "project_id"), ("characters", "project_id"), ("pool", "project_id")),
    "scenes": (("clips", "scene_id"), ("scenes", "original_id")),
    "clips": (("takes", "clip_id"), ("clips", "original_id")),
    "characters": (("takes", "character_id"), ("clips", "character_ids")),
    "templates": (("clips", "template_id"),),
    "takes": tuple(("clips", selection_field(kind)) for kind in MediaKind),
}
#: By which field jobs name what they render for.
_RENDERED = {"clips": "clip_id", "characters": "character_id"}
#: Innermost first.
_ORDER = ("takes", "clips", "characters", "templates", "pool", "scenes", "projects")
#: Fields that change without a person's work on the document; unlocking is what a locked clip demands first.
_BOOKKEEPING = frozenset({"revision", "created_at", "updated_at"})
_FOLLOWING = {"clips": {"order", "version", "locked"}, "scenes": {"length"}, "templates": {"use_count"}}
_AT_ONCE = 500  # ids in one question to the store


class Unmaking:
    """Of what `changes` have made, in a draft. `repositories` by collection. All of it that is still there is read
    here, before anything that may hang on it: whoever adds to a document writes it, too."""

    def __init__(
        self,
        draft: Draft,
        repositories: Mapping[str, BaseRepository[Any]],
        jobs: QueueRepository,
        changes: Sequence[Change],
    ) -> None:
        self._draft = draft
        self._repositories = repositories
        self._jobs = jobs
        self._made = {change.document_id: change for change in changes if change.kind is ChangeKind.CREATION}
        ids: dict[str, list[str]] = defaultdict(list)
        for change in self._made.values():
            ids[change.collection].append(change.document_id)
        self._found: dict[str, dict[str, Any]] = {
            collection: {each.id: each for each in _naming(repositories[collection], "id", ids[collection])}
            for collection in _ORDER
            if collection in ids
        }

    @property
    def ids(self) -> dict[str, list[str]]:
        """What goes into the trash, by collection."""
        return {collection: [*found] for collection, found in self._found.items() if found}

    def removes(self, document_id: str) -> bool:
        """Whether a document goes into the trash with this draft."""
        return any(document_id in found for found in self._found.values())

    def run(self, layout: Callable[[str], SceneLayout], choices: Choices) -> None:
        """Everything into the trash, out of the layouts that `layout` opens. Edits of others have been taken back
        before. Raises Conflict, Locked, NotFound."""
        for collection, found in self._found.items():
            self._refuse_hanging(collection, found)
            for document in found.values():
                _require_as_made(self._repositories[collection], document, self._made[document.id])
        for collection, found in self._found.items():
            for document in found.values():
                self._remove(self._repositories[collection], document, layout, choices)

    def _remove(
        self,
        repository: BaseRepository[Any],
        document: Document,
        layout: Callable[[str], SceneLayout],
        choices: Choices,
    ) -> None:
        if isinstance(document, Clip) and not self.removes(document.scene_id):
            scene = layout(document.scene_id)
            scene.clip(document.id)  # it may have gone meanwhile
            scene.remove(document)
            return
        if isinstance(document, Take) and not self.removes(document.clip_id):
            choices.give_back(document)
        self._draft.delete(repository, document)

    def _refuse_hanging(self, collection: str, found: Mapping[str, Any]) -> None:
        met: dict[str, Counter[str]] = defaultdict(Counter)
        for owner_id, noun in self._hanging(collection, found):
            met[owner_id][noun] += 1
        for owner_id, nouns in met.items():
            told = ", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for noun, number in nouns.items())
            noun, name = self._repositories[collection].noun, _name(found[owner_id])
            raise Conflict(
                f"the {noun} {name} is in use since then and cannot be taken back",
                cause=f"on it hang: {told}",
                fix=f"vidctl {noun} delete {name} takes all of it along into the trash; or name an earlier change: "
                "vidctl project history",
            )

    def _hanging(self, collection: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """(the document that it hangs on, what it is) for each."""
        for other, field in _HANGING.get(collection, ()):
            repository = self._repositories[other]
            for each in _naming(repository, field, found):
                if not self.removes(each.id):
                    yield from ((i, repository.noun) for i in _named(self._draft.current(each), field) & found.keys())
        if field := _RENDERED.get(collection, ""):
            for job in _naming(self._jobs, field, found):
                if job.status in OPEN:
                    yield getattr(job, field), "render in the queue"


def _naming(repository: BaseRepository[Any], field: str, ids: Iterable[str]) -> Iterator[Any]:
    """The documents with one of these ids in a field, however many ids there are."""
    wanted = [*ids]
    for start in range(0, len(wanted), _AT_ONCE):
        yield from repository.find_many({field: {"$in": wanted[start : start + _AT_ONCE]}})


def _named(document: Document, field: str) -> set[str]:
    value = getattr(document, field)
    return set(value) if isinstance(value, list) else {value}


def _require_as_made(repository: BaseRepository[Any], document: Document, change: Change) -> None:
    left_out = {*_BOOKKEEPING, *_FOLLOWING.get(repository.collection, ())}
    made = repository.document.from_stored(change.new_values()).model_dump(exclude=left_out)
    now = document.model_dump(exclude=left_out)
    if differ := sorted(name for name in made if made[name] != now[name]):
        raise changed_since(repository.noun, _name(document), differ)


def changed_since(noun: str, name: str, fields: Iterable[str]) -> Conflict:
    """What is told where a document no longer is as the change to be taken back has left it."""
    return Conflict(
        f"the {noun} {name} has been changed since then",
        cause=f"these differ now: {', '.join(fields)}",
        fix="take the later change back first: vidctl project history",
    )


def _name(document: Any) -> str:
    return str(getattr(document, "slug", document.id[:8]))
