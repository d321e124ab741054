"""Files that appear complete or not at all: written beside their place under another name, then moved there."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidctl.domain.document import new_id
from vidctl.errors import DiskFull, RenderFailed, VidctlError


@contextmanager
def whole_file(destination: Path) -> Iterator[Path]:
    """A path to write to, with the suffix of `destination`; moved there on success, removed on any failure."""
    part = destination.with_name(f".{destination.stem[:40]}-{new_id()[:8]}{destination.suffix}")
    try:
        yield part
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)


def as_disk_full(error: Exception, destination: Path) -> DiskFull | None:
    """The DiskFull to raise for a driver's error that says so, None for any other."""
    if getattr(error, "errno", None) not in (errno.ENOSPC, errno.EDQUOT):
        return None
    return DiskFull(
        f"no space left to write {destination.name}",
        cause=str(error),
        fix=f"free space below {destination.parent}",
    )


def write_failed(error: Exception, destination: Path) -> VidctlError:
    """The error to raise when a drawn file cannot be written: DiskFull, or RenderFailed with the driver's words."""
    return as_disk_full(error, destination) or RenderFailed(
        f"could not write {destination.name}", cause=str(error), fix=f"check the folder {destination.parent}"
    )
