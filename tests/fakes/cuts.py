"""Cuts for an editor's program: slots whose files need not be there, as their facts are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.fakes.film_studio import gap
from vidctl.domain.asset import AssetKind, MediaFacts
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.exporters.record_clock import RecordClock

MEDIA = Path("/media/takes")

#: The film rates that issue forth from cameras and televisions, and whether timecode drops frames there.
CLOCKS = [
    *((Fraction(number, 1001), False) for number in (24000, 30000, 60000)),
    *((Fraction(number, 1001), True) for number in (30000, 60000)),
    *((Fraction(number), False) for number in (24, 25, 30, 48, 50, 60)),
]


def hour_one(rate: Fraction, drop: bool = False) -> RecordClock:
    return RecordClock.reading("01:00:00:00", rate, drop=drop)


def facts(kind: AssetKind, extension: str, **known: object) -> MediaFacts:
    return MediaFacts.model_validate({"kind": kind, "media_type": "x/y", "extension": extension, **known})


def take(
    frames: int,
    *,
    name: str = "film/verse/hero",
    rate: Fraction | int = 24,
    count: int = 1000,
    skip: int = 0,
    prompt: str = "",
    path: Path = MEDIA / "hero.mp4",
    has_audio: bool = False,
) -> Slot:
    """A slot of so many film frames that shows a take of `count` frames at its own rate."""
    known = facts(
        AssetKind.VIDEO, path.suffix, width=64, height=64, fps=str(Fraction(rate)), frames=count,
        duration=float(count / Fraction(rate)), has_audio=has_audio,
    )  # fmt: skip
    return Slot(0, frames, Fill.VIDEO, name, path, str(path), skip, facts=known, prompt=prompt)


def still(frames: int, name: str = "film/verse/still", path: Path = MEDIA / "still.png") -> Slot:
    known = facts(AssetKind.IMAGE, path.suffix, width=80, height=60)
    return Slot(0, frames, Fill.STILL, name, path, str(path), facts=known)


def cut(
    slots: Sequence[Slot], rate: Fraction | int = 24, *, title: str = "A film", song: Path | None = None
) -> Timeline:
    """The slots one after the other, 64x64 pixels; the song, if there is one, lasts two seconds."""
    starts = [sum(slot.frames for slot in slots[:number]) for number in range(len(slots))]
    placed = tuple(replace(slot, start=start) for slot, start in zip(slots, starts, strict=True))
    heard = facts(AssetKind.AUDIO, song.suffix, duration=2.0, has_audio=True) if song else None
    return Timeline(title, Fraction(rate), 64, 64, placed, song, song.name if song else "", heard)


def mixed(rate: Fraction) -> list[Slot]:
    """A whole take, a gap, a still, a take at 16 fps from its second film frame on, and one that ends early."""
    return [
        take(7, rate=rate, count=7, prompt="she turns"),
        gap(5),
        still(4),
        take(6, name="film/verse/slow", rate=16, count=81, skip=2, path=MEDIA / "slow.mp4"),
        take(10, name="film/verse/short", rate=rate, count=9, skip=1, path=MEDIA / "short.mp4"),
    ]
