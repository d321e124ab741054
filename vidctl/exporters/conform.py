"""Copies of what the film shows and plays that any editor reads alike, in a folder beside the cut: H.264 at the film's
rate and size, and the song as WAV.

Every picture is brought to the film's frames exactly as in the exported MP4, stills included; a take keeps
its whole length, so that cuts can still be moved, and holds its last frame where its clip is longer.
"""

from __future__ import annotations

import math
import shutil
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from vidctl.domain.asset import AssetKind, MediaFacts
from vidctl.domain.events import Progress
from vidctl.domain.names import slugify
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.exporters.destination import told_by_disk
from vidctl.exporters.edits import name_of, source_of
from vidctl.exporters.encoding import SOUND_FORMAT, Encoding, Quality
from vidctl.exporters.segment_cache import CACHE_LIMIT, SegmentCache
from vidctl.exporters.segment_run import encode_all
from vidctl.exporters.segments import DrawCard, SegmentMaker
from vidctl.gateways.ffmpeg import Ffmpeg
from vidctl.gateways.whole_folder import whole_folder

_SONG = "song.wav"


@dataclass(frozen=True)
class Conformer:
    """Makes the copies. `cache` keeps finished segments, shared with the export of the MP4."""

    ffmpeg: Ffmpeg
    cache: Path
    draw_card: DrawCard

    @contextmanager
    def folder_for(self, folder: Path) -> Iterator[Path]:
        """A folder to conform to that becomes `folder` when all is done. What the disk says meanwhile is told as
        ExportFailed or DiskFull."""
        with told_by_disk(folder, self.cache), whole_folder(folder) as part:
            yield part

    def conform(self, timeline: Timeline, part: Path, folder: Path) -> Generator[Progress, None, Timeline]:
        """Write the copies to `part`; the timeline that shows them instead, as they will lie in `folder`. Raises
        ExportFailed, MediaInvalid, DiskFull."""
        self.cache.mkdir(parents=True, exist_ok=True)
        store = SegmentCache(self.cache, CACHE_LIMIT)
        encoding = Encoding.of(timeline.rate, timeline.width, timeline.height, Quality.FINAL)
        maker = SegmentMaker(self.ffmpeg, store, encoding, self.draw_card)
        whole = _whole_sources(timeline)
        copies: dict[Path, Path] = {}
        try:
            yield from encode_all(list(whole.values()), maker)
            for number, (shown, slot) in enumerate(whole.items(), 1):
                name = f"{number:03d}-{slugify(name_of(slot))}.mp4"
                shutil.copyfile(store.path(maker.key(slot)), part / name)
                copies[shown] = folder / name
        finally:
            store.prune(keep={maker.key(slot) for slot in whole.values()})
        slots = tuple(_showing(slot, copies, whole, timeline) for slot in timeline.slots)
        return self._with_song(replace(timeline, slots=slots), part, folder)

    def _with_song(self, timeline: Timeline, part: Path, folder: Path) -> Timeline:
        """The song as WAV: of compressed songs each program plays a little more or less before the first beat."""
        if timeline.music is None or timeline.song is None:
            return timeline
        duration = timeline.song.duration or 0
        filters = f"{SOUND_FORMAT},apad,atrim=end={duration:.6f}"
        command = (
            *("-i", str(timeline.music.absolute()), "-map", "0:a:0", "-map_metadata", "-1"),
            *("-af", filters, "-c:a", "pcm_s24le", "-y", str((part / _SONG).absolute())),
        )
        with closing(self.ffmpeg.run(command, total_frames=0)) as run:
            deque(run, maxlen=0)
        known = timeline.song.model_copy(update={"media_type": "audio/wav", "extension": ".wav"})
        return replace(timeline, music=folder / _SONG, song=known)


def _whole_sources(timeline: Timeline) -> dict[Path, Slot]:
    """For each file that is shown, a slot that shows all of it: as much as it holds, and as any clip needs."""
    found: dict[Path, Slot] = {}
    for slot in timeline.slots:
        if slot.media:
            before = found.get(slot.media, slot)
            frames = max(before.frames, slot.media_start + slot.frames, _held(slot, timeline))
            found[slot.media] = replace(before, start=0, frames=frames, media_start=0)
    return found


def _held(slot: Slot, timeline: Timeline) -> int:
    """How many film frames a take fills, a part of one counting as whole; none for a still."""
    source = source_of(slot)
    return math.ceil(source.seconds * timeline.rate) if source else 0


def _showing(slot: Slot, copies: dict[Path, Path], whole: dict[Path, Slot], timeline: Timeline) -> Slot:
    if slot.media is None:
        return slot
    frames = whole[slot.media].frames
    facts = MediaFacts(
        kind=AssetKind.VIDEO,
        media_type="video/mp4",
        extension=".mp4",
        width=timeline.width,
        height=timeline.height,
        fps=str(timeline.rate),
        frames=frames,
        duration=float(frames / timeline.rate),
    )
    return replace(slot, fill=Fill.VIDEO, media=copies[slot.media], facts=facts)
