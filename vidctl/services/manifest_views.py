"""A plan as people see it, with what they should know before they agree."""

from __future__ import annotations

from collections.abc import Iterator

from vidctl.domain.frames import frames_to_seconds
from vidctl.domain.manifest_layout import lay_out
from vidctl.domain.manifest_plan import Mark, Plan, Step
from vidctl.dtos.manifest_dtos import ManifestChangeDTO, ManifestResponseDTO, ManifestStepDTO
from vidctl.services.manifest_file import ManifestFile
from vidctl.services.manifest_media import FoundMedia


def respond(slug: str, file: ManifestFile, plan: Plan, media: FoundMedia, *, dry_run: bool) -> ManifestResponseDTO:
    """The plan; it counts as applied unless it is a dry run or empty."""
    counts = plan.counts()
    return ManifestResponseDTO(
        project=slug,
        file=str(file.path),
        applied=bool(plan.todo) and not dry_run,
        dry_run=dry_run,
        created=counts[Mark.CREATE],
        changed=counts[Mark.CHANGE],
        deleted=counts[Mark.DELETE],
        kept=counts[Mark.KEEP],
        steps=[_step(step) for step in plan.steps],
        warnings=[*_beyond_the_song(file, media), *_shared(plan), *media.warnings],
    )


def plan_lines(plan: ManifestResponseDTO) -> list[str]:
    """ "~ clip chorus/hero: length 5s → 6s" """
    return [f"{step.mark} {step.noun} {step.path}{_told(step)}" for step in plan.steps]


def _step(step: Step) -> ManifestStepDTO:
    changes = [ManifestChangeDTO(field=field, before=before, after=after) for field, before, after in step.told]
    return ManifestStepDTO(mark=step.mark.value, noun=step.noun, path=step.path, changes=changes)


def _told(step: ManifestStepDTO) -> str:
    if step.mark == Mark.KEEP:
        return " is not in the manifest"
    told = "; ".join(f"{change.field} {change.before} → {change.after}" for change in step.changes)
    return f": {told}" if told else ""


def _beyond_the_song(file: ManifestFile, media: FoundMedia) -> Iterator[str]:
    song = media.files.get(("project", "music"))
    if song is None or song.duration is None:
        return
    manifest, cursor, late = file.manifest, 0, []
    layout, end = lay_out(manifest), song.duration * manifest.project.rate
    for scene in (scene for scene in manifest.scene if scene.alternate_of is None):
        fixed = layout.starts[scene.slug]
        start = cursor if fixed is None else fixed
        spans = {c.slug: layout.places[scene.slug, c.slug].span for c in scene.clip if c.alternate_of is None}
        late += [f"{scene.slug}/{slug}" for slug, span in spans.items() if start + span.end > end + 1]
        cursor = start + max((span.end for span in spans.values()), default=0)
    if late:
        film = float(frames_to_seconds(cursor, manifest.project.rate))
        more = f" and {len(late) - 1} more" if len(late) > 1 else ""
        yield f"{late[0]}{more} would be shown after the song, which ends at {song.duration:g} s (the film: {film:g} s)"


def _shared(plan: Plan) -> Iterator[str]:
    for step in plan.todo:
        if step.noun == "template" and step.mark is Mark.CHANGE:
            yield f"the template {step.path} changes for every film that uses it"
