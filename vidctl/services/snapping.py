"""Where a clip lands that is moved near to something: other clips, scenes, lines of the song, its end, whole seconds.

The clip's start or its end meets it, whichever is nearer, if the clip is free there.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from vidctl.domain.clip import Clip
from vidctl.domain.frames import seconds_to_frames
from vidctl.domain.lyrics import frames_of_line
from vidctl.domain.project import Project
from vidctl.domain.timeline import Span, film_order, place_scenes
from vidctl.domain.timeline_analysis import place_of
from vidctl.domain.timeline_edits import SnapPoint, edges, landings, snap, whole_seconds
from vidctl.errors import NotFound
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.services.layout import SceneLayout
from vidctl.services.timeline_views import song_frames

#: How far a clip may be drawn aside, in seconds: less than people place clips by.
SNAP_WITHIN = Fraction(1, 2)


class Snapping:
    """Finds landings."""

    def __init__(self, scenes: SceneRepository) -> None:
        self._scenes = scenes

    def landing(self, layout: SceneLayout, clip: Clip, at: int, *, may_overlap: bool) -> SnapPoint | None:
        """The position in a layout's scene that a clip lands on which is to go to frame `at`; None if nothing is
        near, or only what it would overlap."""
        within = seconds_to_frames(SNAP_WITHIN, layout.project.rate)
        points = landings(self._points(layout, clip, at), clip.length)
        near = [point for point in points if abs(point.frame - at) <= within]
        if not may_overlap:
            near = [point for point in near if not layout.overlapped(_span(clip, point.frame), [clip.id])]
        return snap(at, near, within)

    def _points(self, layout: SceneLayout, clip: Clip, at: int) -> Iterator[SnapPoint]:
        """What may be met, in frames of the layout's scene; what people mean most comes first."""
        yield from edges(place_of(other) for other in layout.clips if other.id != clip.id)
        scenes = film_order(self._scenes.list_by_project(layout.project.id))
        spans = place_scenes(scenes)
        if layout.scene.id not in spans:
            raise NotFound(f"{layout.scene.slug} was deleted in the meantime")
        start = spans[layout.scene.id].start
        # an alternate starts where its original does, which comes first
        found = [SnapPoint(spans[scene.id].start, f"the start of {scene.slug}") for scene in scenes]
        found += _song_points(layout.project)
        for frame in (start + at, start + at + clip.length):
            found += whole_seconds(frame, layout.project.rate)
        yield from (SnapPoint(p.frame - start, p.what) for p in found if p.frame >= start)


def _song_points(project: Project) -> Iterator[SnapPoint]:
    if (end := song_frames(project)) is not None:
        yield SnapPoint(end, "the song's end")
    for line in project.lyrics:
        yield SnapPoint(frames_of_line(line, project.rate)[0], f"the line {line.text!r}")


def _span(clip: Clip, position: int) -> Span:
    return Span(position, position + clip.length)
