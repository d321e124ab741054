"""Characters: create, list, show, update, delete; apply to clips and remove from them.

Applying only notes who is in a clip. The words are added when a recipe is resolved, so the clip's own prompt stays as
it was written, and applying twice is the same as once.
"""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.character import Character
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.character_dtos import (
    CharacterCreateDTO,
    CharacterListResponseDTO,
    CharacterResponseDTO,
    CharacterUpdateDTO,
)
from vidctl.dtos.clip_dtos import ClipListResponseDTO
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.clip_service import ClipService
from vidctl.services.editing import apply_changes, check_all_settings, chosen_slug, merge_settings
from vidctl.services.references import References

_SHOWN = set(CharacterResponseDTO.model_fields)


class CharacterService:
    """What one can do with characters."""

    def __init__(
        self,
        characters: CharacterRepository,
        clips: ClipRepository,
        references: References,
        clip_service: ClipService,
    ) -> None:
        self._characters = characters
        self._clips = clips
        self._references = references
        self._clip_service = clip_service

    def create_character(self, project: str | None, request: CharacterCreateDTO) -> CharacterResponseDTO:
        """Raises DuplicateName."""
        owner = self._references.project(project)
        slug = chosen_slug(request.slug, request.name)
        check_all_settings(request.model_dump())
        character = Character(**request.model_dump(exclude={"slug"}), project_id=owner.id, slug=slug)
        return _response(self._characters.create(character))

    def list_characters(self, project: str | None) -> CharacterListResponseDTO:
        """By name."""
        found = self._characters.list_by_project(self._references.project(project).id)
        return CharacterListResponseDTO(items=[_response(each) for each in found], total=len(found))

    def get_character(self, project: str | None, reference: str) -> CharacterResponseDTO:
        """One character."""
        return _response(self._references.character(project, reference))

    def update_character(
        self, project: str | None, reference: str, request: CharacterUpdateDTO
    ) -> CharacterResponseDTO:
        """Change what was given; settings are merged."""
        character = self._references.character(project, reference)
        changes = merge_settings(character, request.given())
        return _response(apply_changes(self._characters, character, changes))

    def delete_character(self, project: str | None, reference: str) -> DeletedDTO:
        """Take it out of all clips, then delete it."""
        character = self._references.character(project, reference)
        for clip in self._clips.find_many({"character_ids": {"$all": [character.id]}}):
            self._clips.update_by_id(clip.id, {"$pull": {"character_ids": character.id}})
        self._characters.delete_by_id(character.id)
        return DeletedDTO(id=character.id, name=character.name, deleted={"characters": 1})

    def apply(self, project: str | None, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Put a character into clips of its project."""
        character = self._references.character(project, reference)
        found = [self._references.clip_of(character.project_id, text) for text in clips]
        for clip in found:
            if character.id not in clip.character_ids:
                self._clips.update_by_id(clip.id, {"$push": {"character_ids": character.id}})
        return self._clip_service.respond_all([clip.id for clip in found])

    def remove(self, project: str | None, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Take a character out of clips."""
        character = self._references.character(project, reference)
        found = [self._references.clip_of(character.project_id, text) for text in clips]
        for clip in found:
            self._clips.update_by_id(clip.id, {"$pull": {"character_ids": character.id}})
        return self._clip_service.respond_all([clip.id for clip in found])


def _response(character: Character) -> CharacterResponseDTO:
    return CharacterResponseDTO(**character.model_dump(include=_SHOWN))
