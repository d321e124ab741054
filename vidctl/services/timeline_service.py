"""Timelines: what lies where in a scene or a film, what is wrong with it, and where it could go instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from vidctl.domain.lyrics import frames_of_line
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span, film_order
from vidctl.domain.timeline_analysis import (
    Gap,
    Placed,
    beyond,
    count_overlaps,
    gaps,
    measure,
    place_of,
)
from vidctl.domain.timeline_suggestions import SceneBlock, Suggestion, apply, suggest, suggest_starts
from vidctl.dtos.timeline_dtos import (
    LateClipDTO,
    ProjectTimelineDTO,
    SpanDTO,
    SuggestionDTO,
    TimedLyricDTO,
    TimelineAnalysisDTO,
    TimelineSceneDTO,
    TimelineSummaryDTO,
)
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.clip_times import last_position
from vidctl.services.film import Film, FilmReader, seconds
from vidctl.services.references import References
from vidctl.services.timeline_views import TimelineViews, issues_of, on_film, song_frames


class TimelineService:
    """What one can ask of a timeline."""

    def __init__(self, projects: ProjectRepository, references: References, films: FilmReader) -> None:
        self._projects = projects
        self._references = references
        self._films = films

    def scene_analysis(self, scene: str) -> TimelineAnalysisDTO:
        """A scene by itself: what other scenes show at the same time does not count."""
        found = self._references.scene(scene)
        film = self._films.load_places(self._projects.find_by_id(found.project_id))
        clips = on_film(film, [found])
        moves = suggest(_in_scene(film, found), last_position(film.project.rate))
        suggestions = list(_clip_suggestions(film, found, moves))
        return _analysis(film, found, clips, gaps(clips, since=film.span(found.id).start), suggestions)

    def project_analysis(self, project: str | None) -> TimelineAnalysisDTO:
        """A whole film against its song."""
        film = self._films.load_places(self._references.project(project))
        clips = on_film(film, film.shown_scenes)
        return _analysis(film, None, clips, gaps(clips, song_frames(film.project)), list(_film_suggestions(film)))

    def project_timeline(self, project: str | None) -> ProjectTimelineDTO:
        """A whole film in its places."""
        film = self._films.load_places(self._references.project(project))
        views, owner, song = TimelineViews.of(film), film.project, song_frames(film.project)
        told, clips = views.clock.told, on_film(film, film.shown_scenes)
        return ProjectTimelineDTO(
            **told(Span(0, max(film.frames, song or 0))),
            project_id=owner.id,
            path=owner.slug,
            fps=owner.fps,
            drop_frame=views.clock.drops,
            song=None if song is None else SpanDTO(**told(Span(0, song))),
            lyrics=[
                TimedLyricDTO(**told(Span(*frames_of_line(line, owner.rate))), text=line.text) for line in owner.lyrics
            ],
            scenes=[_scene(views, scene) for scene in film_order(film.shown_scenes)],
            overlaps=views.overlaps(clips),
            gaps=views.gaps(gaps(clips, song)),
        )


def _analysis(
    film: Film, scene: Scene | None, clips: Sequence[Placed], holes: Sequence[Gap], suggestions: list[SuggestionDTO]
) -> TimelineAnalysisDTO:
    project, views = film.project, TimelineViews.of(film)
    pairs = views.overlaps(clips)
    late = _late(views, clips)
    issues = list(issues_of(pairs, late))
    return TimelineAnalysisDTO(
        project_id=project.id,
        scene_id=scene.id if scene else None,
        path=f"{project.slug}/{scene.slug}" if scene else project.slug,
        fps=project.fps,
        total_clips=len(clips),
        summary=_summary(views, clips, len(holes), len(late)),
        overlaps=pairs,
        gaps=views.gaps(holes),
        beyond_song=late,
        suggestions=suggestions,
        issues=issues,
        has_issues=bool(issues),
    )


def _late(views: TimelineViews, clips: Sequence[Placed]) -> list[LateClipDTO]:
    project = views.film.project
    if project.music_duration is None:
        return []
    # the song's last frame may be heard in part only, but whoever shows it is not late
    song_end = math.ceil(Fraction(project.music_duration) * project.rate)
    found = {clip.id: clip for in_scene in views.film.clips.values() for clip in in_scene}
    return [views.late(found[place.id], song_end) for place in beyond(clips, song_end)]


def _summary(views: TimelineViews, clips: Sequence[Placed], holes: int, late: int) -> TimelineSummaryDTO:
    clock, numbers, song = views.clock, measure(clips), song_frames(views.film.project)
    return TimelineSummaryDTO(
        clips=numbers.clips,
        end=clock.seconds(numbers.end),
        end_frame=numbers.end,
        end_timecode=clock.timecode(numbers.end),
        total=clock.seconds(numbers.shown),
        total_frames=numbers.shown,
        covered=clock.seconds(numbers.covered),
        covered_frames=numbers.covered,
        song=None if song is None else clock.seconds(song),
        song_frames=song,
        overlaps=count_overlaps(clips),
        gaps=holes,
        beyond_song=late,
    )


def _scene(views: TimelineViews, scene: Scene) -> TimelineSceneDTO:
    film = views.film
    return TimelineSceneDTO(
        **views.clock.told(film.spans[scene.id]),
        id=scene.id,
        path=f"{film.project.slug}/{scene.slug}",
        slug=scene.slug,
        name=scene.name,
        start_is_fixed=scene.start is not None,
        clips=[views.clip(clip) for clip in film.clips.get(scene.id, ()) if not clip.is_alternate],
    )


def _in_scene(film: Film, scene: Scene) -> list[Placed]:
    return [place_of(clip) for clip in film.clips.get(scene.id, ()) if not clip.is_alternate]


def _clip_suggestions(film: Film, scene: Scene, moves: Iterable[Suggestion]) -> Iterator[SuggestionDTO]:
    for move in moves:
        path = f"{film.project.slug}/{scene.slug}/{move.clip.label}"
        yield SuggestionDTO(
            kind="clip",
            id=move.clip.id,
            path=path,
            position=seconds(move.position, film.project.rate),
            position_frame=move.position,
            command=f"vidctl clip move {path} --at {move.position}f",
        )


def _film_suggestions(film: Film) -> Iterator[SuggestionDTO]:
    """First clips within their scenes, then scenes whose clips would still lie on those of others."""
    latest, blocks = last_position(film.project.rate), []
    for scene in film_order(film.shown_scenes):
        clips = _in_scene(film, scene)
        moves = suggest(clips, latest)
        blocks.append(SceneBlock(scene.id, f"{film.project.slug}/{scene.slug}", scene.start, apply(clips, moves)))
        yield from _clip_suggestions(film, scene, moves)
    for each in suggest_starts(blocks, latest):
        yield SuggestionDTO(
            kind="scene",
            id=each.scene.id,
            path=each.scene.label,
            position=seconds(each.start, film.project.rate),
            position_frame=each.start,
            command=f"vidctl scene update {each.scene.label} --at {each.start}f",
        )
