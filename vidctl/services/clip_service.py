"""Clips: create, list, show, update, prompts, move, select, delete."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from vidctl.domain.clip import MAX_POSITION_SECONDS, Clip, selection_field
from vidctl.domain.frames import parse_time
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.timeline import Span, conflicts, nearest_free, span_of
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import (
    ClipCreateDTO,
    ClipListResponseDTO,
    ClipMovedDTO,
    ClipResponseDTO,
    ClipTimelineUpdateDTO,
    ClipUpdateDTO,
)
from vidctl.errors import InvalidInput, NotFound, TimelineOverlap
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.deletion import Deletion
from vidctl.services.editing import apply_changes, chosen_slug, merge_settings
from vidctl.services.film import FilmReader, seconds
from vidctl.services.references import References

_STEP_ASIDE = 0.05  # seconds


class ClipService:
    """What one can do with clips."""

    def __init__(
        self,
        projects: ProjectRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        references: References,
        films: FilmReader,
        deletion: Deletion,
    ) -> None:
        self._projects = projects
        self._clips = clips
        self._takes = takes
        self._references = references
        self._films = films
        self._deletion = deletion

    def create_clip(self, scene: str, request: ClipCreateDTO) -> ClipResponseDTO:
        """At the end of its scene, unless a position is given. Raises DuplicateName, TimelineOverlap."""
        owner = self._references.scene(scene)
        project = self._projects.find_by_id(owner.project_id)
        others = self._clips.list_by_scene(owner.id)
        length = _length(request.length, project)
        end = max((clip.end for clip in others), default=0)
        position = end if request.timeline_position is None else _position(request.timeline_position, project)
        self._refuse_overlap(project, Span(position, position + length), others, request.name)
        order = max((clip.order for clip in others), default=-1) + 1 if request.order is None else request.order
        clip = Clip(
            **request.model_dump(exclude={"slug", "length", "timeline_position", "order"}),
            project_id=project.id,
            scene_id=owner.id,
            slug=chosen_slug(request.slug, request.name),
            order=order,
            position=position,
            length=length,
        )
        is_placed = request.timeline_position is not None
        return self._respond(self._settled(project, self._clips.create(clip), is_placed=is_placed))

    def list_clips(self, project: str | None = None, scene: str | None = None) -> ClipListResponseDTO:
        """The clips of a scene, or of the whole film, in order of time."""
        found = self._references.scene(scene) if scene is not None else None
        owner = self._projects.find_by_id(found.project_id) if found else self._references.project(project)
        film = self._films.load(owner)
        clips = [c for c in film.in_order() if found is None or c.scene_id == found.id]
        return ClipListResponseDTO(items=[film.clip_response(clip) for clip in clips], total=len(clips))

    def get_clip(self, reference: str) -> ClipResponseDTO:
        """One clip."""
        return self._respond(self._references.clip(reference))

    def update_clip(self, reference: str, request: ClipUpdateDTO) -> ClipResponseDTO:
        """Change what was given; settings are merged, a setting of None is taken away. A longer clip may not run into
        its neighbour: raises TimelineOverlap."""
        clip = self._references.clip(reference)
        changes = request.given()
        if "length" in changes:
            changes["length"] = self._checked_length(clip, changes["length"])
        return self._respond(apply_changes(self._clips, clip, merge_settings(clip, changes)))

    def move_clip(self, reference: str, request: ClipTimelineUpdateDTO) -> ClipMovedDTO:
        """To another position in its scene. Raises TimelineOverlap that names the neighbour and a free position."""
        clip = self._references.clip(reference)
        project = self._projects.find_by_id(clip.project_id)
        position = _position(request.position, project)
        others = self._others(clip)
        wanted = Span(position, position + clip.length)
        if not request.force:
            self._refuse_overlap(project, wanted, others, clip.name)
        moved = apply_changes(self._clips, clip, {"position": position})
        return ClipMovedDTO(clip=self._respond(moved), overlaps=[c.slug for c in conflicts(wanted, others)])

    def select_take(self, reference: str, take: str) -> ClipResponseDTO:
        """Choose the take the film shows, by its id or its beginning."""
        clip = self._references.clip(reference)
        chosen = self._references.take(take)
        if chosen.clip_id != clip.id:
            raise NotFound(
                f"take {chosen.id[:8]} is not one of {clip.slug}",
                cause="it belongs to another clip",
                fix="vidctl clip gallery CLIP lists a clip's takes",
            )
        return self._respond(self._clips.select(clip.id, chosen.kind, chosen.id))

    def unselect(self, reference: str, kind: MediaKind) -> ClipResponseDTO:
        """Choose no take of that kind."""
        clip = self._references.clip(reference)
        return self._respond(self._clips.update_by_id(clip.id, {"$set": {selection_field(kind): None}}))

    def delete_clip(self, reference: str) -> DeletedDTO:
        """With its takes."""
        return self._deletion.delete_clip(self._references.clip(reference))

    def describe_deletion(self, reference: str) -> str:
        """What delete_clip would take away."""
        return self._deletion.extent(clip=self._references.clip(reference))

    def respond_all(self, clip_ids: Sequence[str]) -> ClipListResponseDTO:
        """These clips for people, in the order given."""
        clips = [self._clips.find_by_id(clip_id) for clip_id in clip_ids]
        owners = {clip.project_id for clip in clips}
        films = {owner: self._films.load(self._projects.find_by_id(owner)) for owner in owners}
        items = [films[clip.project_id].clip_response(clip) for clip in clips]
        return ClipListResponseDTO(items=items, total=len(items))

    def _checked_length(self, clip: Clip, text: str) -> int:
        project = self._projects.find_by_id(clip.project_id)
        length = _length(text, project)
        others = self._others(clip)
        # only the frames that are added may not meet a neighbour: what the clip overlaps already was forced
        met = conflicts(Span(clip.end, clip.position + length), others) if length > clip.length else []
        if met:
            free = nearest_free(Span(clip.position, clip.position + length), others)
            room = max(clip.length, met[0].position - clip.position)
            fix = f"there is room for --length {room}f; or first: vidctl clip move CLIP --at {free}f"
            raise _overlap(project, clip.name, met, free, fix)
        return length

    def _settled(self, project: Project, clip: Clip, *, is_placed: bool) -> Clip:
        """The clip where nothing is in its way. Somebody may have put another one there between our look and our
        write: then a clip that was to go to the end goes to the new end, and one that was placed is taken back."""
        while True:
            others = self._others(clip)
            if not conflicts(span_of(clip), others):
                return clip
            if is_placed:
                self._clips.delete_by_id(clip.id)
                self._refuse_overlap(project, span_of(clip), others, clip.name)
            time.sleep(random.uniform(0, _STEP_ASIDE))  # two that step aside at once must not meet again
            end = max((other.end for other in self._others(clip)), default=0)
            clip = apply_changes(self._clips, clip, {"position": end})

    def _others(self, clip: Clip) -> list[Clip]:
        return [other for other in self._clips.list_by_scene(clip.scene_id) if other.id != clip.id]

    def _refuse_overlap(self, project: Project, wanted: Span, others: list[Clip], name: str) -> None:
        if met := conflicts(wanted, others):
            free = nearest_free(wanted, others)
            place = f"{seconds(free, project.rate):g} s: --at {free}f"
            raise _overlap(
                project, name, met, free, f"the nearest free position is {place}; clip move --force overlaps"
            )

    def _respond(self, clip: Clip) -> ClipResponseDTO:
        return self._films.load(self._projects.find_by_id(clip.project_id)).clip_response(clip)


def _overlap(project: Project, name: str, met: list[Clip], free: int, fix: str) -> TimelineOverlap:
    first, rate = met[0], project.rate
    return TimelineOverlap(
        f"{name} would overlap {first.name}",
        cause=f"{first.slug} is there from {seconds(first.position, rate):g} s to {seconds(first.end, rate):g} s",
        fix=fix,
        neighbours=[clip.slug for clip in met],
        suggested_frame=free,
        suggested_position=seconds(free, rate),
    )


def _position(text: str, project: Project) -> int:
    frames = parse_time(text, project.rate)
    if frames > MAX_POSITION_SECONDS * project.rate:
        raise InvalidInput(f"the position {text} is too far", cause=f"clips end at {MAX_POSITION_SECONDS} s at most")
    return frames


def _length(text: str, project: Project) -> int:
    frames = parse_time(text, project.rate)
    if frames < 1:
        raise InvalidInput(
            f"the length {text} is less than a frame", fix=f"one frame is 1f, or {float(1 / project.rate):.4f}"
        )
    if frames > MAX_POSITION_SECONDS * project.rate:
        raise InvalidInput(f"the length {text} is too long", cause=f"clips end at {MAX_POSITION_SECONDS} s at most")
    return frames
