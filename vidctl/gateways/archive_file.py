"""The archive of a film as a file: a ZIP with an index of sizes and hashes.

Documents are compressed, media are stored as they are. Nothing that an archive says is believed: names follow a
pattern, sizes and hashes are measured, and no entry may grow by more than documents do.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Self

from pydantic import ValidationError

from vidctl.domain.archive import INDEX, KINDS, TAG, VERSION, ArchiveEntry, ArchiveIndex
from vidctl.errors import InvalidInput, NewerFormat

#: Of all documents together, in bytes: a million clips with their takes.
DOCUMENTS_LIMIT = 4 * 1024**3
INDEX_LIMIT = 256 * 1024**2
#: JSON of documents that are much alike shrinks to a fiftieth; what shrinks more was made to burst.
MOST_GROWTH = 200
_SMALL = 1024**2
_ENTRIES = 2_000_000
_CHUNK = 1 << 20
_NAME = re.compile(rf"documents/(?:{'|'.join(KINDS)})\.jsonl|assets/[0-9a-f]{{64}}(?:\.[a-z0-9]{{1,8}}){{0,2}}")
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same film is the same archive
_ENCRYPTED = 0x1


class ArchiveWriter:
    """Writes an archive, entry by entry; `close` adds the index."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", allowZip64=True)
        self.entries: list[ArchiveEntry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def add_document(self, name: str, content: bytes) -> None:
        """A file of documents, or a sidecar; it is compressed, unless it would shrink as far as only bombs may."""
        bursts = len(content) > max(_SMALL, MOST_GROWTH * len(zlib.compress(content)) // 2)
        self._add(name, BytesIO(content), len(content), zipfile.ZIP_STORED if bursts else zipfile.ZIP_DEFLATED)

    def add_media(self, name: str, path: Path) -> ArchiveEntry:
        """A media file, as it is."""
        with path.open("rb") as source:
            self._add(name, source, path.stat().st_size, zipfile.ZIP_STORED)
        return self.entries[-1]

    def add_index(self, index: ArchiveIndex) -> None:
        """What is in the archive; it comes last."""
        self._zip.writestr(_info(INDEX, zipfile.ZIP_DEFLATED), index.model_dump_json(indent=1) + "\n")

    def _add(self, name: str, source: IO[bytes], size: int, method: int) -> None:
        digest, written = hashlib.sha256(), 0
        info = _info(name, method)
        info.file_size = size
        with self._zip.open(info, "w", force_zip64=size >= 2**31) as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                written += len(chunk)
                target.write(chunk)
        self.entries.append(ArchiveEntry(name=name, size=written, sha256=digest.hexdigest()))


class ArchiveReader:
    """Reads an archive that has been checked as far as it can be without reading all of it."""

    def __init__(self, opened: zipfile.ZipFile, index: ArchiveIndex) -> None:
        self._zip = opened
        self.index = index
        self._entries = {entry.name: entry for entry in index.entries}

    @property
    def names(self) -> list[str]:
        """All entries but the index."""
        return list(self._entries)

    def entry(self, name: str) -> ArchiveEntry:
        """What the index says of an entry."""
        return self._entries[name]

    def read(self, name: str) -> bytes:
        """The content of an entry. Raises InvalidInput if it is not what the index says."""
        target = BytesIO()
        self.copy(name, target)
        return target.getvalue()

    def verify(self, name: str) -> None:
        """Raises InvalidInput if an entry is not what the index says."""
        self.copy(name, None)

    def copy(self, name: str, target: IO[bytes] | None) -> None:
        """Write an entry's content. Raises InvalidInput if it is not what the index says."""
        entry = self._entries[name]
        digest, size = hashlib.sha256(), 0
        with _reading(name), self._zip.open(name) as source:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > entry.size:
                    raise _broken(f"{name} is larger than it says")
                digest.update(chunk)
                if target is not None:
                    target.write(chunk)
        if size != entry.size or digest.hexdigest() != entry.sha256:
            raise _broken(f"{name} is not what the index says: it was changed or damaged")


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Raises InvalidInput for what is no archive of ours, or one that nothing should be read from; NewerFormat."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{path.name} is no archive that can be read",
            cause=str(error) or "it is damaged",
            fix="it may be cut off: copy it again",
        ) from error
    with opened:
        _check_directory(opened, path)
        index = _index(opened)
        _check_index(opened, index)
        yield ArchiveReader(opened, index)


def _check_directory(opened: zipfile.ZipFile, path: Path) -> None:
    """Before anything is read."""
    infos = opened.infolist()
    if len(infos) > _ENTRIES:
        raise _broken(f"it has {len(infos)} entries")
    names = [info.filename for info in infos]
    if len(set(names)) < len(names):
        raise _broken("an entry is there twice")
    for info in infos:
        _check_entry(info)
    if sum(info.compress_size for info in infos) > path.stat().st_size:
        raise _broken("its entries overlap")
    if sum(info.file_size for info in infos if info.compress_type != zipfile.ZIP_STORED) > DOCUMENTS_LIMIT:
        raise _broken("its documents are too large")


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.filename
    if name != INDEX and not _NAME.fullmatch(name):
        raise _broken(f"{name!r:.80} is no name of an entry")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _broken(f"{name} is a link")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken(f"{name} is packed in a way that vidctl does not use")
    if info.file_size > max(_SMALL, MOST_GROWTH * info.compress_size):
        raise _broken(f"{name} would grow from {info.compress_size} bytes to {info.file_size}")


def _index(opened: zipfile.ZipFile) -> ArchiveIndex:
    try:
        info = opened.getinfo(INDEX)
    except KeyError as error:
        raise InvalidInput(
            "this is no archive of a film", cause=f"it has no {INDEX}", fix="archives come from vidctl project archive"
        ) from error
    if info.file_size > INDEX_LIMIT:
        raise _broken("its index is too large")
    with _reading(INDEX):
        text = opened.read(info)
    return _parsed(text)


def _parsed(text: bytes) -> ArchiveIndex:
    found = re.search(rb'"version"\s*:\s*(\d{1,9})\b', text[:1000])
    if found and int(found[1]) > VERSION:
        raise NewerFormat(
            "the archive was written by a newer vidctl",
            cause=f"its format is {int(found[1])}; this vidctl knows formats up to {VERSION}",
            fix="upgrade vidctl on this machine",
        )
    try:
        return ArchiveIndex.model_validate_json(text)
    except ValidationError as error:
        raise _broken(f"its index is not one of {TAG}: {error.errors(include_url=False)[0]['msg']}") from error


def _check_index(opened: zipfile.ZipFile, index: ArchiveIndex) -> None:
    listed = {entry.name: entry.size for entry in index.entries}
    there = {info.filename: info.file_size for info in opened.infolist() if info.filename != INDEX}
    if len(listed) < len(index.entries) or listed.keys() != there.keys():
        odd = sorted(listed.keys() ^ there.keys())
        raise _broken(f"its index and its entries differ: {', '.join(odd[:3]) or 'one is listed twice'}")
    for name, size in listed.items():
        if there[name] != size:
            raise _broken(f"{name} has {there[name]} bytes instead of {size}")


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _broken(f"{name} cannot be read: {error}") from error


def _info(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = method
    info.external_attr = 0o644 << 16
    return info


def _broken(cause: str) -> InvalidInput:
    return InvalidInput("the archive is broken", cause=cause, fix="take another copy of it; nothing was changed")
