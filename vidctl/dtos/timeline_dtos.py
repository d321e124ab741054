"""The film laid out in time, at the border.

All places are on the film's clock (a scene's start plus a clip's position), but for those named `position`, which count
from the scene's start as `clip move --at` does. Times are seconds to the microsecond; the frame numbers beside them are
exact, and timecode is written as the project wants it (HH:MM:SS;FF where it drops frames).
"""

from __future__ import annotations

from typing import Literal

from vidctl.domain.timeline_analysis import GapKind
from vidctl.dtos.base import InputDTO, ResponseDTO


class SpanDTO(ResponseDTO):
    """A stretch of the film. Its end is where the first frame after it begins."""

    start: float
    end: float
    duration: float
    start_frame: int
    end_frame: int
    frames: int
    start_timecode: str
    end_timecode: str


class PlacedClipDTO(SpanDTO):
    """A clip in its place. A `locked` one cannot be moved."""

    id: str
    path: str
    name: str
    position: float
    position_frame: int
    locked: bool


class LateClipDTO(PlacedClipDTO):
    """A clip that is shown after the song's end, and for how long."""

    over: float
    over_frames: int


class OverlapDTO(SpanDTO):
    """What two clips share; the second starts later. Both by path and id."""

    first: str
    first_id: str
    second: str
    second_id: str


class GapDTO(SpanDTO):
    """Where nothing is shown; the clips on either side by path. A lead-in has none before it, a tail none after it."""

    kind: GapKind
    before: str | None
    after: str | None


class SuggestionDTO(ResponseDTO):
    """A free place for a clip (`position` counts from its scene's start) or for a scene (from the film's). `command`
    does it."""

    kind: Literal["clip", "scene"]
    id: str
    path: str
    position: float
    position_frame: int
    command: str


class IssueDTO(ResponseDTO):
    """Something that is wrong with a layout, in words."""

    code: Literal["overlap", "beyond_song"]
    severity: Literal["error", "warning"]
    text: str


class TimelineSummaryDTO(ResponseDTO):
    """A layout in numbers. `end` is where its last clip ends, `total` the sum of all lengths, `covered` the time in
    which something is shown; `song` is how long the film's song is, None without one. `overlaps` counts all pairs."""

    clips: int
    end: float
    end_frame: int
    end_timecode: str
    total: float
    total_frames: int
    covered: float
    covered_frames: int
    song: float | None
    song_frames: int | None
    overlaps: int
    gaps: int
    beyond_song: int


class TimelineAnalysisDTO(ResponseDTO):
    """A scene, or a film if `scene_id` is None. Alternates are not in it. Gaps are no issues: black may be meant.

    `overlaps` lists the first 1,000 of the `summary.overlaps` pairs. `suggestions` are to be taken in their order,
    any number of them; after all of them nothing overlaps, unless locked clips do.
    """

    project_id: str
    scene_id: str | None
    path: str
    fps: str
    total_clips: int
    summary: TimelineSummaryDTO
    overlaps: list[OverlapDTO]
    gaps: list[GapDTO]
    beyond_song: list[LateClipDTO]
    suggestions: list[SuggestionDTO]
    issues: list[IssueDTO]
    has_issues: bool


class TimedLyricDTO(SpanDTO):
    """A line of the song."""

    text: str


class TimelineSceneDTO(SpanDTO):
    """A scene in its place, with its clips in order of time."""

    id: str
    path: str
    slug: str
    name: str
    start_is_fixed: bool
    clips: list[PlacedClipDTO]


class ProjectTimelineDTO(SpanDTO):
    """The whole film from its beginning to the end of the cut or the song, whichever is later; scenes in order."""

    project_id: str
    path: str
    fps: str
    drop_frame: bool
    song: SpanDTO | None
    lyrics: list[TimedLyricDTO]
    scenes: list[TimelineSceneDTO]
    overlaps: list[OverlapDTO]
    gaps: list[GapDTO]


class RippleInsertDTO(InputDTO):
    """Time to put in: `at` counts from the scene's start, `by` is how much; both as `parse_time` reads them."""

    at: str
    by: str


class MovedClipDTO(ResponseDTO):
    """A clip that an edit gives another position in its scene, in seconds and frames."""

    id: str
    path: str
    old_position: float
    old_position_frame: int
    position: float
    position_frame: int


class TimelineEditDTO(ResponseDTO):
    """What an edit of many clips moves, or would move if it is not `applied`. The film gets longer by `frames`, which
    are less than 0 if it gets shorter; `gaps` are those that are in the cut then."""

    path: str
    applied: bool
    moved: list[MovedClipDTO]
    seconds: float
    frames: int
    gaps: list[GapDTO]
