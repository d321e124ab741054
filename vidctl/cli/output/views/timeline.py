"""Timelines and their analyses as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from vidctl.cli.output.blocks import Block, Lines, Scaled, Table
from vidctl.cli.output.views.gantt import gantt
from vidctl.cli.output.views.words import counted
from vidctl.dtos.timeline_dtos import GapDTO, PlacedClipDTO, ProjectTimelineDTO, TimelineAnalysisDTO, TimelineEditDTO


@dataclass(frozen=True)
class GanttShown:
    """A timeline that is to be drawn as bars; as JSON it is the same."""

    timeline: ProjectTimelineDTO

    def as_json(self) -> dict[str, Any]:
        """The timeline's fields."""
        return self.timeline.model_dump(mode="json")


def _analysis(found: TimelineAnalysisDTO) -> list[Block]:
    overlaps = [[o.start_timecode, _length(o.duration, o.frames), o.first, o.second] for o in found.overlaps]
    gaps = [[g.start_timecode, _length(g.duration, g.frames), _where(g)] for g in found.gaps]
    late = [[c.start_timecode, _length(c.over, c.over_frames), c.path] for c in found.beyond_song]
    hidden = found.summary.overlaps - len(found.overlaps)
    return [
        Lines(list(_numbers(found))),
        Table(["overlap at", "length", "of", "and"], overlaps),
        Lines([f"… and {hidden} more overlaps"] if hidden else []),
        Table(["gap at", "length", "where"], gaps),
        Table(["beyond the song", "by", "clip"], late),
        Lines(["", "To leave no overlap:", *(f"  {each.command}" for each in found.suggestions)])
        if found.suggestions
        else Lines([]),
    ]


def _numbers(found: TimelineAnalysisDTO) -> Iterator[str]:
    numbers = found.summary
    song = "" if numbers.song is None else f"; the song has {_length(numbers.song, numbers.song_frames or 0)}"
    yield f"{found.path}: {counted(numbers.clips, 'clip') or 'no clips'}, the last ends at {numbers.end_timecode}{song}"
    yield f"{_length(numbers.covered, numbers.covered_frames)} are covered"
    told = (("overlap", numbers.overlaps), ("gap", numbers.gaps), ("clip", numbers.beyond_song))
    overlaps, gaps, late = (counted(number, noun) for noun, number in told)
    parts = [overlaps, gaps, late and f"{late} beyond the song"]
    yield ", ".join(filter(None, parts)) or "no overlaps, no gaps"


def _where(gap: GapDTO) -> str:
    if gap.before is None:
        return f"before {gap.after}" if gap.after else "everywhere"
    return f"behind {gap.before}" if gap.after is None else f"between {gap.before} and {gap.after}"


def _timeline(found: ProjectTimelineDTO) -> list[Block]:
    crossed = {clip_id for overlap in found.overlaps for clip_id in (overlap.first_id, overlap.second_id)}
    clips = [(c.start_frame, _clip_row(c, crossed)) for scene in found.scenes for c in scene.clips]
    gaps = [(g.start_frame, [g.start_timecode, g.end_timecode, f"{g.duration:g}", "", "gap"]) for g in found.gaps]
    rows = [row for _, row in sorted([*clips, *gaps], key=lambda entry: entry[0])]
    return [Table(["from", "to", "length s", "clip", ""], rows, "no clips yet: vidctl clip create SCENE NAME")]


def _clip_row(clip: PlacedClipDTO, crossed: set[str]) -> list[str]:
    notes = ["overlap"] if clip.id in crossed else []
    notes += ["locked"] if clip.locked else []
    return [clip.start_timecode, clip.end_timecode, f"{clip.duration:g}", clip.path, ", ".join(notes)]


def _gantt(shown: GanttShown) -> list[Block]:
    return [Scaled(partial(gantt, shown.timeline))]


def _edit(done: TimelineEditDTO) -> list[Block]:
    if not done.moved:
        return [Lines([f"nothing moves in {done.path}"])]
    rows = [[clip.path, f"{clip.old_position:g}", f"{clip.position:g}"] for clip in done.moved]
    verb = "moved" if done.applied else "would move"
    lines = [f"{verb} {counted(len(rows), 'clip')}"]
    if done.frames:
        change = "longer" if done.frames > 0 else "shorter"
        tense = "is" if done.applied else "would be"
        lines.append(f"the film {tense} {_length(abs(done.seconds), abs(done.frames))} {change}")
    if done.gaps:
        left = [f"at {gap.start_timecode}" for gap in done.gaps[:5]]
        lines.append(f"{counted(len(done.gaps), 'gap')} left: {', '.join(left)}{' …' if len(done.gaps) > 5 else ''}")
    return [Table(["clip", "from s", "to s"], rows), Lines(lines)]


def _length(seconds: float, frames: int) -> str:
    return f"{seconds:g} s ({frames}f)"


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    TimelineAnalysisDTO: _analysis,
    ProjectTimelineDTO: _timeline,
    GanttShown: _gantt,
    TimelineEditDTO: _edit,
}
