"""Takes one by one: list, show, find the file, choose, rate, tag, note, delete."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vidctl.domain.take import Take
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import GeneratedContentDTO
from vidctl.dtos.take_dtos import (
    TagsDTO,
    TakeDetailDTO,
    TakeFileDTO,
    TakeFilterDTO,
    TakeListResponseDTO,
    TakeNoteDTO,
    TakeRatingDTO,
)
from vidctl.errors import InvalidInput
from vidctl.gateways.opener import open_file
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.choices import Choices, choosing, require_of
from vidctl.services.editor import Draft, Editor
from vidctl.services.orders import CREATED, Orders
from vidctl.services.paging import stored_page
from vidctl.services.references import References
from vidctl.services.tagging import check_tags, retagged
from vidctl.services.take_reader import TakeReader

_ORDERS = Orders("takes", "-created", {"created": CREATED, "rating": (("rating", 1), *CREATED)})
_RATING = re.compile(r"([1-5])(\+?)|none")


class TakeService:
    """What one can do with takes."""

    def __init__(
        self,
        takes: TakeRepository,
        clips: ClipRepository,
        references: References,
        reader: TakeReader,
        editor: Editor,
    ) -> None:
        self._takes = takes
        self._clips = clips
        self._references = references
        self._reader = reader
        self._editor = editor

    def list_takes(self, project: str | None, wanted: TakeFilterDTO) -> TakeListResponseDTO:
        """A page of the takes of a film, of some clips or of a character."""
        order, where = _ORDERS.read(wanted.sort), self._where(project, wanted)
        after = self._references.take(wanted.after).id if wanted.after is not None else None
        page = stored_page(self._takes, where, order, after, wanted.limit)
        return TakeListResponseDTO(
            items=self._reader.respond_all(page.items), total=page.total, next_after=page.next_after
        )

    def get_take(self, reference: str) -> TakeDetailDTO:
        """All that is known of a take."""
        return self._reader.detail(self._references.take(reference))

    def open_take(self, reference: str, *, only_tell: bool = False) -> TakeFileDTO:
        """Show a take's file with the system's own program. Raises NotFound, MissingTool."""
        take = self._references.take(reference)
        [path] = self._reader.paths_of_files([take])
        if not only_tell:
            open_file(path)
        return TakeFileDTO(id=take.id, file=str(path), opened=not only_tell)

    def select(self, reference: str) -> GeneratedContentDTO:
        """Make it the take that its clip shows. Raises Locked."""
        named = self._references.take(reference)
        if not named.clip_id:
            raise InvalidInput(
                f"take {named.id[:8]} belongs to a character",
                cause="only clips show a take",
                fix="vidctl take copy TAKE CLIP gives it to a clip",
            )

        def build() -> tuple[Draft, Take]:
            clip = self._clips.find_by_id(self._takes.find_by_id(named.id).clip_id)
            take = require_of(clip, self._takes.find_by_id(named.id))
            draft = Draft("take select", take.project_id, clip.slug)
            draft.change(self._clips, clip, choosing(clip, take.kind, take.id))
            return draft, take

        return self._reader.respond(self._editor.attempt(build))

    def rate(self, references: Sequence[str], request: TakeRatingDTO) -> TakeListResponseDTO:
        """Say how good takes are, or take the rating away."""
        return self._change("take rate", references, lambda _: {"rating": request.rating})

    def tag(self, references: Sequence[str], request: TagsDTO) -> TakeListResponseDTO:
        """Give takes tags and take some away."""
        check_tags(request)
        return self._change("take tag", references, lambda take: {"tags": retagged(take.tags, request)})

    def note(self, reference: str, request: TakeNoteDTO) -> TakeListResponseDTO:
        """Write something down about a take; "" clears it."""
        return self._change("take note", [reference], lambda _: {"note": request.note})

    def delete_takes(self, references: Sequence[str]) -> DeletedDTO:
        """Into the trash; a clip that showed one of them shows none then. The files stay. Raises Locked."""
        named = self.of_one_film(references)

        def build() -> tuple[Draft, Draft]:
            takes = [self._takes.find_by_id(take.id) for take in named]
            draft = Draft("take delete", takes[0].project_id, described(takes))
            choices = Choices(draft, self._clips)
            for take in takes:
                choices.lose(take)
                draft.delete(self._takes, take)
            return draft, draft

        change = self._editor.attempt(build).set_id
        return DeletedDTO(id=named[0].id, name=described(named), deleted={"takes": len(named)}, change=change)

    def describe_deletion(self, references: Sequence[str]) -> str:
        """What delete_takes would take away."""
        takes = self.of_one_film(references)
        chosen = sum(take.is_selected for take in self._reader.respond_all(takes))
        return described(takes) + (f", of which {chosen} {'is' if chosen == 1 else 'are'} selected" if chosen else "")

    def of_one_film(self, references: Sequence[str]) -> list[Take]:
        """The takes, each once. Raises InvalidInput if they are of several films: what is done to them could not be
        taken back as one."""
        takes = list({take.id: take for take in map(self._references.take, references)}.values())
        if len({take.project_id for take in takes}) > 1:
            raise InvalidInput("these takes are of several films", fix="name those of one film at a time")
        return takes

    def _change(
        self, action: str, references: Sequence[str], values: Callable[[Take], Mapping[str, Any]]
    ) -> TakeListResponseDTO:
        named = self.of_one_film(references)

        def build() -> tuple[Draft, list[Take]]:
            takes = [self._takes.find_by_id(take.id) for take in named]
            draft = Draft(action, takes[0].project_id, described(takes))
            return draft, [draft.change(self._takes, take, values(take)) for take in takes]

        items = self._reader.respond_all(self._editor.attempt(build))
        return TakeListResponseDTO(items=items, total=len(items), next_after=None)

    def _where(self, project: str | None, wanted: TakeFilterDTO) -> dict[str, object]:
        where = self._owner(project, wanted)
        if wanted.kind is not None:
            where["kind"] = wanted.kind
        if wanted.tags:
            where["tags"] = {"$in": wanted.tags}
        if wanted.rating is not None:
            where["rating"] = _rating(wanted.rating)
        return where

    def _owner(self, project: str | None, wanted: TakeFilterDTO) -> dict[str, object]:
        if wanted.clips and wanted.character is not None:
            raise InvalidInput(
                "clips and a character are named", cause="a take belongs to one or the other", fix="name one of them"
            )
        if wanted.clips:
            return {"clip_id": {"$in": [clip.id for clip in self._references.clips(wanted.clips)]}}
        if wanted.character is not None:
            return {"character_id": self._references.character(project, wanted.character).id}
        return {"project_id": self._references.project(project).id}


def described(takes: Sequence[Take]) -> str:
    """Takes in a few words."""
    return f"take {takes[0].id[:8]}" if len(takes) == 1 else f"{len(takes)} takes"


def _rating(text: str) -> int | dict[str, int] | None:
    match = _RATING.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidInput(f"{text!r} is no rating to look for", fix="write 4, 3+ or none")
    if match[1] is None:
        return None
    return {"$gte": int(match[1])} if match[2] else int(match[1])
