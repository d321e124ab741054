"""The film as one MP4, exact to the frame: plan, encode each slot, join them with the song, verify, move into place."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidctl.domain.events import Event, Notice, Progress
from vidctl.domain.timeline import Fill, Timeline
from vidctl.errors import ExportFailed, InvalidInput, MediaInvalid, NotFound
from vidctl.exporters.destination import check_destination, told_by_disk
from vidctl.exporters.encoding import Encoding, Quality
from vidctl.exporters.joining import join
from vidctl.exporters.segment_cache import CACHE_LIMIT, SegmentCache
from vidctl.exporters.segment_run import encode_all
from vidctl.exporters.segments import DrawCard, SegmentMaker
from vidctl.gateways.ffmpeg import Ffmpeg
from vidctl.gateways.probing import measure
from vidctl.gateways.whole_file import whole_file

SUFFIX = ".mp4"

_SOUND_TOLERANCE = Fraction(1, 20)  # seconds; an AAC frame lasts half of that


def export_video(
    timeline: Timeline,
    destination: Path,
    *,
    ffmpeg: Ffmpeg,
    cache: Path,
    draw_card: DrawCard,
    quality: Quality = Quality.FINAL,
    workers: int = 2,
    cache_limit: int = CACHE_LIMIT,
) -> Generator[Event, None, None]:
    """Write the film to `destination` (.mp4), which appears, or is replaced, only when it is complete and verified.

    Yields Progress of the tasks "export" (encoding) and "join", in frames, and a Notice for each clip that is too
    short for its place. `cache` keeps finished segments, at most `cache_limit` bytes of those not in use. Closing the
    generator ends every ffmpeg it started. Raises InvalidInput, MediaInvalid, NotFound, ExportFailed, DiskFull.
    """
    _check(timeline, destination)
    encoding = Encoding.of(timeline.rate, timeline.width, timeline.height, quality)
    with told_by_disk(destination, cache):
        cache.mkdir(parents=True, exist_ok=True)
        store = SegmentCache(cache, cache_limit)
        film = _Film(timeline, SegmentMaker(ffmpeg, store, encoding, draw_card))
        yield from _shortages(timeline)
        try:
            yield from encode_all(timeline.slots, film.maker, workers)
            yield from film.join(destination)
        finally:
            store.prune(keep=film.keys)


def _check(timeline: Timeline, destination: Path) -> None:
    """Everything that can be known to fail before the first frame is encoded."""
    check_destination(destination, SUFFIX)
    if not timeline.frames:
        raise InvalidInput(f"{timeline.title} is empty", cause="its timeline has no frames", fix="add clips first")
    _check_sources(timeline)


def _check_sources(timeline: Timeline) -> None:
    lost = [f"{slot.label} ({slot.media})" for slot in timeline.slots if slot.media and not slot.media.is_file()]
    if timeline.music and not timeline.music.is_file():
        lost.append(f"the song ({timeline.music})")
    if lost:
        raise NotFound(
            "some media of the film are gone", cause="; ".join(lost), fix="render or add them again, or select others"
        )


def _shortages(timeline: Timeline) -> Iterator[Notice]:
    """A warning for each film that ends before its slot does."""
    lengths: dict[Path, int] = {}
    for slot in timeline.slots:
        if slot.fill is not Fill.VIDEO or slot.media is None:
            continue
        if slot.media not in lengths:
            lengths[slot.media] = _film_frames(slot.label, slot.media, timeline.rate)
        missing = slot.media_start + slot.frames - lengths[slot.media]
        if missing > 0:
            count = f"{missing} frame{'s' if missing > 1 else ''}"
            yield Notice(f"{slot.label}: its take is {count} too short; the last frame is held", level="warning")


def _film_frames(label: str, media: Path, rate: Fraction) -> int:
    """How many frames of the film a source fills; a part of one counts as whole, as in the segments' fps filter."""
    try:
        return math.ceil(measure(media).seconds * rate)
    except MediaInvalid as error:
        raise MediaInvalid(
            f"the take of {label} cannot be used", cause=str(error), fix="render the clip again or select another take"
        ) from error


@dataclass
class _Film:
    """One export at work."""

    timeline: Timeline
    maker: SegmentMaker

    def __post_init__(self) -> None:
        self.keys = [self.maker.key(slot) for slot in self.timeline.slots]

    def join(self, destination: Path) -> Iterator[Progress]:
        """Join the segments and move the verified film into place."""
        segments = [self.maker.cache.path(key) for key in self.keys]
        with tempfile.TemporaryDirectory(prefix=".join-", dir=self.maker.cache.folder) as work:
            listing = Path(work) / "segments.ffconcat"
            with whole_file(destination) as part:
                frames = join(self.timeline, segments, listing, part, self.maker.encoding, self.maker.ffmpeg)
                with closing(frames):
                    for done in frames:
                        yield Progress("join", done, self.timeline.frames, "frame")
                _verify(self.timeline, part)
        yield Progress("join", self.timeline.frames, self.timeline.frames, "frame")


def _verify(timeline: Timeline, part: Path) -> None:
    found = measure(part)
    length = timeline.frames / timeline.rate
    if found.frames != timeline.frames:
        raise ExportFailed(f"the film came out with {found.frames} frames instead of {timeline.frames}")
    if timeline.music and (found.sound is None or abs(found.sound - length) > _SOUND_TOLERANCE):
        raise ExportFailed(
            "the film's sound is not as long as its picture",
            cause=f"{float(found.sound or 0):.3f} s instead of {float(length):.3f} s",
        )
