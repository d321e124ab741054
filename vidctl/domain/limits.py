"""The most and least that people may ask for in renders and films. What a workflow or family allows may be narrower.

The numbers are those that the audited system's interface kept: wide enough for every model known here, narrow enough
that a slip of a key is told instead of rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from pydantic import JsonValue

from vidctl.errors import InvalidInput, MediaInvalid

#: Render setting -> (least, most), both allowed; sizes in pixels, fps per second.
RENDER_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "steps": (1, 200),
        "cfg": (0.1, 30),
        "width": (64, 4096),
        "height": (64, 4096),
        "frames": (1, 300),
        "fps": (1, 120),
    }
)
#: A picture that a person brings to show a face or figure: its most bytes, the least and most pixels of its sides, and
#: what its shorter side should have, as less shows too little of a face.
PICTURE_BYTES = 20 * 1024 * 1024
PICTURE_SIDES = (256, 8192)
ADVISED_SIDE = 512
FILM_RATES = (Fraction(1), Fraction(120))


def check_limits(settings: Mapping[str, JsonValue]) -> None:
    """Raises InvalidInput for the first number that is out of its range."""
    for name, value in settings.items():
        if name in RENDER_LIMITS and isinstance(value, int | float) and not isinstance(value, bool):
            low, high = RENDER_LIMITS[name]
            if not low <= value <= high:
                raise InvalidInput(f"{name} is out of range", cause=f"got {value}; it may be from {low:g} to {high:g}")


def check_picture_bytes(name: str, size: int) -> None:
    """Raises MediaInvalid for a picture of more bytes than are taken."""
    if size > PICTURE_BYTES:
        raise MediaInvalid(
            f"{name} is too large",
            cause=f"it has {size} bytes; a picture may have {PICTURE_BYTES >> 20} MiB",
            fix="scale it down, or save it as JPEG or WebP",
        )


def check_picture_sides(name: str, width: int, height: int) -> str:
    """A warning, or "". Raises MediaInvalid for a picture that shows too little or is too large to work with."""
    least, most = PICTURE_SIDES
    shape = f"it is {width}x{height}"
    if min(width, height) < least:
        raise MediaInvalid(
            f"{name} is too small", cause=f"{shape}; its shorter side needs {least} pixels", fix="give a larger picture"
        )
    if max(width, height) > most:
        raise MediaInvalid(
            f"{name} is too large", cause=f"{shape}; its longer side may have {most} pixels", fix="scale it down first"
        )
    if min(width, height) < ADVISED_SIDE:
        return f"{name}: {shape}; {ADVISED_SIDE} pixels or more on the shorter side show a face well"
    return ""


def check_film_rate(rate: Fraction) -> Fraction:
    """The rate itself. Raises InvalidInput for one that no film has."""
    low, high = FILM_RATES
    if not low <= rate <= high:
        raise InvalidInput(f"a film of {float(rate):g} fps is out of range", cause=f"it may have {low} to {high}")
    return rate
