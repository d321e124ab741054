"""Where finished segments are kept, and which of them go when the folder has grown too large."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from vidctl.errors import MediaInvalid
from vidctl.gateways.probing import measure

CACHE_LIMIT = 2 * 1024**3

_IN_USE_SECONDS = 3600.0  # another export, running beside this one, may still read what it took so lately
_STALE_SECONDS = 86400.0  # a hidden file of that age was left behind by a killed export


class SegmentCache:
    """Segments in a folder of their own, by key. The file's time of modification is the time of its last use."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self._limit = limit

    def path(self, key: str) -> Path:
        """Where the segment with this key is, or belongs."""
        return self.folder / f"{key}.mp4"

    def take(self, key: str, frames: int) -> bool:
        """Whether the segment is there, sound; it counts as used now. A damaged one is removed."""
        path = self.path(key)
        if not path.exists():
            return False
        try:
            sound = measure(path).frames == frames
        except MediaInvalid:
            sound = False
        if sound:
            os.utime(path)
        else:
            path.unlink(missing_ok=True)
        return sound

    def prune(self, keep: Collection[str]) -> None:
        """Remove the longest unused segments until the limit (bytes) holds, but none of `keep` and none just used."""
        now = time.time()
        self._sweep(now - _STALE_SECONDS)
        segments = list(_found(self.folder, "[!.]*.mp4"))
        excess = sum(facts.st_size for _, facts in segments) - self._limit
        for path, facts in sorted(segments, key=lambda segment: segment[1].st_mtime):
            if excess <= 0 or facts.st_mtime > now - _IN_USE_SECONDS:
                break
            if path.stem not in keep:
                path.unlink(missing_ok=True)
                excess -= facts.st_size

    def _sweep(self, before: float) -> None:
        for path, facts in _found(self.folder, ".*"):
            if facts.st_mtime >= before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _found(folder: Path, pattern: str) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob(pattern):
        # An export beside this one may have moved or removed it since the folder was read.
        with suppress(FileNotFoundError):
            yield path, path.stat()
