"""The most and least that people may ask for in renders and films. What a workflow or family allows may be narrower.

The numbers are those that the audited system's interface kept: wide enough for every model known here, narrow enough
that a slip of a key is told instead of rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from pydantic import JsonValue

from vidctl.errors import InvalidInput

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
FILM_RATES = (Fraction(1), Fraction(120))


def check_limits(settings: Mapping[str, JsonValue]) -> None:
    """Raises InvalidInput for the first number that is out of its range."""
    for name, value in settings.items():
        if name in RENDER_LIMITS and isinstance(value, int | float) and not isinstance(value, bool):
            low, high = RENDER_LIMITS[name]
            if not low <= value <= high:
                raise InvalidInput(f"{name} is out of range", cause=f"got {value}; it may be from {low:g} to {high:g}")


def check_film_rate(rate: Fraction) -> Fraction:
    """The rate itself. Raises InvalidInput for one that no film has."""
    low, high = FILM_RATES
    if not low <= rate <= high:
        raise InvalidInput(f"a film of {float(rate):g} fps is out of range", cause=f"it may have {low} to {high}")
    return rate
