"""Positions and lengths of clips, from what people type to frames, within the limits that a film keeps."""

from __future__ import annotations

from fractions import Fraction

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.frames import parse_time
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
