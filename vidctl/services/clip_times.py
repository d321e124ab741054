"""Positions and lengths of clips, from what people type to frames, within the limits that a film keeps."""

from __future__ import annotations

from fractions import Fraction

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.frames import parse_time
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipTimelineUpdateDTO
from vidctl.errors import InvalidInput


def last_position(rate: Fraction) -> int:
    """The last frame of a scene that a clip may start on."""
    return int(MAX_POSITION_SECONDS * rate)


def frames_of_position(text: str, rate: Fraction) -> int:
    """A position in frames. Raises InvalidInput beyond MAX_POSITION_SECONDS."""
    frames = parse_time(text, rate)
    if frames > last_position(rate):
        raise InvalidInput(f"the position {text} is too far", cause=f"it may be {MAX_POSITION_SECONDS} s at most")
    return frames


def frames_of_length(text: str, rate: Fraction) -> int:
    """A length in frames, one at least. Raises InvalidInput."""
    frames = parse_time(text, rate)
    if frames < 1:
        raise InvalidInput(f"the length {text} is less than a frame", fix=f"one frame is 1f, or {float(1 / rate):.4f}")
    if frames > MAX_POSITION_SECONDS * rate:
        raise InvalidInput(f"the length {text} is too long", cause=f"clips last {MAX_POSITION_SECONDS} s at most")
    return frames


def require_one_place(request: ClipCreateDTO | ClipTimelineUpdateDTO) -> None:
    """Raises InvalidInput for a clip that is to go to several places at once, or to none."""
    at = request.timeline_position if isinstance(request, ClipCreateDTO) else request.position
    if sum(place is not None for place in (at, request.before, request.after)) > 1:
        raise InvalidInput("a clip can have one place only", fix="use one of --at, --before and --after")
    if isinstance(request, ClipTimelineUpdateDTO) and not (at or request.before or request.after or request.scene):
        raise InvalidInput("no place is given", fix="use --at, --before, --after or --scene")
    if isinstance(request, ClipTimelineUpdateDTO) and request.snap and at is None:
        raise InvalidInput("--snap needs a position to be near to", fix="add --at TIME")
    if isinstance(request, ClipCreateDTO) and request.next_free and at is None:
        raise InvalidInput("--next-free needs a position to be near to", fix="add --at TIME")
