"""A scene with its clips, while they are given places in time within a draft.

Every change of places also writes the scene, with its new length. So two who change places in one scene at the same
time cannot both succeed unseen, and where a scene ends is known without reading its clips.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidctl.domain.clip import MAX_POSITION_SECONDS, Clip
from vidctl.domain.clip_order import time_key, wrong_orders
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span, conflicts, nearest_free
from vidctl.domain.timeline_analysis import place_of
from vidctl.domain.timeline_edits import close_gaps
from vidctl.errors import InvalidInput, NotFound, TimelineOverlap
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.clip_times import last_position
from vidctl.services.editor import Draft
from vidctl.services.film import seconds


class SceneLayout:
    """Alternates lie beside the scene's time: they take part in no overlap and no length. `settle` comes last."""

    def __init__(
        self,
        draft: Draft,
        project: Project,
        scene: Scene,
        clips: Collection[Clip],
        repositories: tuple[SceneRepository, ClipRepository],
    ) -> None:
        self.draft = draft
        self.project = project
        self.scene = scene
        self._known = {clip.id: clip for clip in clips}
        self._scenes, self._clips = repositories

    @property
    def clips(self) -> list[Clip]:
        """The clips that the film shows, in order of time."""
        shown = (clip for clip in self._known.values() if not clip.is_alternate)
        return sorted(shown, key=time_key)

    @property
    def everything(self) -> list[Clip]:
        """All clips, alternates among them."""
        return list(self._known.values())

    @property
    def slugs(self) -> set[str]:
        """Those that are taken."""
        return {clip.slug for clip in self._known.values()}

    @property
    def end(self) -> int:
        """Where the last clip ends, in frames from the scene's start."""
        return max((clip.end for clip in self.clips), default=0)

    @property
    def next_order(self) -> int:
        """Behind all others."""
        return max((clip.order for clip in self.clips), default=-1) + 1

    def clip(self, clip_id: str) -> Clip:
        """A clip as it is in the draft. Raises NotFound."""
        if clip_id not in self._known:
            raise NotFound(f"there is no clip {clip_id} in {self.scene.slug} any more")
        return self._known[clip_id]

    def add(self, clip: Clip) -> Clip:
        """A new clip. Raises InvalidInput if it would start too far back."""
        self._require_in_reach(clip)
        self._known[clip.id] = self.draft.create(self._clips, clip)
        return clip

    def change(self, clip: Clip, changes: Mapping[str, Any]) -> Clip:
        """Other values for a clip; one that gets another scene leaves this layout. Raises Locked, InvalidInput."""
        changed = self.draft.change(self._clips, clip, changes)
        if changed.position > clip.position:
            self._require_in_reach(changed)
        self._known[clip.id] = changed
        if changed.scene_id != self.scene.id:
            del self._known[clip.id]
        return changed

    def place(self, positions: Mapping[str, int]) -> None:
        """Give clips other positions, by id. Their alternates go along. Raises Locked."""
        for clip_id, position in positions.items():
            for clip in self.family(self.clip(clip_id)):
                if clip.position != position:
                    self.change(clip, {"position": position})

    def family(self, clip: Clip) -> list[Clip]:
        """A clip and, if it is an original, its alternates."""
        return [clip, *(other for other in self._known.values() if other.original_id == clip.id)]

    def make_room(self, at: int, frames: int) -> None:
        """Move everything that starts at a frame or later back by so many frames."""
        self.place({clip.id: clip.position + frames for clip in self.clips if clip.position >= at})

    def close(self, spans: Sequence[Span]) -> None:
        """Take out the time within spans, that are in order and apart, in which nothing is shown: what follows moves
        up. Raises Locked."""
        self.place(close_gaps(map(place_of, self.clips), spans))

    def reorder(self, clip: Clip, order: int) -> None:
        """Give a clip another place among those that start on the same frame. Raises InvalidInput for an order that
        none of them has, Locked."""
        group = [] if clip.is_alternate else [each for each in self.clips if each.position == clip.position]
        orders = [each.order for each in group]
        if order not in orders:
            raise _out_of_time(clip, order, orders)
        there = [each for each in group if each.id != clip.id]
        there.insert(orders.index(order), clip)
        for each, number in zip(there, orders, strict=True):
            self.change(each, {"order": number})

    def take_in(self, clip: Clip) -> None:
        """A clip that a change in another layout of this draft has given this scene."""
        self._known[clip.id] = clip

    def remove(self, clip: Clip) -> None:
        """Into the trash. Raises Locked."""
        self.draft.delete(self._clips, clip)
        del self._known[clip.id]

    def refuse_overlap(self, wanted: Span, name: str, ignoring: Collection[str] = ()) -> None:
        """Raises TimelineOverlap with a free position if a clip of that name would overlap others at a place."""
        others = self._others(ignoring)
        if met := conflicts(wanted, others):
            free = nearest_free(wanted, others)
            place = f"{seconds(free, self.project.rate):g} s: --at {free}f"
            fix = f"the nearest free position is {place}; clip move --force overlaps"
            raise _overlap(self.project, name, met, free, fix)

    def refuse_longer(self, clip: Clip, length: int) -> None:
        """Raises TimelineOverlap if a clip of a new length would run into a neighbour. What it overlaps already was
        forced: only the frames that are added may not meet one."""
        met = self.overlapped(Span(clip.end, clip.position + length), [clip.id]) if length > clip.length else []
        if met and not clip.is_alternate:
            free = nearest_free(Span(clip.position, clip.position + length), self._others([clip.id]))
            room = max(clip.length, met[0].position - clip.position)
            fix = f"there is room for --length {room}f; or first: vidctl clip move CLIP --at {free}f"
            raise _overlap(self.project, clip.name, met, free, fix)

    def overlapped(self, wanted: Span, ignoring: Collection[str] = ()) -> list[Clip]:
        """The clips that a place would overlap."""
        return conflicts(wanted, self._others(ignoring))

    def _require_in_reach(self, clip: Clip) -> None:
        if clip.position > last_position(self.project.rate):
            raise InvalidInput(
                f"{clip.slug} would start too far back in {self.scene.slug}",
                cause=f"clips start {MAX_POSITION_SECONDS} s into their scene at most",
                fix="let clips before it be shorter, or begin another scene",
            )

    def _others(self, ignoring: Collection[str]) -> list[Clip]:
        return [clip for clip in self.clips if clip.id not in ignoring]

    def settle(self) -> Scene:
        """Write the scene with its new length; clips whose place has changed get the order that follows from it."""
        for clip_id, order in wrong_orders(self.everything).items():
            self._known[clip_id] = self.draft.adjust(self._clips, self._known[clip_id], order=order)
        self.scene = self.draft.adjust(self._scenes, self.scene, length=self.end)
        return self.scene


@dataclass(frozen=True)
class Layouts:
    """Opens layouts of scenes as they are stored now."""

    projects: ProjectRepository
    scenes: SceneRepository
    clips: ClipRepository

    def open(self, draft: Draft, scene_id: str) -> SceneLayout:
        """Raises NotFound."""
        scene = self.scenes.find_by_id(scene_id)
        project = self.projects.find_by_id(scene.project_id)
        clips = self.clips.list_by_scene(scene_id)
        return SceneLayout(draft, project, scene, clips, (self.scenes, self.clips))

    def empty(self, draft: Draft, scene: Scene) -> SceneLayout:
        """Of a scene that is yet to be created in the draft, without clips. Raises NotFound."""
        return SceneLayout(draft, self.projects.find_by_id(scene.project_id), scene, [], (self.scenes, self.clips))

    def around(self, draft: Draft, clip_id: str) -> SceneLayout:
        """The scene that a clip is in now. Raises NotFound."""
        return self.open(draft, self.clips.find_by_id(clip_id).scene_id)


def _out_of_time(clip: Clip, order: int, orders: Sequence[int]) -> InvalidInput:
    beside = f", here {', '.join(map(str, orders))}" if len(orders) > 1 else ""
    return InvalidInput(
        f"{clip.slug} cannot have the order {order}",
        cause=f"clips are in order of time; it tells only those apart that start on the same frame{beside}",
        fix="vidctl clip move CLIP --before OTHER moves it in time",
    )


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
