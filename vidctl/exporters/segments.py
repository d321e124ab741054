"""Segments: each slot of the film encoded on its own, under a key made of all that decides the picture.

So an export that was interrupted goes on where it stopped, and a changed clip costs no more than itself.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from vidctl import __version__
from vidctl.domain.recipe import TitleCard
from vidctl.domain.timeline import Fill, Slot
from vidctl.errors import ExportFailed, Interrupted, MediaInvalid
from vidctl.exporters.encoding import Encoding, restored_times
from vidctl.exporters.segment_cache import SegmentCache
from vidctl.gateways.animations import as_film
from vidctl.gateways.ffmpeg import Ffmpeg
from vidctl.gateways.pictures import black, fitted
from vidctl.gateways.probing import demuxer_of, measure
from vidctl.gateways.whole_file import whole_file

#: Writes `frames` frames of a card, without its first `skip`, at a rate and a size, to a film at the path.
DrawCard = Callable[[TitleCard, int, int, Fraction, tuple[int, int], Path], None]


@dataclass(frozen=True)
class SegmentMaker:
    """Makes the segments of a film in one encoding. `make` may run in several threads at once."""

    ffmpeg: Ffmpeg
    cache: SegmentCache
    encoding: Encoding
    draw_card: DrawCard

    def key(self, slot: Slot) -> str:
        """The SHA-256 of everything that decides the slot's segment; its place in the film does not."""
        decides = {
            "vidctl": __version__,
            "ffmpeg": self.ffmpeg.version,
            "fill": slot.fill,
            "source": slot.sha256,
            "card": slot.card and slot.card.model_dump(mode="json"),
            "card_start": slot.card_start,
            "filters": self.encoding.filters(slot.media_start, slot.frames),
            "encoder": self.encoding.arguments(),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()

    def make(self, slot: Slot, report: Callable[[int], None], stop: threading.Event) -> None:
        """Encode a slot into the cache unless it is there, reporting frames done. A failure is tried a second time.

        Raises ExportFailed, DiskFull; Interrupted once `stop` is set.
        """
        if not self.cache.take(self.key(slot), slot.frames):
            try:
                self._encode(slot, report, stop)
            except (ExportFailed, MediaInvalid):
                self._encode_again(slot, report, stop)
        report(slot.frames)

    def _encode_again(self, slot: Slot, report: Callable[[int], None], stop: threading.Event) -> None:
        try:
            self._encode(slot, report, stop)
        except (ExportFailed, MediaInvalid) as error:
            raise ExportFailed(
                f"cannot encode {slot.label or 'a gap'}",
                cause=str(error),
                fix="check that its take plays; if not, render it again or select another",
            ) from error

    def _encode(self, slot: Slot, report: Callable[[int], None], stop: threading.Event) -> None:
        destination = self.cache.path(self.key(slot))
        with TemporaryDirectory(prefix=".source-", dir=self.cache.folder) as work, whole_file(destination) as part:
            command = (*self._source(slot, Path(work)), *self.encoding.arguments(), "-y", str(part.absolute()))
            with closing(self.ffmpeg.run(command, total_frames=slot.frames)) as run:
                for done in run:
                    if stop.is_set():
                        raise Interrupted("the export was stopped")
                    report(done)
            self._verify(slot, part)

    def _source(self, slot: Slot, work: Path) -> tuple[str, ...]:
        """ffmpeg's arguments for what the slot shows, cut to its frames. A still is a film of one frame, held."""
        path, skip = self._prepared(slot, work)
        still = path.suffix == ".png"
        demuxer = "png_pipe" if still else demuxer_of(path)
        times = "" if still else restored_times(measure(path).rate)
        return (
            *("-threads", "1", "-f", demuxer, "-i", str(path.absolute()), "-map", "0:v:0"),
            *("-vf", times + self.encoding.filters(skip, slot.frames), "-frames:v", str(slot.frames)),
        )

    def _prepared(self, slot: Slot, work: Path) -> tuple[Path, int]:
        """A file that any ffmpeg reads, and how many film frames of it to skip."""
        still, film, animation = work / "still.png", work / "card.mp4", work / "animation.mkv"
        match slot.fill:
            case Fill.BLACK:
                black(self.encoding.size).save(still)
                return still, 0
            case Fill.STILL:
                fitted(_media(slot), self.encoding.size).save(still)
                return still, 0
            case Fill.CARD:
                assert slot.card is not None
                self.draw_card(slot.card, slot.card_start, slot.frames, self.encoding.rate, self.encoding.size, film)
                return film, 0
            case Fill.VIDEO:
                if demuxer_of(_media(slot)):
                    return _media(slot), slot.media_start
                as_film(_media(slot), animation)
                return animation, slot.media_start

    def _verify(self, slot: Slot, part: Path) -> None:
        found = measure(part).frames
        if found != slot.frames:
            raise ExportFailed(f"it came out with {found} frames instead of {slot.frames}")


def _media(slot: Slot) -> Path:
    assert slot.media is not None  # the timeline sets it for every film and still
    return slot.media
