"""How a title card looks apart from what stands on it: decided by its scene, its clip and a seed, by nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from vidctl.domain.recipe import TitleCard
from vidctl.gateways.card_layers import scene_hue

#: The seed of a card that nobody has given one.
USUAL = 0

_SHIFT = 0.1  # of the colour wheel, at most to either side: a scene's cards stay each other's like


@dataclass(frozen=True)
class Look:
    """The ground has the `hue` (0 to 1 round the colour wheel) where it is brightest: at the upper left, unless it is
    `mirrored` or `flipped`. A still moves towards a point (parts of its width and height), or away from it."""

    hue: float
    towards: tuple[float, float]
    mirrored: bool = False
    flipped: bool = False
    outwards: bool = False


def look_of(card: TitleCard, seed: int) -> Look:
    """The look of a card, another one for each seed but USUAL."""
    hue = scene_hue(card.scene)
    if seed == USUAL:
        return Look(hue, _point(_digest(card.clip)))
    drawn = _digest(f"{card.scene}/{card.clip}/{seed}")
    shift = _SHIFT * (2 * drawn[2] / 255 - 1)
    corner = drawn[3]
    return Look(hue + shift, _point(drawn), bool(corner & 1), bool(corner & 2), bool(corner & 4))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _point(drawn: bytes) -> tuple[float, float]:
    """Somewhere near the middle."""
    return 0.2 + 0.6 * drawn[0] / 255, 0.2 + 0.6 * drawn[1] / 255
