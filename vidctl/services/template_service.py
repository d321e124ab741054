"""Style templates: create, list, show, update, delete; apply to clips and remove from them."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.domain.clip import Clip
from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import ClipListResponseDTO
from vidctl.dtos.template_dtos import (
    StyleTemplateCreateDTO,
    StyleTemplateListResponseDTO,
    StyleTemplateResponseDTO,
    StyleTemplateUpdateDTO,
    TemplateSource,
)
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.clip_views import ClipViews
from vidctl.services.editing import check_all_settings, chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.references import References

_SHOWN = set(StyleTemplateResponseDTO.model_fields) - {"source"}


class TemplateService:
    """What one can do with style templates."""

    def __init__(
        self,
        templates: TemplateRepository,
        clips: ClipRepository,
        references: References,
        views: ClipViews,
        editor: Editor,
    ) -> None:
        self._templates = templates
        self._clips = clips
        self._references = references
        self._views = views
        self._editor = editor

    def create_template(self, request: StyleTemplateCreateDTO) -> StyleTemplateResponseDTO:
        """Raises DuplicateName."""
        slug = chosen_slug(request.slug, request.name)
        check_all_settings(request.model_dump())
        draft = Draft("template create", label=slug)
        values = request.model_dump(exclude={"slug"})
        template = draft.create(self._templates, StyleTemplate(**values, slug=slug))
        self._editor.write(draft)
        return _response(template)

    def list_templates(
        self, category: str | None = None, *, public: bool | None = None
    ) -> StyleTemplateListResponseDTO:
        """Most used first; `public` True or False leaves out the others."""
        found = self._templates.list_templates(category, public)
        return StyleTemplateListResponseDTO(items=[_response(each) for each in found], total=len(found))

    def get_template(self, reference: str) -> StyleTemplateResponseDTO:
        """One template."""
        return _response(self._references.template(reference))

    def update_template(self, reference: str, request: StyleTemplateUpdateDTO) -> StyleTemplateResponseDTO:
        """Change what was given; settings are merged."""
        template = self._references.template(reference)
        changed = self._editor.change(
            "template update",
            self._templates,
            template.id,
            lambda current: merge_settings(current, request.given()),
            label=template.slug,
        )
        return _response(changed)

    def delete_template(self, reference: str) -> DeletedDTO:
        """Out of all clips and into the trash. Raises Locked if one of the clips is."""
        template = self._references.template(reference)

        def build() -> Draft:
            draft = Draft("template delete", label=template.slug)
            for clip in self._clips.find_many({"template_id": template.id}):
                draft.change(self._clips, clip, {"template_id": None})
            draft.delete(self._templates, self._templates.find_by_id(template.id))
            return draft

        self._editor.attempt(lambda: (build(), None))
        return DeletedDTO(id=template.id, name=template.name, deleted={"templates": 1})

    def describe_deletion(self, reference: str) -> str:
        """What delete_template would take away."""
        template = self._references.template(reference)
        clips = self._clips.count({"template_id": template.id})
        return f"the template {template.name}, which {clips} clip{'' if clips == 1 else 's'} have"

    def apply(self, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips this look, in place of any other: all of them or, if one is locked, none."""
        template = self._references.template(reference)
        return self._set("template apply", template.slug, template.id, clips)

    def remove(self, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips no look of their own."""
        return self._set("template remove", ", ".join(clips[:3]), None, clips)

    def _set(self, action: str, label: str, template_id: str | None, texts: Sequence[str]) -> ClipListResponseDTO:
        def build() -> tuple[Draft, list[Clip]]:
            found = self._references.clips(texts)
            projects = {clip.project_id for clip in found}
            draft = Draft(action, projects.pop() if len(projects) == 1 else "", label)
            return draft, [draft.change(self._clips, clip, {"template_id": template_id}) for clip in found]

        return self._views.respond_all(self._editor.attempt(build))


def _response(template: StyleTemplate) -> StyleTemplateResponseDTO:
    return StyleTemplateResponseDTO(**template.model_dump(include=_SHOWN), source=TemplateSource.OWN)
