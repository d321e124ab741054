"""Encoding many segments: several at a time, equal ones once, with progress in frames."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from vidctl.domain.events import Progress
from vidctl.domain.timeline import Slot
from vidctl.exporters.segments import SegmentMaker

_REPORT_SECONDS = 0.2


def encode_all(slots: Sequence[Slot], maker: SegmentMaker, workers: int = 2) -> Iterator[Progress]:
    """Make the segments that are missing, `workers` at a time; equal slots share one. Closing the generator ends every
    ffmpeg it started. Raises ExportFailed, MediaInvalid, DiskFull."""
    keys = [maker.key(slot) for slot in slots]
    total = sum(slot.frames for slot in slots)
    jobs = dict(zip(keys, slots, strict=True))
    done = dict.fromkeys(jobs, 0)
    stop = threading.Event()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="segment")
    try:
        pending = {pool.submit(maker.make, slot, _counter(done, key), stop) for key, slot in jobs.items()}
        while pending:
            finished, pending = wait(pending, _REPORT_SECONDS, FIRST_COMPLETED)
            _raise_first(finished)
            yield Progress("export", sum(done[key] for key in keys), total, "frame")
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _counter(done: dict[str, int], key: str) -> Callable[[int], None]:
    def report(frames: int) -> None:
        done[key] = max(done[key], frames)

    return report


def _raise_first(finished: set[Future[None]]) -> None:
    for future in finished:
        future.result()
