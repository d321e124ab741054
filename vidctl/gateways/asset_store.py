"""Files by the hash of their content, in a folder of ours. A file is there whole or not at all.

A file with hash `ab12…` lies at `ab/ab12….mp4`; beside it `ab12….mp4.json` tells how it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vidctl.errors import ConfigurationError, NotFound, VidctlError
from vidctl.gateways.whole_file import as_disk_full, whole_file

_INCOMING = "incoming"


class AssetStore:
    """Keeps files under `root`. Several processes may use the same folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, location: str) -> Path:
        """Where a stored file lies. Raises NotFound if it is gone."""
        path = self.root / location
        if not path.is_file():
            raise NotFound(
                f"the stored file {location} is missing",
                cause=f"it is not in {self.root}",
                fix="check the setting `assets`; render the take again if the file is lost",
            )
        return path

    @contextmanager
    def incoming(self, name: str) -> Iterator[Path]:
        """A path to write a new file to, on the same disk; whatever is left there at the end is removed."""
        folder = self.root / _INCOMING
        with writing(self.root):
            folder.mkdir(parents=True, exist_ok=True)
        # a file system limits a name's bytes, not its letters
        ending = os.fsencode(Path(name).name)[-80:].decode(errors="ignore")
        path = folder / f"{uuid.uuid4().hex}-{ending}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, source: Path, extension: str) -> tuple[str, str]:
        """Move an incoming file to its place: (hash, location). The same content twice is stored once."""
        digest = hash_file(source)
        location = f"{digest[:2]}/{digest}{extension}"
        target = self.root / location
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(source)
            source.replace(target)
            _sync_folder(target.parent)
        return digest, location

    def write_sidecar(self, location: str, recipe: Mapping[str, Any]) -> None:
        """Describe a stored file in the JSON beside it. The first description stays: the content is the same."""
        sidecar = self.root / f"{location}.json"
        if sidecar.exists():
            return
        text = json.dumps(recipe, indent=2, ensure_ascii=False) + "\n"
        with writing(sidecar), whole_file(sidecar) as part:
            part.write_text(text, encoding="utf-8")

    def copy_in(self, source: Path, incoming: Path) -> None:
        """Copy a person's file to an incoming path."""
        with writing(incoming):
            shutil.copyfile(source, incoming)

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every stored file with its location; sidecars are not listed."""
        for path in sorted(self.root.glob("??/*")):
            if path.is_file() and path.suffix != ".json":
                yield path.relative_to(self.root).as_posix(), path

    def leftovers(self) -> Iterator[tuple[str, Path]]:
        """Files on their way in, with their locations: those whose process was killed stay for ever."""
        for path in sorted((self.root / _INCOMING).rglob("*")):
            if path.is_file():
                yield path.relative_to(self.root).as_posix(), path

    def remove(self, location: str) -> None:
        """Delete a stored file and its sidecar."""
        (self.root / location).unlink(missing_ok=True)
        (self.root / f"{location}.json").unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn what the system says about writing `target` into our errors."""
    try:
        yield
    except OSError as error:
        raise write_error(target, error) from error


def write_error(target: Path, error: OSError) -> VidctlError:
    """DiskFull or ConfigurationError for a failed write."""
    return as_disk_full(error, target) or ConfigurationError(
        f"{target} cannot be written",
        cause=error.strerror or str(error),
        fix="make its folder writable, or choose another place (for takes: vidctl config set assets FOLDER)",
    )


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # only POSIX needs, and allows, a folder to be synced for a rename to last
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
