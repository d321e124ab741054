"""The film as one MP4, exact to the frame: plan, encode each slot, join them with the song, verify, move into place."""

from __future__ import annotations

import math
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vidctl.domain.events import Event, Notice, Progress
from vidctl.domain.timeline import Fill, Timeline
from vidctl.errors import DiskFull, ExportFailed, InvalidInput, MediaInvalid, NotFound
from vidctl.exporters.encoding import Encoding, Quality
from vidctl.exporters.joining import join
from vidctl.exporters.segment_cache import CACHE_LIMIT, SegmentCache
from vidctl.exporters.segments import DrawCard, SegmentMaker
from vidctl.gateways.ffmpeg import Ffmpeg
from vidctl.gateways.probing import measure
from vidctl.gateways.whole_file import as_disk_full, whole_file

_REPORT_SECONDS = 0.2
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
    with _translated(destination, cache):
        cache.mkdir(parents=True, exist_ok=True)
        store = SegmentCache(cache, cache_limit)
        film = _Film(timeline, SegmentMaker(ffmpeg, store, encoding, draw_card))
        yield from _shortages(timeline)
        try:
            yield from film.encode(workers)
            yield from film.join(destination)
        finally:
            store.prune(keep=film.keys)


@contextmanager
def _translated(destination: Path, cache: Path) -> Iterator[None]:
    """Errors of the disk, ours and ffmpeg's, said with both folders that an export writes to."""
    folders = f"{destination.parent} and {cache}"
    try:
        yield
    except (DiskFull, OSError) as error:
        if isinstance(error, DiskFull) or as_disk_full(error, destination):
            raise DiskFull(
                f"no space left to export {destination.name}", cause=str(error), fix=f"free space in {folders}"
            ) from error
        raise ExportFailed(f"could not write {destination.name}", cause=str(error), fix=f"check {folders}") from error


def _check(timeline: Timeline, destination: Path) -> None:
    """Everything that can be known to fail before the first frame is encoded."""
    check_destination(destination)
    if not timeline.frames:
        raise InvalidInput(f"{timeline.title} is empty", cause="its timeline has no frames", fix="add clips first")
    _check_sources(timeline)


def check_destination(destination: Path) -> None:
    """Raises InvalidInput, ExportFailed or DiskFull if no film can be written there."""
    if destination.is_dir():
        raise InvalidInput(f"cannot write {destination}", cause="it is a folder", fix="give the film a name in it")
    if destination.suffix.lower() != ".mp4":
        raise InvalidInput(
            f"cannot write {destination.name}",
            cause="films are exported as MP4",
            fix=f"name it {destination.with_suffix('.mp4').name}",
        )
    if not destination.parent.is_dir():
        raise InvalidInput(
            f"cannot write {destination}", cause=f"there is no folder {destination.parent}", fix="make the folder first"
        )
    try:
        # Permissions, read-only disks and quotas all have their own say: only writing shows.
        tempfile.TemporaryFile(dir=destination.parent).close()
    except OSError as error:
        raise as_disk_full(error, destination) or ExportFailed(
            f"cannot write to {destination.parent}", cause=error.strerror or str(error), fix="choose another folder"
        ) from error


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

    def encode(self, workers: int) -> Iterator[Progress]:
        """Make the segments that are missing, `workers` at a time; equal slots share one."""
        jobs = dict(zip(self.keys, self.timeline.slots, strict=True))
        done = dict.fromkeys(jobs, 0)
        stop = threading.Event()
        pool = ThreadPoolExecutor(workers, thread_name_prefix="segment")
        try:
            pending = {pool.submit(self.maker.make, slot, _counter(done, key), stop) for key, slot in jobs.items()}
            while pending:
                finished, pending = wait(pending, _REPORT_SECONDS, FIRST_COMPLETED)
                _raise_first(finished)
                yield self._progress("export", sum(done[key] for key in self.keys))
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)

    def join(self, destination: Path) -> Iterator[Progress]:
        """Join the segments and move the verified film into place."""
        segments = [self.maker.cache.path(key) for key in self.keys]
        with tempfile.TemporaryDirectory(prefix=".join-", dir=self.maker.cache.folder) as work:
            listing = Path(work) / "segments.ffconcat"
            with whole_file(destination) as part:
                frames = join(self.timeline, segments, listing, part, self.maker.encoding, self.maker.ffmpeg)
                with closing(frames):
                    for done in frames:
                        yield self._progress("join", done)
                _verify(self.timeline, part)
        yield self._progress("join", self.timeline.frames)

    def _progress(self, task: str, done: int) -> Progress:
        return Progress(task, done, self.timeline.frames, "frame")


def _counter(done: dict[str, int], key: str) -> Callable[[int], None]:
    def report(frames: int) -> None:
        done[key] = max(done[key], frames)

    return report


def _raise_first(finished: set[Future[None]]) -> None:
    for future in finished:
        future.result()


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
