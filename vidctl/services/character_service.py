"""Characters: create, list, show, update, delete; apply to clips and remove from them.

Applying only notes who is in a clip. The words are added when a recipe is resolved, so the clip's own prompt stays as
it was written, and applying twice is the same as once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.character_dtos import (
    CharacterCreateDTO,
    CharacterListResponseDTO,
    CharacterResponseDTO,
    CharacterUpdateDTO,
)
from vidctl.dtos.clip_dtos import ClipListResponseDTO
from vidctl.errors import NotFound
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.clip_views import ClipViews
from vidctl.services.deletion import Deletion
from vidctl.services.editing import check_all_settings, chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.orders import CREATED, NAME, UPDATED, Orders, holding, in_order
from vidctl.services.paging import page_of
from vidctl.services.references import References

_SHOWN = set(CharacterResponseDTO.model_fields)
_ORDERS = Orders("characters", "name", {"name": NAME, "created": CREATED, "updated": UPDATED})


class CharacterService:
    """What one can do with characters."""

    def __init__(
        self,
        projects: ProjectRepository,
        characters: CharacterRepository,
        clips: ClipRepository,
        references: References,
        views: ClipViews,
        editor: Editor,
        deletion: Deletion,
    ) -> None:
        self._projects = projects
        self._characters = characters
        self._clips = clips
        self._references = references
        self._views = views
        self._editor = editor
        self._deletion = deletion

    def create_character(self, project: str | None, request: CharacterCreateDTO) -> CharacterResponseDTO:
        """Raises DuplicateName."""
        owner = self._references.project(project)
        slug = chosen_slug(request.slug, request.name)
        check_all_settings(request.model_dump())
        values = request.model_dump(exclude={"slug"})

        def build() -> tuple[Draft, Character]:
            draft = Draft("character create", owner.id, slug)
            draft.adjust(self._projects, self._projects.find_by_id(owner.id))  # whoever deletes it must see this one
            return draft, draft.create(self._characters, Character(**values, project_id=owner.id, slug=slug))

        return _response(self._editor.attempt(build))

    def list_characters(
        self,
        project: str | None,
        *,
        text: str | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> CharacterListResponseDTO:
        """Those of a film that hold a text in their names or words; a page of them."""
        order = _ORDERS.read(sort)
        found = self._characters.list_by_project(self._references.project(project).id)
        fitting = [each for each in found if holding(text, each.name, each.slug, each.description, each.trigger_words)]
        items = [_response(each) for each in in_order(fitting, order)]
        return CharacterListResponseDTO(**page_of(items, after, limit))

    def get_character(self, project: str | None, reference: str) -> CharacterResponseDTO:
        """One character."""
        return _response(self._references.character(project, reference))

    def update_character(
        self, project: str | None, reference: str, request: CharacterUpdateDTO
    ) -> CharacterResponseDTO:
        """Change what was given; settings are merged."""
        character = self._references.character(project, reference)
        changed = self._editor.change(
            "character update",
            self._characters,
            character.id,
            lambda current: merge_settings(current, request.given()),
            label=character.slug,
        )
        return _response(changed)

    def delete_character(self, project: str | None, reference: str) -> DeletedDTO:
        """With its pictures, and out of all clips. Raises Locked if one of those is."""
        return self._deletion.delete_character(self._references.character(project, reference))

    def describe_deletion(self, project: str | None, reference: str) -> str:
        """What delete_character would take away."""
        return self._deletion.extent_of_character(self._references.character(project, reference))

    def apply(self, project: str | None, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Put a character into clips of its project: into all or, if one is locked, into none."""
        named = self._references.character(project, reference)

        def build() -> tuple[Draft, list[Clip]]:
            character = self._characters.find_by_id(named.id)
            draft, found = self._recast("character apply", character, clips, lambda cast: [*cast, character.id])
            if draft.writes:  # whoever deletes the character meanwhile must see these clips
                draft.adjust(self._characters, character)
            return draft, found

        return self._views.respond_all(self._editor.attempt(build))

    def remove(self, project: str | None, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Take a character out of clips: out of all or, if one is locked, out of none."""
        character = self._references.character(project, reference)

        def build() -> tuple[Draft, list[Clip]]:
            return self._recast(
                "character remove", character, clips, lambda cast: [each for each in cast if each != character.id]
            )

        return self._views.respond_all(self._editor.attempt(build))

    def _recast(
        self, action: str, character: Character, texts: Sequence[str], recast: Callable[[list[str]], list[str]]
    ) -> tuple[Draft, list[Clip]]:
        draft = Draft(action, character.project_id, character.slug)
        found = [_of_project(clip, character.project_id) for clip in self._references.clips(texts)]
        return draft, [
            draft.change(self._clips, clip, {"character_ids": list(dict.fromkeys(recast(clip.character_ids)))})
            for clip in found
        ]


def _of_project(clip: Clip, project_id: str) -> Clip:
    if clip.project_id != project_id:
        raise NotFound(f"{clip.slug} is a clip of another project", fix="name a clip of the same project")
    return clip


def _response(character: Character) -> CharacterResponseDTO:
    return CharacterResponseDTO(**character.model_dump(include=_SHOWN))
