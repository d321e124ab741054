"""Style templates: create, list, show, update, copy, delete; apply to clips and remove from them."""

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
    TemplateCopyDTO,
    TemplateFilterDTO,
    TemplateSource,
)
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.clip_views import ClipViews
from vidctl.services.editing import check_all_settings, chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.orders import CREATED, NAME, UPDATED, Orders, holding, in_order
from vidctl.services.paging import page_of
from vidctl.services.references import References
from vidctl.services.template_shelf import TemplateShelf, fresh_copy, is_built_in

_SHOWN = set(StyleTemplateResponseDTO.model_fields) - {"source"}
_USES = (("use_count", 1), ("slug", -1))  # the most used, which are asked for, come by name
_ORDERS = Orders("templates", "-uses", {"uses": _USES, "name": NAME, "created": CREATED, "updated": UPDATED})


class TemplateService:
    """What one can do with style templates."""

    def __init__(
        self,
        templates: TemplateRepository,
        clips: ClipRepository,
        shelf: TemplateShelf,
        references: References,
        views: ClipViews,
        editor: Editor,
    ) -> None:
        self._templates = templates
        self._clips = clips
        self._shelf = shelf
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

    def list_templates(self, wanted: TemplateFilterDTO) -> StyleTemplateListResponseDTO:
        """A page of them, with the built-in ones that have not been copied."""
        order = _ORDERS.read(wanted.sort)
        own = [] if wanted.built_in is True else self._templates.list_templates(wanted.category, wanted.public)
        is_hidden = wanted.built_in is False or wanted.public is False
        shelf = [] if is_hidden else self._shelf.built_in(wanted.category)
        found = [
            _response(each)
            for each in [*own, *shelf]
            if holding(wanted.text, each.name, each.slug, each.description, each.prompt)
        ]
        return StyleTemplateListResponseDTO(**page_of(in_order(found, order), wanted.after, wanted.limit))

    def get_template(self, reference: str) -> StyleTemplateResponseDTO:
        """One template."""
        return _response(self._shelf.find(reference))

    def copy_template(self, reference: str, request: TemplateCopyDTO) -> StyleTemplateResponseDTO:
        """A new one that is like another, under another name; a built-in one may keep its own. Raises DuplicateName."""
        source = self._shelf.find(reference)
        slug = source.slug if request.name is None else chosen_slug(None, request.name)
        draft = Draft("template copy", label=slug)
        copied = draft.create(self._templates, fresh_copy(source, request.name or source.name, slug))
        self._editor.write(draft)
        return _response(copied)

    def update_template(self, reference: str, request: StyleTemplateUpdateDTO) -> StyleTemplateResponseDTO:
        """Change what was given; settings are merged. Raises InvalidInput for a built-in one."""
        template = self._shelf.own(reference)
        changed = self._editor.change(
            "template update",
            self._templates,
            template.id,
            lambda current: merge_settings(current, request.given()),
            label=template.slug,
        )
        return _response(changed)

    def delete_template(self, reference: str) -> DeletedDTO:
        """Out of all clips and into the trash. Raises Locked if one of those is, InvalidInput for a built-in one."""
        template = self._shelf.own(reference)

        def build() -> tuple[Draft, Draft]:
            draft = Draft("template delete", label=template.slug)
            found = self._templates.find_by_id(template.id)  # before the clips: who applies it meanwhile writes it, too
            for clip in self._clips.find_many({"template_id": template.id}):
                draft.change(self._clips, clip, {"template_id": None})
            draft.delete(self._templates, found)
            return draft, draft

        change = self._editor.attempt(build).set_id
        return DeletedDTO(id=template.id, name=template.name, deleted={"templates": 1}, change=change)

    def describe_deletion(self, reference: str) -> str:
        """What delete_template would take away."""
        template = self._shelf.own(reference)
        clips = self._clips.count({"template_id": template.id})
        return f"the template {template.name}, which {clips} clip{'' if clips == 1 else 's'} have"

    def apply(self, reference: str, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips this look, in place of any other: all of them or, if one is locked, none."""
        self._references.clips(clips)  # a wrong name must not bring a copy of a built-in one into the store
        named = self._shelf.for_use(reference)

        def build() -> tuple[Draft, list[Clip]]:
            template = self._templates.find_by_id(named.id)
            draft, found = self._relook("template apply", template.slug, template.id, clips)
            if draft.writes:  # whoever deletes the template meanwhile must see these clips
                draft.adjust(self._templates, template)
            return draft, found

        return self._views.respond_all(self._editor.attempt(build))

    def remove(self, clips: Sequence[str]) -> ClipListResponseDTO:
        """Give clips no look of their own."""
        label = ", ".join(clips[:3])
        return self._views.respond_all(
            self._editor.attempt(lambda: self._relook("template remove", label, None, clips))
        )

    def _relook(
        self, action: str, label: str, template_id: str | None, texts: Sequence[str]
    ) -> tuple[Draft, list[Clip]]:
        found = self._references.clips(texts)
        projects = {clip.project_id for clip in found}
        draft = Draft(action, projects.pop() if len(projects) == 1 else "", label)
        return draft, [draft.change(self._clips, clip, {"template_id": template_id}) for clip in found]


def _response(template: StyleTemplate) -> StyleTemplateResponseDTO:
    values = template.model_dump(include=_SHOWN)
    if is_built_in(template):
        nowhere = {"id": None, "created_at": None, "updated_at": None}
        return StyleTemplateResponseDTO(**{**values, **nowhere}, source=TemplateSource.BUILTIN)
    return StyleTemplateResponseDTO(**values, source=TemplateSource.OWN)
