"""Clips: create, list, show, update, prompts, marks, move, select, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.domain.timeline import Span, nearest_free
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import (
    ClipCreateDTO,
    ClipListResponseDTO,
    ClipMovedDTO,
    ClipResponseDTO,
    ClipTimelineUpdateDTO,
    ClipUpdateDTO,
)
from vidctl.errors import Conflict, InvalidInput
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.choices import choosing, require_of
from vidctl.services.clip_times import frames_of_length, frames_of_position, require_one_place
from vidctl.services.clip_views import ClipViews
from vidctl.services.deletion import Deletion
from vidctl.services.editing import chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.references import References
from vidctl.services.selection import Selection
from vidctl.services.snapping import Snapping


class ClipService:
    """What one can do with clips."""

    def __init__(
        self,
        clips: ClipRepository,
        references: References,
        selection: Selection,
        views: ClipViews,
        editor: Editor,
        layouts: Layouts,
        snapping: Snapping,
        deletion: Deletion,
    ) -> None:
        self._clips = clips
        self._references = references
        self._selection = selection
        self._views = views
        self._editor = editor
        self._layouts = layouts
        self._snapping = snapping
        self._deletion = deletion

    def create_clip(self, scene: str, request: ClipCreateDTO) -> ClipResponseDTO:
        """At the end of its scene, unless a place is given. Raises DuplicateName, TimelineOverlap."""
        owner = self._references.scene(scene)
        slug = chosen_slug(request.slug, request.name)

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip create", owner.project_id, request.name)
            layout = self._layouts.open(draft, owner.id)
            length = frames_of_length(request.length, layout.project.rate)
            clip = Clip(
                **request.model_dump(include=_WRITTEN),
                project_id=owner.project_id,
                scene_id=owner.id,
                slug=slug,
                order=layout.next_order,
                position=self._place_for(layout, request, length),
                length=length,
            )
            layout.add(clip)
            layout.settle()
            return draft, layout.clip(clip.id)

        return self._views.respond(self._editor.attempt(build))

    def list_clips(
        self,
        project: str | None = None,
        scene: str | None = None,
        *,
        where: str = "",
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> ClipListResponseDTO:
        """The clips of a scene, or of the whole film: those that a selector fits, a page of them."""
        found = self._references.scene(scene) if scene is not None else None
        owner = self._references.project(found.project_id if found else project)
        cursor = self._references.clip(after).id if after is not None else None
        page = self._selection.page(owner, found, where=where, sort=sort, after=cursor, limit=limit)
        return self._views.respond_all(page.items).model_copy(
            update={"total": page.total, "next_after": page.next_after}
        )

    def get_clip(self, reference: str) -> ClipResponseDTO:
        """One clip."""
        return self._views.respond(self._references.clip(reference))

    def update_clip(self, reference: str, request: ClipUpdateDTO) -> ClipResponseDTO:
        """Change what was given; settings are merged, a setting of None is taken away. A longer clip may not run into
        its neighbour: raises TimelineOverlap."""
        clip, given = self._references.clip(reference), request.given()

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip update", clip.project_id, clip.name)
            layout = self._layouts.around(draft, clip.id)
            current = layout.clip(clip.id)
            changes = merge_settings(current, {name: value for name, value in given.items() if name != "order"})
            if "length" in given:
                changes["length"] = frames_of_length(given["length"], layout.project.rate)
                layout.refuse_longer(current, changes["length"])
            if given.keys() != {"order"}:
                layout.change(current, changes)
            if "order" in given:
                layout.reorder(layout.clip(clip.id), given["order"])
            if {"length", "order"} & given.keys():
                layout.settle()
            return draft, layout.clip(clip.id)

        return self._views.respond(self._editor.attempt(build))

    def mark_clips(self, action: str, references: Sequence[str], request: ClipUpdateDTO) -> ClipListResponseDTO:
        """Give several clips the same values at once: status, tags, notes, texts."""
        return self._change_all(action, references, lambda _: request.given())

    def tag_clips(self, references: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> ClipListResponseDTO:
        """Add tags to clips and take others away. Raises InvalidInput."""
        if not add and not remove:
            raise InvalidInput("no tag is given", fix="use --add TAG or --remove TAG")
        gone = {tag.lower() for tag in remove}
        return self._change_all(
            "clip tag", references, lambda clip: {"tags": [t for t in [*clip.tags, *add] if t.lower() not in gone]}
        )

    def lock_clips(self, references: Sequence[str], *, locked: bool) -> ClipListResponseDTO:
        """A locked clip refuses every change."""
        return self._change_all("clip lock" if locked else "clip unlock", references, lambda _: {"locked": locked})

    def move_clip(self, reference: str, request: ClipTimelineUpdateDTO) -> ClipMovedDTO:
        """To another place in its scene, or in another one. Raises TimelineOverlap that names the neighbour and a free
        position, InvalidInput."""
        clip = self._references.clip(reference)
        require_one_place(request)
        neighbour = self._neighbour(request.before or request.after)
        target = self._target_scene(clip, request, neighbour)

        def build() -> tuple[Draft, tuple[Clip, str | None, list[Clip]]]:
            draft = Draft("clip move", clip.project_id, clip.name)
            home = self._layouts.around(draft, clip.id)
            there = home if target is None or target == home.scene.id else self._layouts.open(draft, target)
            if there is not home:
                _refuse_leaving_original(home.clip(clip.id))
            place, landing = self._snapped(there, home.clip(clip.id), request)
            moved = self._moved(home, there, home.clip(clip.id), place, neighbour)
            home.settle()
            if there is not home:
                there.settle()
            overlapped = there.overlapped(Span(moved.position, moved.end), [moved.id])
            return draft, (there.clip(moved.id), landing, overlapped)

        moved, landing, overlapped = self._editor.attempt(build)
        slugs = [each.slug for each in overlapped]
        return ClipMovedDTO(clip=self._views.respond(moved), snapped_to=landing, overlaps=slugs)

    def select_take(self, reference: str, take: str) -> ClipResponseDTO:
        """Choose the take the film shows, by its id or its beginning."""
        clip = self._references.clip(reference)
        chosen = self._references.take(take)

        def choice(current: Clip) -> Mapping[str, Any]:
            return choosing(current, chosen.kind, require_of(current, self._references.take(chosen.id)).id)

        return self._choose(clip, choice)

    def unselect(self, reference: str, kind: MediaKind) -> ClipResponseDTO:
        """Choose no take of that kind."""
        return self._choose(self._references.clip(reference), lambda current: choosing(current, kind, None))

    def delete_clips(self, references: Sequence[str], *, ripple: bool = False) -> DeletedDTO:
        """Into the trash, with alternates and takes. With `ripple` what follows moves up."""
        return self._deletion.delete_clips(self._references.clips(references), ripple=ripple)

    def describe_deletion(self, references: Sequence[str]) -> str:
        """What delete_clips would take away."""
        return self._deletion.extent_of_clips(self._references.clips(references))

    def respond_all(self, clip_ids: Sequence[str]) -> ClipListResponseDTO:
        """These clips for people, in the order given."""
        return self._views.respond_all([self._clips.find_by_id(clip_id) for clip_id in clip_ids])

    def _choose(self, clip: Clip, choice: Callable[[Clip], Mapping[str, Any]]) -> ClipResponseDTO:
        return self._views.respond(self._editor.change("clip select", self._clips, clip.id, choice))

    def _change_all(self, action: str, references: Sequence[str], values: Any) -> ClipListResponseDTO:
        found = self._references.clips(references)

        def build() -> tuple[Draft, list[Clip]]:
            current = [self._clips.find_by_id(clip.id) for clip in found]
            draft = Draft(action, found[0].project_id, ", ".join(clip.slug for clip in found[:3]))
            return draft, [draft.change(self._clips, clip, values(clip)) for clip in current]

        return self._views.respond_all(self._editor.attempt(build))

    def _place_for(self, layout: SceneLayout, request: ClipCreateDTO, length: int) -> int:
        """Where a new clip goes, after room has been made for it."""
        require_one_place(request)
        if (neighbour := self._neighbour(request.before or request.after)) is not None:
            beside = layout.clip(neighbour.id)
            at = beside.position if request.before else beside.end
            layout.make_room(at, length)
            return at
        if request.timeline_position is None:
            return layout.end
        at = frames_of_position(request.timeline_position, layout.project.rate)
        if request.next_free:
            return nearest_free(Span(at, at + length), layout.clips)
        layout.refuse_overlap(Span(at, at + length), request.name)
        return at

    def _snapped(
        self, there: SceneLayout, clip: Clip, request: ClipTimelineUpdateDTO
    ) -> tuple[ClipTimelineUpdateDTO, str | None]:
        """The request for the position that the clip lands on, and what it meets there."""
        if not request.snap or request.position is None:
            return request, None
        at = frames_of_position(request.position, there.project.rate)
        landing = self._snapping.landing(there, clip, at, may_overlap=request.force or clip.is_alternate)
        if landing is None:
            return request, None
        return request.model_copy(update={"position": f"{landing.frame}f"}), landing.what

    def _moved(
        self,
        home: SceneLayout,
        there: SceneLayout,
        clip: Clip,
        request: ClipTimelineUpdateDTO,
        neighbour: Clip | None,
    ) -> Clip:
        if neighbour is None:
            at = there.end if request.position is None else frames_of_position(request.position, home.project.rate)
            if not request.force and not clip.is_alternate:
                there.refuse_overlap(Span(at, at + clip.length), clip.name, [clip.id])
        else:
            at = _make_room_beside(home, there, clip, neighbour.id, before=bool(request.before))
        family = home.family(home.clip(clip.id))
        moved = [home.change(each, {"position": at, "scene_id": there.scene.id}) for each in family]
        for each in moved if there is not home else ():
            there.take_in(each)
        return there.clip(clip.id)

    def _neighbour(self, text: str | None) -> Clip | None:
        """A clip to stand beside: an alternate stands for its original."""
        found = None if text is None else self._references.clip(text)
        return self._clips.find_by_id(found.original_id) if found and found.original_id else found

    def _target_scene(self, clip: Clip, request: ClipTimelineUpdateDTO, neighbour: Clip | None) -> str | None:
        """The scene that a clip moves to, by id; None for the one it is in. Raises InvalidInput if it is one of another
        film."""
        if neighbour is not None:
            if neighbour.id == clip.id:
                raise InvalidInput(f"{clip.slug} cannot stand beside itself")
            scene_id, project_id = neighbour.scene_id, neighbour.project_id
        elif request.scene is not None:
            scene = self._references.scene(request.scene)
            scene_id, project_id = scene.id, scene.project_id
        else:
            return None
        if project_id != clip.project_id:
            raise InvalidInput(
                f"{clip.slug} cannot move to another film", fix="vidctl clip duplicate CLIP --scene SCENE copies it"
            )
        return scene_id


_WRITTEN = {"name", "lyrics", "notes", "tags", "image_prompt", "video_prompt", "negative_prompt"}


def _make_room_beside(home: SceneLayout, there: SceneLayout, clip: Clip, neighbour_id: str, *, before: bool) -> int:
    """Where a clip goes beside another: its own place is closed up, what follows the new one makes room."""
    positions = {each.id: each.position for each in home.clips if each.id != clip.id}
    if not home.overlapped(Span(clip.position, clip.end), [clip.id]):
        positions = {k: p - clip.length if p >= clip.end else p for k, p in positions.items()}
    rows = positions if there is home else {each.id: each.position for each in there.clips}
    beside = there.clip(neighbour_id)
    at = rows[neighbour_id] + (0 if before else beside.length)
    shifted = {k: p + clip.length if p >= at and (k != neighbour_id or before) else p for k, p in rows.items()}
    if there is home:
        positions = shifted
    else:
        there.place(shifted)
    home.place(positions)
    return at


def _refuse_leaving_original(clip: Clip) -> None:
    if clip.is_alternate:
        raise Conflict(
            f"{clip.slug} is an alternate and stays in the scene of its original",
            fix="move the original, or promote the alternate first: vidctl clip promote CLIP",
        )
