"""Edits of a timeline that move many clips at once: all of them move, or none.

An edit keeps clips from overlapping as they did not before, also those of different scenes: where a scene has a fixed
start, it does not give way to one that gets longer, nor follow one that gets shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import reduce

from vidctl.domain.scene import Scene
from vidctl.domain.timeline import film_order, place_scenes
from vidctl.domain.timeline_analysis import Overlap, gaps, overlaps, place_of
from vidctl.domain.timeline_edits import close_gaps, ripple_insert
from vidctl.dtos.timeline_dtos import MovedClipDTO, RippleInsertDTO, TimelineEditDTO
from vidctl.errors import NotFound, TimelineOverlap
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.clip_times import frames_of_length, frames_of_position
from vidctl.services.editor import Draft, Editor
from vidctl.services.film import Film, FilmReader
from vidctl.services.layout import Layouts, SceneLayout
from vidctl.services.references import References
from vidctl.services.timeline_views import TimelineViews, on_film

#: What an edit comes to in one scene: the new positions of clips, by id.
Plan = Callable[[SceneLayout], dict[str, int]]


class TimelineEditService:
    """What one can do to a timeline as a whole."""

    def __init__(
        self,
        projects: ProjectRepository,
        references: References,
        films: FilmReader,
        editor: Editor,
        layouts: Layouts,
    ) -> None:
        self._projects = projects
        self._references = references
        self._films = films
        self._editor = editor
        self._layouts = layouts

    def ripple_insert(self, scene: str, request: RippleInsertDTO) -> TimelineEditDTO:
        """Put empty time into a scene: what starts at a position or behind it moves back. Raises TimelineOverlap if a
        clip goes on across it or clips would come to overlap, Locked, InvalidInput."""
        found = self._references.scene(scene)

        def plan(layout: SceneLayout) -> dict[str, int]:
            rate = layout.project.rate
            at, by = frames_of_position(request.at, rate), frames_of_length(request.by, rate)
            return ripple_insert(map(place_of, layout.clips), at, by)

        return self._edit("scene ripple", found.project_id, [found.id], lambda _: plan)

    def close_gaps(self, project: str | None, scene: str | None, *, dry_run: bool) -> TimelineEditDTO:
        """Take all time out of a film's scenes, or of one, in which nothing is shown. What clips of another scene show
        at that time is no gap. Raises TimelineOverlap, Locked. With `dry_run` nothing is written."""
        found = None if scene is None else self._references.scene(scene)
        owner = found.project_id if found else self._references.project(project).id
        scene_ids = [found.id] if found else None
        return self._edit("project close-gaps", owner, scene_ids, _closing, dry_run=dry_run)

    def _edit(
        self,
        action: str,
        project_id: str,
        scene_ids: Collection[str] | None,
        plan_for: Callable[[Film], Plan],
        *,
        dry_run: bool = False,
    ) -> TimelineEditDTO:
        """Carry out what is planned for a film in some of its scenes, or in all that it shows."""

        def build() -> tuple[Draft, TimelineEditDTO]:
            film = self._films.load_places(self._projects.find_by_id(project_id))
            scenes = [*map(film.scene, scene_ids)] if scene_ids else film_order(film.shown_scenes)
            path = "/".join([film.project.slug, *(scene.slug for scene in scenes if scene_ids)])
            draft = Draft(action, project_id, path)
            layouts = list(self._opened(draft, scenes, all_needed=scene_ids is not None))
            film = after = reduce(_with_layout, layouts, film)  # planned with the very clips that are written
            views, plan, moved = TimelineViews.of(film), plan_for(film), list[MovedClipDTO]()
            for layout in layouts:
                if positions := plan(layout):
                    moved += [views.moved(layout.clip(clip_id), frame) for clip_id, frame in positions.items()]
                    layout.place(positions)
                    layout.settle()
                    after = _with_layout(after, layout)
            _refuse_new_overlaps(film, after)
            return draft, _edited(film, after, path, moved, applied=not dry_run)

        return build()[1] if dry_run else self._editor.attempt(build)

    def _opened(self, draft: Draft, scenes: Iterable[Scene], *, all_needed: bool) -> Iterator[SceneLayout]:
        for scene in scenes:
            try:
                yield self._layouts.open(draft, scene.id)
            except NotFound:  # deleted since the film was read
                if all_needed:
                    raise


def _closing(film: Film) -> Plan:
    """To close the film's gaps; in an alternate scene, which no other scene lies beside, all of its own."""
    empty = [gap.span for gap in gaps(on_film(film, film.shown_scenes))]

    def plan(layout: SceneLayout) -> dict[str, int]:
        start = film.spans[layout.scene.id].start
        within = None if layout.scene.is_alternate else [span.shifted(-start) for span in empty]
        return close_gaps(map(place_of, layout.clips), within)

    return plan


def _with_layout(film: Film, layout: SceneLayout) -> Film:
    scenes = [layout.scene if scene.id == layout.scene.id else scene for scene in film.scenes]
    clips = {**film.clips, layout.scene.id: layout.everything}
    return replace(film, scenes=scenes, clips=clips, spans=place_scenes(scenes))


def _refuse_new_overlaps(before: Film, after: Film) -> None:
    """Between scenes; within them no edit makes any."""
    known = {(each.first.id, each.second.id) for each in _between_scenes(before)}
    for each in _between_scenes(after):
        if not {(each.first.id, each.second.id), (each.second.id, each.first.id)} & known:
            raise TimelineOverlap(
                f"{each.first.label} would overlap {each.second.label}",
                cause="one of their scenes has a fixed start and does not move along",
                fix='let it follow the scene before it: vidctl scene update SCENE --at ""',
                neighbours=[each.first.label, each.second.label],
            )


def _between_scenes(film: Film) -> list[Overlap]:
    return [
        each
        for each in overlaps(on_film(film, film.shown_scenes))
        if each.first.label.rpartition("/")[0] != each.second.label.rpartition("/")[0]
    ]


def _edited(before: Film, after: Film, path: str, moved: list[MovedClipDTO], *, applied: bool) -> TimelineEditDTO:
    views, frames = TimelineViews.of(after), after.frames - before.frames
    return TimelineEditDTO(
        path=path,
        applied=applied,
        moved=moved,
        seconds=views.clock.seconds(frames),
        frames=frames,
        gaps=views.gaps(gaps(on_film(after, after.shown_scenes))),
    )
