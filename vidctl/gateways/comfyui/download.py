"""Writing a stream to a file so that the file is either complete or not there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from vidctl.errors import ConfigurationError
from vidctl.gateways.whole_file import as_disk_full, whole_file


def save(chunks: Iterable[bytes], destination: Path) -> None:
    """Write all of it or nothing. Raises DiskFull; ConfigurationError if the folder cannot be written. Whatever the
    chunks raise goes through."""
    try:
        with whole_file(destination) as part, part.open("xb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise as_disk_full(error, destination) or ConfigurationError(
            f"cannot write {destination.name}",
            cause=f"{destination.parent}: {error.strerror}",
            fix="make the folder writable, or choose another one",
        ) from error
