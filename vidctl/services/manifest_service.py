"""A whole film as one file: `dump` writes it, `apply` makes the film as the file says.

Everything is looked at before anything is changed. Takes and selections are never touched, but go into the trash with
the clips that are pruned.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from vidctl.domain.manifest import Manifest
from vidctl.domain.manifest_film import FilmDocuments, manifest_of, manifest_text
from vidctl.domain.manifest_layout import lay_out
from vidctl.domain.manifest_plan import Mark, Plan
from vidctl.domain.manifest_planner import make_plan
from vidctl.dtos.manifest_dtos import ManifestDumpDTO, ManifestResponseDTO
from vidctl.errors import Conflict
from vidctl.services.deletion import Deletion
from vidctl.services.editing import chosen_slug
from vidctl.services.editor import Draft, Editor
from vidctl.services.given_files import refuse_existing
from vidctl.services.manifest_checks import (
    changed_between,
    overtaken,
    refuse_half_a_rate,
    refuse_locked,
    refuse_overlaps,
    wrong_settings,
    wrong_variables,
)
from vidctl.services.manifest_file import ManifestFile, read_manifest
from vidctl.services.manifest_media import FoundMedia, ManifestMedia
from vidctl.services.manifest_output import ManifestOutput
from vidctl.services.manifest_views import plan_lines, respond
from vidctl.services.manifest_writer import FilmRepositories, draft_of
from vidctl.services.references import References

_TOLD = 20  # lines of a plan in a message


class ManifestService:
    """Dumps and applies manifests."""

    def __init__(
        self,
        repositories: FilmRepositories,
        references: References,
        editor: Editor,
        deletion: Deletion,
        media: ManifestMedia,
        output: ManifestOutput,
    ) -> None:
        self._repositories = repositories
        self._references = references
        self._editor = editor
        self._deletion = deletion
        self._media = media
        self._output = output

    def dump(self, project: str | None, output: Path | None, *, media: Path | None, overwrite: bool) -> ManifestDumpDTO:
        """A film as a manifest, in a file or as text only; `media` is a folder for copies of its songs and pictures.
        Raises Conflict for files that exist."""
        if output is not None:
            refuse_existing(output, overwrite)
        found = self._references.project(project)
        film = self._load(found.slug)
        files = self._output.files(film, output, media)
        dump = manifest_of(film, files)
        text = manifest_text(dump.manifest)
        copied = self._output.copy(files, output, overwrite) if media else 0
        if output is not None:
            self._output.write(output, text)
        return ManifestDumpDTO(
            project=found.slug,
            file=str(output) if output else None,
            text=text,
            media=sorted(files.values()),
            media_copied=copied,
            left_out=list(dump.left_out),
        )

    def apply(
        self,
        path: Path,
        *,
        given: BinaryIO | None = None,
        project: str | None,
        dry_run: bool,
        check: bool,
        prune: bool,
    ) -> ManifestResponseDTO:
        """Make the film as the file says, or only tell what that would take; with `check` it is a Conflict if there is
        something to do. `given` is standard input, where that is read instead and `path` is "-". Raises InvalidInput
        that names each line at fault, Locked, TimelineOverlap, StaleDocument."""
        file = read_manifest(path, given)
        slug = file.manifest.project.slug if project is None else self._slug(project)
        media = self._media.find(file.manifest, path.parent, file.doubts)
        film = self._load(slug, file.manifest)
        plan = self._plan(file, film, media, slug, prune)
        told = respond(slug, file, plan, media, dry_run=dry_run or check)
        if check and plan.todo:
            raise _differs(told)
        if told.applied:
            self._media.keep(media)
            self._write(file, media, film, plan, prune)
        return told

    def _plan(self, file: ManifestFile, film: FilmDocuments, media: FoundMedia, slug: str, prune: bool) -> Plan:
        manifest = file.manifest
        characters, templates = ([each.slug for each in found] for found in (film.characters, film.templates))
        layout = lay_out(manifest, characters, templates, file.doubts)
        variables = wrong_variables(manifest, file.doubts, film, prune=prune)
        file.refuse([*layout.faults, *media.faults, *wrong_settings(manifest), *variables])
        plan = make_plan(manifest, layout, film, media.files, slug=slug, prune=prune)
        refuse_locked(plan)
        refuse_half_a_rate(manifest, film, plan)
        if not manifest.project.overlaps:
            refuse_overlaps(plan)
        return plan

    def _write(self, file: ManifestFile, media: FoundMedia, film: FilmDocuments, plan: Plan, prune: bool) -> None:
        """A take that lands meanwhile changes nothing that a manifest says: then the plan is made again. Raises
        StaleDocument if a person has changed the film."""
        ready = iter([plan])

        def build() -> tuple[Draft, Plan]:
            current = next(ready, None) or self._plan_again(file, media, film, plan, prune)
            return draft_of(current, self._repositories), current

        self._end_jobs(self._editor.attempt(build))

    def _plan_again(self, file: ManifestFile, media: FoundMedia, film: FilmDocuments, plan: Plan, prune: bool) -> Plan:
        """For the film as it is now. Raises StaleDocument if it says something else than when it was looked at."""
        now = self._load(plan.project.slug, file.manifest)
        if changed := changed_between(film, now):
            raise overtaken(plan, changed)
        return self._plan(file, now, media, plan.project.slug, prune)

    def _end_jobs(self, plan: Plan) -> None:
        gone = [step for step in plan.todo if step.mark is Mark.DELETE]
        for noun in ("clip", "character"):
            if ids := [step.document.id for step in gone if step.noun == noun]:
                self._deletion.end_jobs({f"{noun}_id": {"$in": ids}})

    def _slug(self, project: str) -> str:
        """Of a project that is named by its slug or id, or of one that there will be."""
        known = self._repositories.projects.find_one({"id": project})
        return known.slug if known else chosen_slug(project, "")

    def _load(self, slug: str, manifest: Manifest | None = None) -> FilmDocuments:
        """The film of that name, with the templates that it uses and those that a manifest names."""
        repositories = self._repositories
        project = repositories.projects.find_one({"slug": slug})
        where = {"project_id": project.id if project else ""}
        # before the clips: who puts a clip into a scene or a character into a clip meanwhile writes these, too
        scenes, characters = repositories.scenes.find_many(where), repositories.characters.find_many(where)
        clips = repositories.clips.find_many(where)
        ids = sorted({clip.template_id for clip in clips if clip.template_id})
        templates = {each.slug: each for each in repositories.templates.find_many({"id": {"$in": ids}})}
        if manifest is not None:
            slugs = {clip.template for scene in manifest.scene for clip in scene.clip if clip.template}
            slugs |= {each.slug for each in manifest.template}
            found = repositories.templates.find_many({"slug": {"$in": sorted(slugs)}})
            templates |= {each.slug: each for each in found}
        return FilmDocuments(
            project=project,
            scenes=scenes,
            clips=clips,
            characters=characters,
            templates=list(templates.values()),
        )


def _differs(told: ManifestResponseDTO) -> Conflict:
    lines = [line for line in plan_lines(told) if not line.startswith(Mark.KEEP)]
    more = [f"and {len(lines) - _TOLD} more"] if len(lines) > _TOLD else []
    return Conflict(
        f"{told.project} is not as {told.file} says",
        cause="\n".join([*lines[:_TOLD], *more]),
        fix=f"vidctl project apply {told.file}",
        plan=told.model_dump(mode="json"),
    )
