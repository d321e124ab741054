"""What is done with whole clips: duplicate, split, merge, make an alternate, promote one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from vidctl.domain.clip import Clip, selection_field
from vidctl.domain.clip_order import time_key
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.domain.timeline import Span
from vidctl.dtos.clip_dtos import ClipListResponseDTO, ClipResponseDTO
from vidctl.errors import Conflict, InvalidInput
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.clip_times import frames_of_position
from vidctl.services.clip_views import ClipViews
from vidctl.services.copies import copy_of_clip, copy_of_take, free_name
from vidctl.services.editor import Draft, Editor
from vidctl.services.film import seconds
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.references import References

_PROMOTE_FIRST = "vidctl clip promote CLIP puts one into the film first"


class ClipArranger:
    """What one can do with whole clips."""

    def __init__(
        self,
        clips: ClipRepository,
        takes: TakeRepository,
        jobs: QueueRepository,
        references: References,
        views: ClipViews,
        editor: Editor,
        layouts: Layouts,
    ) -> None:
        self._clips = clips
        self._takes = takes
        self._jobs = jobs
        self._references = references
        self._views = views
        self._editor = editor
        self._layouts = layouts

    def duplicate(
        self, reference: str, *, name: str | None, scene: str | None, at: str | None, with_takes: bool
    ) -> ClipResponseDTO:
        """A copy with the same texts and settings: at the end of its scene, or of another one of the film, unless a
        position is given. Raises TimelineOverlap, InvalidInput."""
        clip = self._references.clip(reference)
        target = self._references.scene(scene) if scene is not None else None
        if target is not None and target.project_id != clip.project_id:
            raise InvalidInput(f"{target.slug} is a scene of another film", fix="name a scene of the same film")

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip duplicate", clip.project_id, clip.name)
            source = self._held(draft, clip)
            layout = self._layouts.open(draft, target.id if target else source.scene_id)
            position = layout.end if at is None else frames_of_position(at, layout.project.rate)
            layout.refuse_overlap(Span(position, position + source.length), name or source.name)
            called, slug = free_name(name or f"{source.name} copy", layout.slugs)
            copy = copy_of_clip(
                source, name=called, slug=slug, scene_id=layout.scene.id, position=position, order=layout.next_order
            )
            return draft, self._add(layout, source, copy, self._takes_of(source) if with_takes else [])

        return self._views.respond(self._editor.attempt(build))

    def split(self, reference: str, at: str) -> ClipListResponseDTO:
        """In two, at a position of the scene. The later part shows the same takes, its video from where the first part
        ends; lines of lyrics go to the part in whose share of the time they lie. Raises InvalidInput."""
        clip = self._references.clip(reference)

        def build() -> tuple[Draft, list[Clip]]:
            draft = Draft("clip split", clip.project_id, clip.name)
            layout = self._layouts.around(draft, clip.id)
            whole = layout.clip(clip.id)
            if whole.is_alternate:
                raise Conflict(f"{whole.slug} is an alternate and cannot be split", fix=_PROMOTE_FIRST)
            cut = frames_of_position(at, layout.project.rate)
            if not whole.position < cut < whole.end:
                raise InvalidInput(
                    f"{whole.slug} cannot be split at {at}",
                    cause=_place_in_scene(whole, layout.project.rate),
                    fix=f"choose a position between them, such as {(whole.position + whole.end) // 2}f",
                )
            first_lines, later_lines = _shared_lines(whole, cut)
            first = layout.change(whole, {"length": cut - whole.position, "lyrics": first_lines})
            name, slug = free_name(f"{whole.name} 2", layout.slugs)
            later = copy_of_clip(
                whole, name=name, slug=slug, position=cut, length=whole.end - cut, lyrics=later_lines,
                order=layout.next_order, source_start=whole.source_start + cut - whole.position,
            )  # fmt: skip
            added = self._add(layout, whole, later, self._takes_of(whole))
            return draft, [layout.clip(first.id), added]

        return self._views.respond_all(self._editor.attempt(build))

    def merge(self, references: Sequence[str]) -> ClipResponseDTO:
        """Neighbours become one clip, from the start of the first to the end of the last. It keeps the first one's
        prompts and choices, and gets the takes, lyrics, notes, tags and characters of all. Raises Conflict if another
        clip lies between them, InvalidInput."""
        found = self._references.clips(references)
        if len(found) < 2:
            raise InvalidInput("only one clip is named", fix="name two or more that stand side by side")
        if len({clip.scene_id for clip in found}) > 1:
            raise InvalidInput("the clips are in different scenes", fix="vidctl clip move CLIP --scene SCENE first")

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip merge", found[0].project_id, ", ".join(clip.slug for clip in found[:3]))
            layout = self._layouts.around(draft, found[0].id)
            parts = sorted((layout.clip(clip.id) for clip in found), key=time_key)
            _require_neighbours(layout, parts)
            first, rest = parts[0], parts[1:]
            for part in rest:
                self._hand_over(layout, part, first)
                layout.remove(part)
            merged = layout.change(first, _merged_values(parts))
            layout.settle()
            return draft, layout.clip(merged.id)

        return self._views.respond(self._editor.attempt(build))

    def make_alternate(self, reference: str, name: str | None) -> ClipResponseDTO:
        """A variant of a clip, with its texts and no takes, beside the film. Variants of a variant belong to the same
        original."""
        clip = self._references.clip(reference)

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip alternate", clip.project_id, clip.name)
            source = self._held(draft, clip)
            layout = self._layouts.open(draft, source.scene_id)
            original = layout.clip(source.original_id or source.id)
            number = 1 + max(each.alternate_number for each in layout.family(original))
            called, slug = free_name(name or f"{original.name} A{number}", layout.slugs)
            copy = copy_of_clip(
                source, name=called, slug=slug, position=original.position, original_id=original.id,
                alternate_number=number,
            )  # fmt: skip
            return draft, self._add(layout, source, copy, [])

        return self._views.respond(self._editor.attempt(build))

    def promote(self, reference: str) -> ClipResponseDTO:
        """An alternate takes its original's place and name; that one becomes an alternate in its stead. Raises
        TimelineOverlap if it is too long for the place, Conflict for a clip that is no alternate."""
        clip = self._references.clip(reference)

        def build() -> tuple[Draft, Clip]:
            draft = Draft("clip promote", clip.project_id, clip.name)
            layout = self._layouts.around(draft, clip.id)
            chosen = layout.clip(clip.id)
            if chosen.original_id is None:
                raise Conflict(f"{chosen.slug} is no alternate", fix="vidctl clip alternate CLIP makes one")
            original = layout.clip(chosen.original_id)
            place = Span(original.position, original.position + chosen.length)
            layout.refuse_overlap(place, chosen.name, [original.id])
            promoted = _swap(layout, original, chosen)
            layout.settle()
            return draft, layout.clip(promoted.id)

        return self._views.respond(self._editor.attempt(build))

    def _held(self, draft: Draft, clip: Clip) -> Clip:
        """The clip as it is now. It is written, too: a copy of it must not show what is taken out of it meanwhile."""
        return draft.adjust(self._clips, self._clips.find_by_id(clip.id))

    def _takes_of(self, clip: Clip) -> list[Take]:
        return self._takes.list_by_clip(clip.id)

    def _add(self, layout: SceneLayout, source: Clip, copy: Clip, takes: Sequence[Take]) -> Clip:
        """Add a copy with copies of some takes, chosen as they are in the source."""
        chosen: dict[str, str] = {}
        for take in takes:
            mine = layout.draft.create(self._takes, copy_of_take(take, copy))
            if source.selected(take.kind) == take.id:
                chosen[selection_field(take.kind)] = mine.id
        added = layout.add(copy.model_copy(update=chosen))
        layout.settle()
        return layout.clip(added.id)

    def _hand_over(self, layout: SceneLayout, part: Clip, first: Clip) -> None:
        """Takes, those that are still being rendered, and alternates."""
        for take in self._takes_of(part):
            layout.draft.change(self._takes, take, {"clip_id": first.id})
        for job in self._jobs.find_many({"clip_id": part.id}):
            layout.draft.adjust(self._jobs, job, clip_id=first.id)
        taken = max(each.alternate_number for each in layout.family(first))
        for number, alternate in enumerate(layout.family(part)[1:], taken + 1):
            layout.change(alternate, {"original_id": first.id, "alternate_number": number, "position": first.position})


def _shared_lines(clip: Clip, cut: int) -> tuple[str, str]:
    lines = clip.lyrics.splitlines()
    share = round(len(lines) * (cut - clip.position) / clip.length)
    return "\n".join(lines[:share]), "\n".join(lines[share:])


def _require_neighbours(layout: SceneLayout, parts: Sequence[Clip]) -> None:
    if any(part.is_alternate for part in parts):
        raise Conflict("alternates cannot be merged", fix=_PROMOTE_FIRST)
    ids = {part.id for part in parts}
    between = layout.overlapped(Span(parts[0].position, max(part.end for part in parts)), ids)
    if between:
        raise Conflict(f"{between[0].slug} lies between the clips", fix="merge it too, or move it away first")


def _merged_values(parts: Sequence[Clip]) -> Mapping[str, Any]:
    first = parts[0]
    return {
        "length": max(part.end for part in parts) - first.position,
        "lyrics": "\n".join(part.lyrics for part in parts if part.lyrics),
        "notes": "\n".join(dict.fromkeys(part.notes for part in parts if part.notes)),
        "tags": [tag for part in parts for tag in part.tags],
        "character_ids": list(dict.fromkeys(each for part in parts for each in part.character_ids)),
        **{selection_field(kind): _first_choice(parts, kind) for kind in MediaKind},
    }


def _place_in_scene(clip: Clip, rate: Fraction) -> str:
    start, end = (f"{seconds(frame, rate):g} s" for frame in (clip.position, clip.end))
    return f"it lies from {start} to {end} of its scene: frame {clip.position} to {clip.end}"


def _first_choice(parts: Sequence[Clip], kind: MediaKind) -> str | None:
    return next((take for part in parts if (take := part.selected(kind)) is not None), None)


def _swap(layout: SceneLayout, original: Clip, chosen: Clip) -> Clip:
    # two clips of a scene never have the same slug, not even for a moment
    away = layout.change(original, {"slug": f"{original.slug[:60]}-{chosen.id[:8]}"})
    place = {
        "name": original.name,
        "slug": original.slug,
        "position": original.position,
        "order": original.order,
        "original_id": None,
        "alternate_number": 0,
    }
    promoted = layout.change(chosen, place)
    for alternate in layout.family(away)[1:]:
        layout.change(alternate, {"original_id": promoted.id})
    layout.change(
        away,
        {
            "name": chosen.name,
            "slug": chosen.slug,
            "original_id": promoted.id,
            "alternate_number": chosen.alternate_number,
        },
    )
    return promoted
