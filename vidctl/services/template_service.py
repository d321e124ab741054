"""Style templates: create, list, show, update, delete; apply to clips and remove from them."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import ClipListResponseDTO
from vidctl.dtos.template_dtos import (
    StyleTemplateCreateDTO,
    StyleTemplateListResponseDTO,
    StyleTemplateResponseDTO,
    StyleTemplateUpdateDTO,
)
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.clip_service import ClipService
from vidctl.services.editing import apply_changes, check_all_settings, chosen_slug, merge_settings
from vidctl.services.references import References

_SHOWN = set(StyleTemplateResponseDTO.model_fields)


class TemplateService:
    """What one can do with style templates."""

    def __init__(
        self,
        templates: TemplateRepository,
        clips: ClipRepository,
        references: References,
        clip_service: ClipService,
    ) -> None:
        self._templates = templates
        self._clips = clips
        self._references = references
        self._clip_service = clip_service

    def create_template(self, request: StyleTemplateCreateDTO) -> StyleTemplateResponseDTO:
        """Raises DuplicateName."""
        slug = chosen_slug(request.slug, request.name)
        check_all_settings(request.model_dump())
        return _response(self._templates.create(StyleTemplate(**request.model_dump(exclude={"slug"}), slug=slug)))

    def list_templates(self, category: str | None = None) -> StyleTemplateListResponseDTO:
        """Most used first."""
        found = self._templates.list_templates(category)
        return StyleTemplateListResponseDTO(items=[_response(each) for each in found], total=len(found))

    def get_template(self, reference: str) -> StyleTemplateResponseDTO:
        """One template."""
        return _response(self._references.template(reference))

    def update_template(self, reference: str, request: StyleTemplateUpdateDTO) -> StyleTemplateResponseDTO:
        """Change what was given; settings are merged."""
        template = self._references.template(reference)
        return _response(apply_changes(self._templates, template, merge_settings(template, request.given())))

    def delete_template(self, reference: str) -> DeletedDTO:
        """Take it from all clips, then delete it."""
        template = self._references.template(reference)
        for clip in self._clips.find_many({"template_id": template.id}):
            self._clips.update_one({"id": clip.id, "template_id": template.id}, {"$set": {"template_id": None}})
        self._templates.delete_by_id(template.id)
        return DeletedDTO(id=template.id, name=template.name, deleted={"templates": 1})

    def apply(self, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips this look, in place of any other."""
        return self._set(self._references.template(reference).id, clips)

    def remove(self, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips no look of their own."""
        return self._set(None, clips)

    def _set(self, template_id: str | None, clips: Sequence[str]) -> ClipListResponseDTO:
        found = [self._references.clip(text) for text in clips]
        for clip in found:
            self._clips.update_by_id(clip.id, {"$set": {"template_id": template_id}})
        return self._clip_service.respond_all([clip.id for clip in found])


def _response(template: StyleTemplate) -> StyleTemplateResponseDTO:
    return StyleTemplateResponseDTO(**template.model_dump(include=_SHOWN))
