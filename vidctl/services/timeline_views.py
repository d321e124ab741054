"""Layouts as people see them: places on the film's clock, in seconds, frames and timecode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.frames import has_drop_frame, seconds_to_frames, timecode
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import Gap, Placed, overlaps
from vidctl.dtos.timeline_dtos import GapDTO, IssueDTO, LateClipDTO, MovedClipDTO, OverlapDTO, PlacedClipDTO
from vidctl.services.film import Film, seconds

#: A layout may have as many overlapping pairs as half the square of its clips; people read the first.
MOST_OVERLAPS = 1000


@dataclass(frozen=True)
class Clock:
    """How a project tells time. Its timecode drops frames where it wants that and its rate has it."""

    rate: Fraction
    drops: bool

    @classmethod
    def of(cls, project: Project) -> Clock:
        """A project's."""
        return cls(project.rate, project.drop_frame and has_drop_frame(project.rate))

    def timecode(self, frame: int) -> str:
        """A film frame's. Raises InvalidInput from 100 hours on."""
        return timecode(frame, self.rate, self.drops)

    def seconds(self, frames: int) -> float:
        """To the microsecond."""
        return seconds(frames, self.rate)

    def told(self, span: Span) -> dict[str, Any]:
        """The fields of a SpanDTO."""
        return {
            "start": self.seconds(span.start),
            "end": self.seconds(span.end),
            "duration": self.seconds(span.frames),
            "start_frame": span.start,
            "end_frame": span.end,
            "frames": span.frames,
            "start_timecode": self.timecode(span.start),
            "end_timecode": self.timecode(span.end),
        }


@dataclass(frozen=True)
class TimelineViews:
    """Makes DTOs of what lies on a film. Labels of what is placed are paths."""

    film: Film
    clock: Clock

    @classmethod
    def of(cls, film: Film) -> TimelineViews:
        """Those of a film, by its project's clock."""
        return cls(film, Clock.of(film.project))

    def clip(self, clip: Clip) -> PlacedClipDTO:
        """A clip in its place."""
        return PlacedClipDTO(**self._placed(clip))

    def late(self, clip: Clip, song_end: int) -> LateClipDTO:
        """A clip that goes on after film frame `song_end`."""
        span = self.film.film_span(clip)
        over = span.end - max(span.start, song_end)
        return LateClipDTO(**self._placed(clip), over=self.clock.seconds(over), over_frames=over)

    def overlaps(self, clips: Iterable[Placed], most: int = MOST_OVERLAPS) -> list[OverlapDTO]:
        """The first pairs that overlap."""
        return [
            OverlapDTO(
                **self.clock.told(each.span),
                first=each.first.label,
                first_id=each.first.id,
                second=each.second.label,
                second_id=each.second.id,
            )
            for each in islice(overlaps(clips), most)
        ]

    def gaps(self, found: Iterable[Gap]) -> list[GapDTO]:
        """Where nothing is shown."""
        return [
            GapDTO(
                **self.clock.told(gap.span),
                kind=gap.kind,
                before=gap.before.label if gap.before else None,
                after=gap.after.label if gap.after else None,
            )
            for gap in found
        ]

    def moved(self, old: Clip, position: int) -> MovedClipDTO:
        """A clip that goes to another position in its scene."""
        return MovedClipDTO(
            id=old.id,
            path=self.film.path(old),
            old_position=self.clock.seconds(old.position),
            old_position_frame=old.position,
            position=self.clock.seconds(position),
            position_frame=position,
        )

    def _placed(self, clip: Clip) -> dict[str, Any]:
        return {
            **self.clock.told(self.film.film_span(clip)),
            "id": clip.id,
            "path": self.film.path(clip),
            "name": clip.name,
            "position": self.clock.seconds(clip.position),
            "position_frame": clip.position,
            "locked": clip.locked,
        }


def issues_of(overlaps: Iterable[OverlapDTO], late: Iterable[LateClipDTO]) -> Iterator[IssueDTO]:
    """What is wrong with a layout, in words."""
    for each in overlaps:
        yield IssueDTO(code="overlap", severity="error", text=overlap_in_words(each))
    for clip in late:
        over = _length(clip.over, clip.over_frames)
        yield IssueDTO(code="beyond_song", severity="warning", text=f"{clip.path} is shown after the song for {over}")


def overlap_in_words(found: OverlapDTO) -> str:
    """Which two clips overlap, for how long and where."""
    length = _length(found.duration, found.frames)
    return f"{found.first} and {found.second} overlap by {length} at {found.start_timecode}"


def song_frames(project: Project) -> int | None:
    """How long the film is by its song: to the frame nearest to its end. None without a song."""
    return None if project.music_duration is None else seconds_to_frames(project.music_duration, project.rate)


def on_film(film: Film, scenes: Iterable[Scene]) -> list[Placed]:
    """The clips that some scenes show, in film frames, with their paths."""
    return [
        Placed(clip.id, film.path(clip), film.film_span(clip), clip.locked)
        for scene in scenes
        for clip in film.clips.get(scene.id, ())
        if not clip.is_alternate
    ]


def _length(seconds: float, frames: int) -> str:
    return f"{seconds:.3g} s ({frames} frame{'' if frames == 1 else 's'})"
