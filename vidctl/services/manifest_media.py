"""The songs and pictures that a manifest names: found beside it, or among our own files by their hash.

Paths start from the manifest's folder and may lead up from it; absolute ones are refused, as they mean one machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.limits import check_picture_bytes, check_picture_sides
from vidctl.domain.manifest import Manifest, MediaEntry
from vidctl.domain.manifest_layout import Fault
from vidctl.domain.manifest_mending import Doubts
from vidctl.domain.manifest_values import StoredFile
from vidctl.domain.toml_lines import Path as TomlPath
from vidctl.errors import InvalidInput, MediaInvalid, NotFound
from vidctl.gateways.asset_store import AssetStore, hash_file
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.services.gallery_manager import Examine, GalleryManager


@dataclass(frozen=True)
class NewFile:
    """A file that is not ours yet."""

    path: Path
    sha256: str
    facts: MediaFacts


@dataclass(frozen=True)
class FoundMedia:
    """What a manifest names, by the place where it does; `new` is to be stored before it is referred to."""

    files: dict[TomlPath, StoredFile] = field(default_factory=dict)
    new: dict[str, NewFile] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class ManifestMedia:
    """Finds and stores them."""

    def __init__(self, store: AssetStore, assets: AssetRepository, gallery: GalleryManager, examine: Examine) -> None:
        self._store = store
        self._assets = assets
        self._gallery = gallery
        self._examine = examine

    def find(self, manifest: Manifest, folder: Path, doubts: Doubts) -> FoundMedia:
        """Look at every file: it is hashed, and decoded if it is new to us. Nothing is stored. What is named doubtfully
        is not looked for."""
        found = FoundMedia()
        for place, entry, kind in _named(manifest):
            if doubts.within(place):
                continue
            try:
                facts, sha256 = self._look_up(entry, kind, folder, found)
            except (NotFound, MediaInvalid, InvalidInput) as error:
                found.faults.append(Fault((*place, "sha256" if "expected" in error.details else "file"), str(error)))
            else:
                found.files[place] = StoredFile(sha256, facts.duration)
        return found

    def keep(self, found: FoundMedia) -> None:
        """Store what is new. Raises InvalidInput for a file that is another one by now, DiskFull."""
        for file in found.new.values():
            with self._store.incoming(file.path.name) as incoming:
                self._store.copy_in(file.path, incoming)
                if hash_file(incoming) != file.sha256:
                    raise InvalidInput(f"{file.path} was changed while it was read", fix="apply the manifest again")
                self._gallery.store_file(incoming, file.facts.kind, file.path.name, file.facts)

    def _look_up(self, entry: MediaEntry, kind: AssetKind, folder: Path, found: FoundMedia) -> tuple[MediaFacts, str]:
        path = folder / entry.file
        if not path.is_file():
            asset = self._ours(entry.sha256) if entry.sha256 else None
            if asset is None:
                raise NotFound(_absence(entry))
            return _of_kind(asset.facts, kind, entry), asset.id
        sha256 = _hashed(path)
        if entry.sha256 not in (None, sha256):
            raise InvalidInput(
                f"{entry.file} is another file: it has the hash {sha256}, expected is {entry.sha256}",
                expected=entry.sha256,
            )
        if sha256 in found.new:
            return _of_kind(found.new[sha256].facts, kind, entry), sha256
        if (asset := self._ours(sha256)) is not None:
            return _of_kind(asset.facts, kind, entry), sha256
        facts = self._examined(path, kind, found)
        found.new[sha256] = NewFile(path, sha256, facts)
        return facts, sha256

    def _examined(self, path: Path, kind: AssetKind, found: FoundMedia) -> MediaFacts:
        if kind is AssetKind.IMAGE:
            check_picture_bytes(path.name, path.stat().st_size)
        facts = self._examine(path, kind)
        if kind is AssetKind.AUDIO and facts.duration is None:
            raise MediaInvalid(f"{path.name} has no length", fix="convert it to wav, flac, mp3, ogg or m4a")
        if kind is AssetKind.IMAGE and (warning := check_picture_sides(path.name, facts.width or 0, facts.height or 0)):
            found.warnings.append(warning)
        return facts

    def _ours(self, sha256: str) -> Asset | None:
        """The stored file with that hash, if it really is there."""
        with suppress(NotFound):
            asset = self._assets.find_by_id(sha256)
            self._store.path(asset.location)
            return asset
        return None


def _named(manifest: Manifest) -> Iterator[tuple[TomlPath, MediaEntry, AssetKind]]:
    if manifest.project.music:
        yield ("project", "music"), manifest.project.music, AssetKind.AUDIO
    for number, character in enumerate(manifest.character):
        for place, image in enumerate(character.references):
            yield ("character", number, "references", place), image, AssetKind.IMAGE


def _absence(entry: MediaEntry) -> str:
    where = f"{entry.file} is not there (paths start from the manifest's folder)"
    return f"{where}, and no stored file has its hash" if entry.sha256 else where


def _of_kind(facts: MediaFacts, kind: AssetKind, entry: MediaEntry) -> MediaFacts:
    if facts.kind is not kind:
        raise MediaInvalid(f"{entry.file} is no {kind.value} but {facts.media_type}")
    return facts


def _hashed(path: Path) -> str:
    try:
        return hash_file(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read", cause=error.strerror or str(error)) from error
