"""Where an export is written: what can be known to be wrong with the place beforehand, and what the disk says later."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidctl.errors import DiskFull, ExportFailed, InvalidInput
from vidctl.gateways.whole_file import as_disk_full


def check_destination(destination: Path, suffix: str) -> None:
    """Raises InvalidInput, ExportFailed or DiskFull if no file with that ending can be written there."""
    if destination.is_dir():
        raise InvalidInput(f"cannot write {destination}", cause="it is a folder", fix="give the film a name in it")
    if destination.suffix.lower() != suffix:
        raise InvalidInput(
            f"cannot write {destination.name}",
            cause=f"files of this kind end with {suffix}",
            fix=f"name it {destination.with_suffix(suffix).name}" if destination.name else "give it a name",
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


@contextmanager
def told_by_disk(destination: Path, cache: Path) -> Iterator[None]:
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
