"""Style templates as a file that studios give to each other: the same tables as in a film's manifest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidctl.domain.manifest import FORMAT, TemplateEntry
from vidctl.domain.manifest_film import entry_table, template_entry
from vidctl.domain.manifest_values import template_values
from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.template_dtos import TemplateExportDTO, TemplateImportDTO
from vidctl.errors import DuplicateName, InvalidInput
from vidctl.exporters.destination import check_destination
from vidctl.gateways.asset_store import writing
from vidctl.gateways.whole_file import whole_file
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.given_files import refuse_existing
from vidctl.services.manifest_file import read_templates
from vidctl.services.template_shelf import TemplateShelf

_SUFFIX = ".toml"


class TemplateExchange:
    """Writes and reads such files."""

    def __init__(self, templates: TemplateRepository, shelf: TemplateShelf, editor: Editor) -> None:
        self._templates = templates
        self._shelf = shelf
        self._editor = editor

    def export(self, names: Sequence[str], file: Path, *, overwrite: bool) -> TemplateExportDTO:
        """Those that are named, built-in and private ones too; without names, all public ones of the store. Raises
        NotFound, InvalidInput."""
        check_destination(file, _SUFFIX)
        refuse_existing(file, overwrite)
        found = [self._shelf.find(name) for name in names] or self._templates.list_templates(public=True)
        if not found:
            raise InvalidInput(
                "no template is public", fix="name those to export, or: vidctl template update NAME --public"
            )
        chosen = {each.slug: each for each in sorted(found, key=lambda each: each.slug)}
        tables = [entry_table("[[template]]", template_entry(each)) for each in chosen.values()]
        with writing(file), whole_file(file) as part:
            part.write_text("\n".join([f"vidctl = {FORMAT}\n", *tables]), encoding="utf-8")
        return TemplateExportDTO(file=str(file), templates=list(chosen))

    def import_(self, file: Path, *, replace: bool) -> TemplateImportDTO:
        """All of a file or nothing. Raises InvalidInput that names line and field, and DuplicateName for those that are
        there already and differ, unless they are to be replaced."""
        entries = read_templates(file)

        def build() -> tuple[Draft, TemplateImportDTO]:
            draft = Draft("template import", label=file.name)
            known = {each.slug: each for each in self._templates.find_many({})}
            marks = {entry.slug: self._write(draft, entry, known.get(entry.slug)) for entry in entries}
            told = {mark: [slug for slug, each in marks.items() if each == mark] for mark in _MARKS}
            if told["replaced"] and not replace:
                raise _taken(told["replaced"])
            return draft, TemplateImportDTO(file=str(file), **told)

        return self._editor.attempt(build)

    def _write(self, draft: Draft, entry: TemplateEntry, known: StyleTemplate | None) -> str:
        values = template_values(entry)
        if known is None:
            draft.create(self._templates, StyleTemplate(**values, slug=entry.slug))
            return "created"
        return "unchanged" if draft.change(self._templates, known, values) is known else "replaced"


_MARKS = ("created", "replaced", "unchanged")


def _taken(slugs: Sequence[str]) -> DuplicateName:
    return DuplicateName(
        f"there are templates of these names already: {', '.join(slugs)}",
        cause="they differ from those in the file",
        fix="--replace overwrites them; or give those in the file another slug",
    )
