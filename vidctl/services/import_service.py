"""Films of other systems: read, made into a manifest, and planned and written as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vidctl.domain.frames import parse_rate
from vidctl.domain.limits import check_film_rate
from vidctl.domain.manifest_film import FilmDocuments
from vidctl.domain.manifest_layout import lay_out
from vidctl.domain.manifest_planner import make_plan
from vidctl.domain.storycanvas import read_storycanvas
from vidctl.dtos.manifest_dtos import ImportResponseDTO
from vidctl.errors import InvalidInput
from vidctl.services.editing import chosen_slug
from vidctl.services.editor import Editor
from vidctl.services.given_files import require_file
from vidctl.services.manifest_writer import FilmRepositories, draft_of

#: A hundred thousand takes with their prompts.
SIZE_LIMIT = 256 * 1024 * 1024


class ImportService:
    """Imports films."""

    def __init__(self, repositories: FilmRepositories, editor: Editor) -> None:
        self._repositories = repositories
        self._editor = editor

    def import_storycanvas(self, file: Path, *, fps: str, slug: str | None) -> ImportResponseDTO:
        """A new film of a `storycanvas_v1` export. Raises InvalidInput for what is none, DuplicateName."""
        check_film_rate(parse_rate(fps))
        chosen = chosen_slug(slug, "") if slug is not None else None
        manifest, report = read_storycanvas(_read_json(file), fps, chosen)
        layout = lay_out(manifest)
        plan = make_plan(manifest, layout, FilmDocuments(), {}, slug=manifest.project.slug, prune=False)
        self._editor.write(draft_of(plan, self._repositories, "project import"))
        return ImportResponseDTO(
            project=plan.project.slug,
            project_id=plan.project.id,
            scenes=len(manifest.scene),
            clips=sum(len(scene.clip) for scene in manifest.scene),
            characters=len(manifest.character),
            skipped_images=report.images,
            skipped_videos=report.videos,
            skipped_urls=report.urls,
            notes=report.notes,
        )


def _read_json(file: Path) -> Any:
    require_file(file)
    if file.stat().st_size > SIZE_LIMIT:
        raise InvalidInput(f"{file.name} is too large to import", cause=f"it has more than {SIZE_LIMIT >> 20} MiB")
    try:
        return json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"line {error.lineno} of {file.name} is no JSON",
            cause=f"{error.msg} in column {error.colno}",
            fix="export it again: the file may be cut off",
            line=error.lineno,
        ) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        cause = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidInput(f"{file.name} cannot be read as JSON", cause=cause) from error
