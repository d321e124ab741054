"""Where a manifest and its songs and pictures are written."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from vidctl.domain.asset import Asset
from vidctl.domain.manifest_film import FilmDocuments
from vidctl.errors import Conflict, InvalidInput
from vidctl.gateways.asset_store import AssetStore, hash_file, writing
from vidctl.gateways.whole_file import whole_file
from vidctl.repositories.asset_repository import AssetRepository

_FOLDER = "media"
#: Names that every system takes; others get one made of their hash.
_SAFE = re.compile(r"(?!\.)[\w .()+,-]{1,80}(?<![ .])")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class ManifestOutput:
    """Writes files, whole or not at all."""

    def __init__(self, store: AssetStore, assets: AssetRepository) -> None:
        self._store = store
        self._assets = assets

    def files(self, film: FilmDocuments, output: Path | None, media: Path | None) -> dict[str, str]:
        """By asset id the path of each song and picture from the manifest's folder."""
        folder = _FOLDER if media is None else _relative(media, output)
        found: dict[str, str] = {}
        taken: set[str] = set()
        for asset_id, name in _named(film):
            if asset_id not in found:
                safe = self._safe(asset_id, name)
                if safe.casefold() in taken:
                    safe = f"{asset_id[:8]}-{safe}"
                taken.add(safe.casefold())
                found[asset_id] = safe if folder == "." else f"{folder}/{safe}"
        return found

    def copy(self, files: Mapping[str, str], output: Path | None, overwrite: bool) -> int:
        """Put copies where the manifest says; how many were not there yet. Raises Conflict for another file of the
        same name."""
        folder = output.parent if output else Path()
        wanted = {asset: folder / path for asset, path in files.items()}
        missing = {asset: path for asset, path in wanted.items() if not _is_there(path, asset)}
        for path in missing.values():
            if path.exists() and not overwrite:
                raise Conflict(
                    f"{path} exists already and is another file", fix="choose another folder, or --overwrite"
                )
        for asset_id, path in missing.items():
            source = self._store.path(self._asset(asset_id).location)
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(path) as part:
                    shutil.copyfile(source, part)
        return len(missing)

    def write(self, output: Path, text: str) -> None:
        """The manifest."""
        with writing(output), whole_file(output) as part:
            part.write_bytes(text.encode())

    def _safe(self, asset_id: str, name: str) -> str:
        if _SAFE.fullmatch(name) and not _RESERVED.fullmatch(name):
            return name
        return f"{asset_id[:12]}{Path(self._asset(asset_id).location).suffix}"

    def _asset(self, asset_id: str) -> Asset:
        return self._assets.find_by_id(asset_id)


def _named(film: FilmDocuments) -> Iterator[tuple[str, str]]:
    if film.project and film.project.music_asset_id:
        yield film.project.music_asset_id, film.project.music_name
    for character in sorted(film.characters, key=lambda each: each.slug):
        for image in character.reference_images:
            yield image.asset_id, image.name


def _relative(media: Path, output: Path | None) -> str:
    base = output.parent if output else Path()
    try:
        return Path(os.path.relpath(media, base)).as_posix()
    except ValueError as error:  # another drive of a Windows machine
        raise InvalidInput(f"{media} cannot be reached from {base}", cause=str(error)) from error


def _is_there(path: Path, asset_id: str) -> bool:
    return path.is_file() and hash_file(path) == asset_id
