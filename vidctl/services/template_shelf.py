"""Style templates by what a person typed: the store's own, and behind them those that come with vidctl.

A built-in one is data and cannot be changed. At its first use a copy of it goes into the store, under the same name;
from then on that copy is meant, and it is like any other.
"""

from __future__ import annotations

from vidctl.domain.names import slugify
from vidctl.domain.style_template import StyleTemplate
from vidctl.errors import DuplicateName, InvalidInput, NotFound
from vidctl.presets.loader import list_styles, load_style
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.references import References, unknown


class TemplateShelf:
    """Finds templates."""

    def __init__(self, templates: TemplateRepository, references: References, editor: Editor) -> None:
        self._templates = templates
        self._references = references
        self._editor = editor

    def built_in(self, category: str | None = None) -> list[StyleTemplate]:
        """Those that nobody has a template of that name for, by name; of one category, if that is said."""
        own = {each.slug for each in self._templates.find_many({"slug": {"$in": list(list_styles())}})}
        found = [_document(slug) for slug in list_styles() if slug not in own]
        return [each for each in found if category in (None, each.category)]

    def find(self, text: str) -> StyleTemplate:
        """An own one by name or id, else a built-in one by name. Raises NotFound."""
        try:
            return self._references.template(text)
        except NotFound as error:
            if slugify(text) in list_styles():
                return _document(slugify(text))
            known = [each.slug for each in self._templates.list_templates()]
            raise unknown("template", text, [*known, *list_styles()]) from error

    def own(self, text: str) -> StyleTemplate:
        """One that can be changed. Raises InvalidInput for a built-in one, NotFound."""
        found = self.find(text)
        if is_built_in(found):
            raise InvalidInput(
                f"{found.slug} comes with vidctl and cannot be changed",
                fix=f"vidctl template copy {found.slug} makes one of your own of it",
            )
        return found

    def for_use(self, text: str) -> StyleTemplate:
        """One that clips can have: a built-in one is copied into the store first."""
        found = self.find(text)
        if not is_built_in(found):
            return found
        draft = Draft("template copy", label=found.slug)
        copied = draft.create(self._templates, fresh_copy(found, found.name, found.slug))
        try:
            self._editor.write(draft)
        except DuplicateName:  # somebody else uses it for the first time, too
            return self._references.template(found.slug)
        return copied


def is_built_in(template: StyleTemplate) -> bool:
    """Whether it comes with vidctl."""
    return template.id == template.slug


def fresh_copy(template: StyleTemplate, name: str, slug: str) -> StyleTemplate:
    """A new, private template that nobody has used."""
    fields = {"description", "category", "prompt", "negative_prompt", "image_settings", "video_settings"}
    return StyleTemplate(**template.model_dump(include=fields), name=name, slug=slug)


def _document(slug: str) -> StyleTemplate:
    """A built-in one in the form of the others; it is known by its name in place of an id."""
    return StyleTemplate(id=slug, **load_style(slug).model_dump(), is_public=True)
