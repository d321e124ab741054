"""Writing a stream to a file so that the file is either complete or not there."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vidctl.errors import ConfigurationError, DiskFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def save(chunks: Iterable[bytes], destination: Path) -> None:
    """Write to a temporary file beside `destination`, then move it there. Raises DiskFull; ConfigurationError if the
    folder cannot be written. Whatever the chunks raise goes through; nothing is left behind."""
    temporary = destination.with_name(f".{destination.name}.{uuid.uuid4().hex[:8]}.part")
    with _translated(destination):
        try:
            with temporary.open("xb") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(destination)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(
                f"no space left for {path.name}",
                cause=f"{path.parent}: {error.strerror}",
                fix="free some space, or point the data folder at a larger disk",
            ) from error
        raise ConfigurationError(
            f"cannot write {path.name}",
            cause=f"{path.parent}: {error.strerror}",
            fix="make the folder writable, or choose another one",
        ) from error
