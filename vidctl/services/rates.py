"""Places and lengths of clips are frames of the film's rate: they mean something only at the rate they were made at.

So a rate can change while a film has no clips, and what lies in the trash or the history comes back at its own rate
only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from vidctl.domain.change import Change, ChangeKind
from vidctl.domain.project import Project
from vidctl.errors import Conflict
from vidctl.repositories.change_repository import ChangeRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.editor import Draft
from vidctl.services.layout import Layouts

_MEASURED = {"position", "length"}


def hold_for_new_rate(draft: Draft, layouts: Layouts, project: Project) -> None:
    """Let a film without clips get another rate in a draft. Raises Conflict if there are clips."""
    _hold_scenes(draft, layouts, project)
    if clips := layouts.clips.count({"project_id": project.id}):
        raise Conflict(
            f"the rate of {project.slug} cannot change any more",
            cause=f"its {clips} clips are placed in frames of {project.fps} fps",
            fix="make a new project with --fps",
        )


def hold_for_old_rate(
    draft: Draft, layouts: Layouts, history: ChangeRepository, change: Change, removed: Collection[str]
) -> None:
    """Let the film get back the rate that it had before a change, in the draft that takes it back. Raises Conflict if
    clips have been created or placed since, other than those that the draft removes."""
    project = layouts.projects.find_by_id(change.document_id)
    _hold_scenes(draft, layouts, project)
    places: dict[str, dict[str, Any]] = defaultdict(dict)  # what they were right after the change
    new = set()
    of_clips = {"project_id": project.id, "collection": layouts.clips.collection}
    for later in history.find_many(of_clips, sort=(("document_revision", -1),)):
        if later.created_at > change.created_at and later.kind is ChangeKind.EDIT:
            places[later.document_id] |= {name: old for name, old in later.old_values().items() if name in _MEASURED}
        elif later.created_at > change.created_at and not later.document_revision:
            new.add(later.document_id)
    for clip in layouts.clips.find_many({"project_id": project.id}):
        is_moved = any(getattr(clip, name) != old for name, old in places[clip.id].items())
        if clip.id not in removed and (clip.id in new or is_moved):
            raise Conflict(
                f"the rate of {project.slug} cannot go back to {change.old_values()['fps']} fps",
                cause=f"{clip.slug} has been placed in frames of {project.fps} fps since then",
                fix="take that back first: vidctl project history",
            )


def _hold_scenes(draft: Draft, layouts: Layouts, project: Project) -> None:
    """Write the film's scenes before its clips are looked at: whoever puts the first clip into one writes it, too."""
    for scene in layouts.scenes.find_many({"project_id": project.id}):
        draft.adjust(layouts.scenes, scene)


def require_same_rate(changes: Sequence[Change], projects: ProjectRepository, history: ChangeRepository) -> None:
    """Raises Conflict if the film's rate has changed since places and lengths of clips were changed or deleted."""
    film = projects.find_one({"id": changes[0].project_id})
    if film is None or not any(each.collection == "clips" and _MEASURED & each.old_values().keys() for each in changes):
        return
    then = film.fps
    for later in history.of_document(film.id):  # newest first
        if later.kind is ChangeKind.EDIT and later.created_at > changes[0].created_at:
            then = later.old_values().get("fps", then)
    if then != film.fps:
        raise Conflict(
            f"the clips were placed in frames of {then} fps",
            cause=f"{film.slug} has {film.fps} fps by now",
            fix=f"vidctl project update --fps {then} first, which takes a film without clips",
        )
