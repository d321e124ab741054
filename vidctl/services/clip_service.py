"""Clips: create, list, show, update, prompts, marks, move, select, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.clip_dtos import (
    ClipCreateDTO,
    ClipListResponseDTO,
    ClipMovedDTO,
    ClipResponseDTO,
    ClipTimelineUpdateDTO,
    ClipUpdateDTO,
)
from vidctl.errors import InvalidInput
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.choices import choosing, require_of
from vidctl.services.clip_places import ClipPlaces
from vidctl.services.clip_times import frames_of_length
from vidctl.services.clip_views import ClipViews
from vidctl.services.deletion import Deletion
from vidctl.services.editing import chosen_slug, merge_settings
from vidctl.services.editor import Draft, Editor
from vidctl.services.layout import Layouts
from vidctl.services.references import References
from vidctl.services.selection import Selection


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
        places: ClipPlaces,
        deletion: Deletion,
    ) -> None:
        self._clips = clips
        self._references = references
        self._selection = selection
        self._views = views
        self._editor = editor
        self._layouts = layouts
        self._places = places
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
                position=self._places.of_new(layout, request, length),
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
        moved, landing, overlapped = self._places.move(self._references.clip(reference), request)
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


_WRITTEN = {"name", "lyrics", "notes", "tags", "image_prompt", "video_prompt", "negative_prompt"}
