"""The pool of a film: pictures and videos kept aside, and given to clips as takes."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.clip import Clip
from vidctl.domain.document import derived_id
from vidctl.domain.names import slugify
from vidctl.domain.pool import PoolItem
from vidctl.domain.take import Take
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.pool_dtos import (
    PoolAppliedDTO,
    PoolFilterDTO,
    PoolItemCreateDTO,
    PoolItemListResponseDTO,
    PoolItemResponseDTO,
)
from vidctl.dtos.take_dtos import TagsDTO
from vidctl.errors import InvalidInput
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.pool_repository import PoolRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.choices import Choices
from vidctl.services.editor import Draft, Editor
from vidctl.services.orders import CREATED, NAME, Orders
from vidctl.services.paging import stored_page
from vidctl.services.pool_sources import PoolSources
from vidctl.services.references import References, find_by_id_start, unknown
from vidctl.services.tagging import check_tags, retagged
from vidctl.services.take_reader import TakeReader

_ORDERS = Orders("pool items", "-created", {"created": CREATED, "name": NAME})


class PoolService:
    """What one can do with the pool. Adding, applying and tagging twice is the same as once."""

    def __init__(
        self,
        projects: ProjectRepository,
        pool: PoolRepository,
        takes: TakeRepository,
        clips: ClipRepository,
        references: References,
        sources: PoolSources,
        reader: TakeReader,
        editor: Editor,
    ) -> None:
        self._projects = projects
        self._pool = pool
        self._takes = takes
        self._clips = clips
        self._references = references
        self._sources = sources
        self._reader = reader
        self._editor = editor

    def add(self, project: str | None, request: PoolItemCreateDTO) -> PoolItemListResponseDTO:
        """Takes and files into the pool; what is there already only gets the tags, too. All of them or none. Raises
        DuplicateName, MediaInvalid, NotFound."""
        owner = self._references.project(project)
        if request.name is not None and len(request.sources) > 1:
            raise InvalidInput("one name is given for several things", fix="add them one by one, or leave --name out")
        wanted = [self._sources.item(owner.id, source, request) for source in request.sources]

        def build() -> tuple[Draft, list[PoolItem]]:
            draft = Draft("pool add", owner.id, f"{len(wanted)} items")
            project = self._projects.find_by_id(owner.id)
            there = {item.id: item for item in self._pool.find_many({"id": {"$in": [each.id for each in wanted]}})}
            now = self._pool.store.now()
            for item in wanted:
                if old := there.get(item.id):
                    there[item.id] = draft.change(self._pool, old, {"tags": [*old.tags, *item.tags]})
                else:
                    new = item.model_copy(update={"created_at": now, "updated_at": now})
                    there[item.id] = draft.create(self._pool, new)
            if draft.writes:  # whoever deletes the film meanwhile must see these items
                draft.adjust(self._projects, project)
            return draft, [there[item.id] for item in wanted]

        return self._list(self._editor.attempt(build))

    def list_items(self, project: str | None, wanted: PoolFilterDTO) -> PoolItemListResponseDTO:
        """A page of a film's items."""
        where: dict[str, object] = {"project_id": self._references.project(project).id}
        if wanted.kind is not None:
            where["kind"] = wanted.kind
        if wanted.tags:
            where["tags"] = {"$in": wanted.tags}
        after = self._item(project, wanted.after).id if wanted.after is not None else None
        page = stored_page(self._pool, where, _ORDERS.read(wanted.sort), after, wanted.limit)
        return PoolItemListResponseDTO(
            items=self._reader.respond_to_items(page.items), total=page.total, next_after=page.next_after
        )

    def get_item(self, project: str | None, reference: str) -> PoolItemResponseDTO:
        """One item, by name or id."""
        return self._reader.respond_to_items([self._item(project, reference)])[0]

    def tag(self, project: str | None, references: Sequence[str], request: TagsDTO) -> PoolItemListResponseDTO:
        """Give items tags and take some away."""
        check_tags(request)
        named = self._items(project, references)

        def build() -> tuple[Draft, list[PoolItem]]:
            items = [self._pool.find_by_id(item.id) for item in named]
            draft = Draft("pool tag", items[0].project_id, _described(items))
            changed = [draft.change(self._pool, item, {"tags": retagged(item.tags, request)}) for item in items]
            return draft, changed

        return self._list(self._editor.attempt(build))

    def remove(self, project: str | None, references: Sequence[str]) -> DeletedDTO:
        """Into the trash. The takes that were made of an item stay, and so do the files."""
        named = self._items(project, references)

        def build() -> tuple[Draft, Draft]:
            items = [self._pool.find_by_id(item.id) for item in named]
            draft = Draft("pool remove", items[0].project_id, _described(items))
            for item in items:
                draft.delete(self._pool, item)
            return draft, draft

        change = self._editor.attempt(build).set_id
        return DeletedDTO(id=named[0].id, name=_described(named), deleted={"pool items": len(named)}, change=change)

    def describe_removal(self, project: str | None, references: Sequence[str]) -> str:
        """What remove would take away."""
        return _described(self._items(project, references))

    def apply(self, project: str | None, reference: str, clips: Sequence[str]) -> PoolAppliedDTO:
        """Give clips of the film a take of an item, with its recipe; its note says where it came from."""
        named = self._item(project, reference)
        targets = self._references.clips(clips)
        if strangers := [clip.slug for clip in targets if clip.project_id != named.project_id]:
            raise InvalidInput(
                f"{strangers[0]} is a clip of another film",
                cause="a pool belongs to one film",
                fix="vidctl media pool add FILE -p PROJECT brings the file into the other film's pool",
            )

        def build() -> tuple[Draft, list[Take]]:
            item = self._pool.find_by_id(named.id)
            draft = Draft("pool apply", item.project_id, item.slug)
            choices = Choices(draft, self._clips)
            takes = [self._applied(draft, choices, item, clip) for clip in targets]
            return draft, takes

        takes = self._reader.respond_all(self._editor.attempt(build))
        return PoolAppliedDTO(item=self._reader.respond_to_items([named])[0], takes=takes)

    def _applied(self, draft: Draft, choices: Choices, item: PoolItem, clip: Clip) -> Take:
        take_id = derived_id("pool", item.id, clip.id)
        there = self._takes.find_one({"id": take_id})
        if there is not None:
            return there
        now = self._takes.store.now()
        made = Take(
            id=take_id,
            created_at=now,
            updated_at=now,
            project_id=item.project_id,
            clip_id=clip.id,
            note=f"from the pool: {item.name}",
            **item.model_dump(include={"kind", "asset_id", "server_name", "model", "fingerprint", "recipe", "tags"}),
        )
        choices.gain(clip.id, made)
        return draft.create(self._takes, made)

    def _item(self, project: str | None, text: str) -> PoolItem:
        owner = self._references.project(project)
        found = self._pool.find_one({"project_id": owner.id, "slug": slugify(text)}) or find_by_id_start(
            self._pool, text
        )
        if found is None or found.project_id != owner.id:
            known = [item.slug for item in self._pool.find_many({"project_id": owner.id})]
            raise unknown("pool item", text, known, f"in {owner.slug}")
        return found

    def _items(self, project: str | None, references: Sequence[str]) -> list[PoolItem]:
        return list({item.id: item for item in (self._item(project, text) for text in references)}.values())

    def _list(self, items: Sequence[PoolItem]) -> PoolItemListResponseDTO:
        return PoolItemListResponseDTO(items=self._reader.respond_to_items(items), total=len(items), next_after=None)


def _described(items: Sequence[PoolItem]) -> str:
    return items[0].name if len(items) == 1 else f"{len(items)} pool items"
