"""What is refused before a manifest is applied although its file is right by itself, and what has changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import time_key
from vidctl.domain.document import Document
from vidctl.domain.manifest import CharacterEntry, ClipEntry, Manifest, ProjectEntry, SceneEntry, TemplateEntry
from vidctl.domain.manifest_film import FilmDocuments, overlapping
from vidctl.domain.manifest_layout import Fault
from vidctl.domain.manifest_mending import Doubts
from vidctl.domain.manifest_plan import Mark, Plan
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.toml_lines import Path
from vidctl.domain.variable_faults import variable_faults
from vidctl.errors import Conflict, InvalidInput, Locked, NotFound, StaleDocument, TimelineOverlap
from vidctl.services.setting_checks import check_setting

_NAMED = 5  # things in a message
#: Change by themselves, or follow from what is looked at; so does a scene's length.
_BY_MACHINE = frozenset({"revision", "updated_at", "selected_image_id", "selected_video_id", "use_count", "version"})
_WithSettings = ProjectEntry | TemplateEntry | CharacterEntry | SceneEntry | ClipEntry


def wrong_settings(manifest: Manifest) -> Iterator[Fault]:
    """Render settings that no workflow could use."""
    for path, entry in _with_settings(manifest):
        yield from wrong_settings_of(path, entry)


def wrong_settings_of(path: Path, entry: _WithSettings) -> Iterator[Fault]:
    """Those of one table of the file."""
    for table, kind, values in (("image", MediaKind.IMAGE, entry.image), ("video", MediaKind.VIDEO, entry.video)):
        for name, value in values.items():
            if problem := _problem(partial(check_setting, kind, name, value)):
                yield Fault((*path, table, name), problem)


def wrong_variables(manifest: Manifest, doubts: Doubts, film: FilmDocuments, *, prune: bool) -> Iterator[Fault]:
    """Variables that could not be expanded: those of the file, and those of scenes that are kept beside it, if they
    could be until now."""
    if doubts.of("project.variables", "scene.variables"):
        return
    stored = {scene.slug: scene.variables for scene in film.scenes}
    before = {fault.told for fault in variable_faults(film.project.variables if film.project else {}, stored)}
    numbers = {scene.slug: number for number, scene in enumerate(manifest.scene)}
    named = {scene.slug: scene.variables for scene in manifest.scene}
    for fault in variable_faults(manifest.project.variables, named if prune else {**stored, **named}):
        if fault.scene in numbers:
            yield Fault(("scene", numbers[fault.scene], "variables", fault.name), _in_full(fault.error))
        elif not fault.scene:
            yield Fault(("project", "variables", fault.name), _in_full(fault.error))
        elif fault.told not in before:
            yield Fault(("project", "variables"), _in_full(fault.error))


def refuse_locked(plan: Plan) -> None:
    """Raises Locked if a clip that is locked would change."""
    if locked := plan.locked:
        raise Locked(
            f"{_some(locked)} {'is' if len(locked) == 1 else 'are'} locked and differ from the manifest;"
            " nothing was changed",
            cause="a locked clip stays as it is",
            fix=f"vidctl clip unlock {locked[0]}, or write it in the manifest as it is: vidctl project dump",
            clips=locked,
        )


def refuse_half_a_rate(manifest: Manifest, film: FilmDocuments, plan: Plan) -> None:
    """Raises Conflict if the film gets another rate while clips are kept that the manifest does not place anew."""
    kept = [step.path for step in plan.steps if step.mark is Mark.KEEP and step.noun in ("clip", "scene")]
    if film.project is not None and film.project.rate != manifest.project.rate and kept:
        raise Conflict(
            f"the rate of {film.project.slug} cannot change to {manifest.project.fps} fps",
            cause=f"the manifest does not say where these are then: {_some(kept)}",
            fix="add them to the manifest, or delete them with --prune",
        )


def refuse_overlaps(plan: Plan) -> None:
    """Raises TimelineOverlap if clips of the manifest would overlap such as are kept beside them."""
    kept = {step.document.id: step.path for step in plan.steps if step.mark is Mark.KEEP and step.noun == "clip"}
    for clips in plan.clips.values():
        beside = [kept[clip.id] for clip in clips if clip.id in kept]
        if beside and len(beside) < len(clips) and overlapping(sorted(clips, key=time_key)):
            raise TimelineOverlap(
                f"the manifest's clips would overlap ones that it does not name: {_some(beside)}",
                fix="add them to the manifest, delete them with --prune, or allow it: overlaps = true in [project]",
            )


def changed_between(before: FilmDocuments, after: FilmDocuments) -> list[str]:
    """What people have changed, by kind and path: "clip chorus/hero (lyrics)"."""
    old, new = ({each.id: each for each in _documents(film)} for film in (before, after))
    scenes = {scene.id: scene.slug for film in (before, after) for scene in film.scenes}
    changed = [_named(new[each], scenes, "new") for each in new.keys() - old.keys()]
    changed += [_named(old[each], scenes, "deleted") for each in old.keys() - new.keys()]
    for each in old.keys() & new.keys():
        if fields := _differing(old[each], new[each]):
            changed.append(_named(new[each], scenes, ", ".join(fields)))
    return sorted(changed)


def overtaken(plan: Plan, changed: Sequence[str]) -> StaleDocument:
    """What to say when people have changed the film since the plan was made."""
    return StaleDocument(
        f"{plan.project.slug} was changed while the manifest was looked at; nothing of it was applied",
        cause=f"changed in the meantime: {_some(changed)}",
        fix="look at what differs now with --dry-run, then apply it again",
        changed=changed,
    )


def _with_settings(manifest: Manifest) -> Iterator[tuple[Path, _WithSettings]]:
    yield ("project",), manifest.project
    for number, template in enumerate(manifest.template):
        yield ("template", number), template
    for number, character in enumerate(manifest.character):
        yield ("character", number), character
    for number, scene in enumerate(manifest.scene):
        yield ("scene", number), scene
        for place, clip in enumerate(scene.clip):
            yield ("scene", number, "clip", place), clip


def _documents(film: FilmDocuments) -> Iterator[Document]:
    yield from [film.project] if film.project else []
    yield from film.scenes
    yield from film.clips
    yield from film.characters
    yield from film.templates


def _differing(old: Document, new: Document) -> list[str]:
    follows = _BY_MACHINE | ({"length"} if isinstance(old, Scene) else set())
    fields = [name for name in type(old).model_fields if name not in follows]
    return [name for name in fields if getattr(old, name) != getattr(new, name)]


def _named(document: Document, scenes: Mapping[str, str], what: str) -> str:
    slug = getattr(document, "slug", document.id)
    scene = scenes.get(document.scene_id, "") if isinstance(document, Clip) else ""
    return f"{type(document).__name__.lower()} {scene and scene + '/'}{slug} ({what})"


def _problem(check: Callable[[], None]) -> str:
    """What a check says; "" if it has no objection."""
    try:
        check()
    except (InvalidInput, NotFound) as error:
        return _in_full(error)
    return ""


def _in_full(error: InvalidInput | NotFound) -> str:
    return f"{error}; {error.fix}" if error.fix else str(error)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
