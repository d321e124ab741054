"""A small film studio for the export's tests: sources whose frames tell who they are, cuts, and watched exports."""

from __future__ import annotations

import math
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from tests.data import media
from vidctl.domain.events import Event
from vidctl.domain.recipe import TitleCard
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.errors import ExportFailed
from vidctl.exporters.video import export_video
from vidctl.gateways.ffmpeg import Ffmpeg

RATES = [Fraction(r, 1001) if r > 1000 else Fraction(r) for r in (24000, 24, 25, 30000, 30, 60000, 60)]
CARD = TitleCard(project="film", scene="verse", clip="rain")


def half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


@dataclass(frozen=True)
class Source:
    """A clip with `count` barcoded frames at `rate`, known in pictures by its number."""

    clip: int
    path: Path
    fill: Fill
    count: int = 1
    rate: Fraction = Fraction(1)

    def slot(self, frames: int, start: int = 0) -> Slot:
        label = f"film/clip-{self.clip}"
        return Slot(0, frames, self.fill, label, media=self.path, sha256=self.path.name, media_start=start)

    def shown(self, rate: Fraction, at: int) -> int:
        """The source's frame on film frame `at`: the last one whose time, rounded to film frames, has come; past
        the source's end the last one shown."""
        moment = min(at, self.fills(rate) - 1)
        return max(number for number in range(self.count) if half_up(number * rate / self.rate) <= moment)

    def fills(self, rate: Fraction) -> int:
        """How many film frames the source lasts, a part of one counting as whole."""
        return math.ceil(self.count * rate / self.rate)


@dataclass(frozen=True)
class Shelf:
    slow: Source
    even: Source
    fast: Source
    web: Source
    still: Source
    animation: Source
    folder: Path

    @property
    def sources(self) -> list[Source]:
        return [self.slow, self.even, self.fast, self.web, self.still, self.animation]


def draw_card(card: TitleCard, skip: int, frames: int, rate: Fraction, size: tuple[int, int], path: Path) -> None:
    """Clip 9, as the animatic would draw it."""
    media.video(path, clip=9, first=skip, frames=frames, rate=rate, size=size)


def gap(frames: int) -> Slot:
    return Slot(0, frames, Fill.BLACK)


def card(frames: int, skip: int = 0) -> Slot:
    return Slot(0, frames, Fill.CARD, "film/verse/rain", card=CARD, card_start=skip)


def timeline(*slots: Slot, rate: Fraction = Fraction(24), music: Path | None = None, size: int = 64) -> Timeline:
    """The slots one after the other."""
    starts = [sum(slot.frames for slot in slots[:number]) for number in range(len(slots))]
    placed = tuple(replace(slot, start=start) for slot, start in zip(slots, starts, strict=True))
    return Timeline("A film", rate, size, size, placed, music)


@dataclass
class Studio:
    """Exports into a folder of its own and keeps what was reported."""

    folder: Path
    ffmpeg: Ffmpeg

    @property
    def film(self) -> Path:
        return self.folder / "film.mp4"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def start(self, cut: Timeline, **options: object) -> Generator[Event, None, None]:
        given: dict[str, object] = {"ffmpeg": self.ffmpeg, "cache": self.cache, "draw_card": draw_card} | options
        return export_video(cut, self.film, **given)  # type: ignore[arg-type]

    def export(self, cut: Timeline, **options: object) -> list[Event]:
        return list(self.start(cut, **options))

    def shown(self) -> list[tuple[int, int] | None]:
        return [media.read_barcode(picture) for _, picture in media.decoded(self.film)]

    def left_overs(self) -> list[str]:
        """Files beside the film and hidden ones in the cache: there should be none."""
        beside = [path.name for path in self.folder.iterdir() if path not in (self.film, self.cache)]
        return beside + [path.name for path in self.cache.glob(".*")]


class Watched(Ffmpeg):
    """Counts what runs, how many at once, and may be told to fail, or to end each "segment" or the "film" early."""

    def __init__(self, failures: int = 0, short: str = "") -> None:
        super().__init__(media.ffmpeg_path())
        self.commands: list[Sequence[str]] = []
        self.at_once = self.most_at_once = 0
        self._failures, self._short = failures, short
        self._lock = threading.Lock()

    def run(self, arguments: Sequence[str], *, total_frames: int) -> Generator[int, None, None]:
        with self._lock:
            self.commands.append(arguments)
            fail = len(self.commands) <= self._failures
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if fail:
                raise ExportFailed("ffmpeg failed", cause="told to")
            yield from super().run(self._shortened(arguments), total_frames=total_frames)
        finally:
            with self._lock:
                self.at_once -= 1

    def _shortened(self, arguments: Sequence[str]) -> Sequence[str]:
        joining = "concat" in arguments
        if self._short == ("film" if joining else "segment"):
            return [*arguments[:-2], "-frames:v", "1", *arguments[-2:]]
        return arguments
