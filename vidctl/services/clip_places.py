"""Where a clip stands: at the end, at a position, beside another, in another scene; and who makes room for it."""

from __future__ import annotations

from vidctl.domain.clip import Clip
from vidctl.domain.timeline import Span, nearest_free
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO
from vidctl.errors import Conflict, InvalidInput
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.clip_times import frames_of_position, require_one_place
from vidctl.services.editor import Draft, Editor
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.references import References
from vidctl.services.snapping import Snapping


class ClipPlaces:
    """Finds places for new clips and moves others."""

    def __init__(
        self, clips: ClipRepository, references: References, editor: Editor, layouts: Layouts, snapping: Snapping
    ) -> None:
        self._clips = clips
        self._references = references
        self._editor = editor
        self._layouts = layouts
        self._snapping = snapping

    def of_new(self, layout: SceneLayout, request: ClipCreateDTO, length: int) -> int:
        """The frame that a new clip of so many frames starts on, after room has been made for it. Raises
        TimelineOverlap, InvalidInput."""
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

    def move(self, clip: Clip, request: ClipTimelineUpdateDTO) -> tuple[Clip, str | None, list[Clip]]:
        """(the clip, what it snapped to, which clips it overlaps now). Raises TimelineOverlap that names the neighbour
        and a free position, InvalidInput, Conflict."""
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

        return self._editor.attempt(build)

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
