"""What people bring along: the song, its lyrics; and removing files that nothing needs any more."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from vidctl.domain.asset import AssetKind
from vidctl.domain.lyrics import TimedLine, parse_lyrics
from vidctl.dtos.media_dtos import LyricsResponseDTO, TidyResponseDTO, UploadMusicResponseDTO
from vidctl.errors import InvalidInput, MediaInvalid
from vidctl.gateways.asset_store import AssetStore
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.asset_use import AssetUse
from vidctl.services.editor import Editor
from vidctl.services.gallery_manager import Examine, GalleryManager
from vidctl.services.given_files import require_file
from vidctl.services.references import References

#: A file younger than this may belong to a take that is being added at this moment.
_SETTLED = timedelta(hours=1)
_LYRICS_LIMIT = 1 << 20


class MediaService:
    """What one can do with files."""

    def __init__(
        self,
        store: AssetStore,
        assets: AssetRepository,
        projects: ProjectRepository,
        gallery: GalleryManager,
        references: References,
        editor: Editor,
        use: AssetUse,
        examine: Examine,
    ) -> None:
        self._store = store
        self._assets = assets
        self._projects = projects
        self._gallery = gallery
        self._references = references
        self._editor = editor
        self._use = use
        self._examine = examine

    def set_music(self, project: str | None, file: Path) -> UploadMusicResponseDTO:
        """Decode a song, keep our own copy and lay it under the film. Raises MediaInvalid, NotFound."""
        owner = self._references.project(project)
        require_file(file)
        # the original decides: its name is part of what is examined
        facts = self._examine(file, AssetKind.AUDIO)
        if facts.duration is None:
            raise MediaInvalid(f"{file.name} has no length", fix="convert it to wav, flac, mp3, ogg or m4a")
        with self._store.incoming(file.name) as incoming:
            self._store.copy_in(file, incoming)
            asset = self._gallery.store_file(incoming, AssetKind.AUDIO, file.name, facts)
        song = {"music_asset_id": asset.id, "music_name": file.name, "music_duration": facts.duration}
        self._editor.change("media music", self._projects, owner.id, song)
        return UploadMusicResponseDTO(
            project=owner.slug,
            file_path=str(self._gallery.path(asset)),
            original_name=file.name,
            media_type=facts.media_type,
            duration=facts.duration,
            size=asset.size,
            asset_id=asset.id,
        )

    def set_lyrics(self, project: str | None, file: Path) -> LyricsResponseDTO:
        """Read timed lyrics (LRC or SRT) for the film. Raises InvalidInput that names the line."""
        owner = self._references.project(project)
        require_file(file)
        if file.stat().st_size > _LYRICS_LIMIT:
            raise InvalidInput(f"{file.name} is too large for lyrics", cause="it has more than 1 MiB")
        lines = _ending_with(owner.music_duration, parse_lyrics(_decoded(file), file.name))
        self._editor.change("media lyrics", self._projects, owner.id, {"lyrics": list(lines)})
        return LyricsResponseDTO(
            project=owner.slug,
            lines=len(lines),
            first_second=lines[0].start_ms / 1000 if lines else None,
            last_second=lines[-1].end_ms / 1000 if lines else None,
        )

    def tidy(self, *, dry_run: bool) -> TidyResponseDTO:
        """Remove files that nothing refers to, and what killed processes have left half-way. Young files stay: what
        will refer to them may be on its way."""
        used = self._use.used()
        unused, total = [], 0
        for location, path in (*self._store.files(), *self._store.leftovers()):
            size = _settled_size(path)
            if size is None or path.stem in used:
                continue
            unused.append(location)
            total += size
            if not dry_run:
                self._assets.delete_by_id(path.stem)
                self._store.remove(location)
        return TidyResponseDTO(removed=not dry_run, files=unused, bytes=total)


def _settled_size(path: Path) -> int | None:
    """A file's size in bytes; None if it is young, or has gone to its place in the meantime."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_size if time.time() - facts.st_mtime >= _SETTLED.total_seconds() else None


def _ending_with(song: float | None, lines: tuple[TimedLine, ...]) -> tuple[TimedLine, ...]:
    """The lines, of which the last one leaves with the song (in seconds, if known). One that starts after it stays as
    it is: then these are another song's lyrics, and their times show it."""
    last, end = lines[-1], int(1000 * song) if song else 0
    if last.start_ms < end < last.end_ms:
        return *lines[:-1], last.model_copy(update={"end_ms": end})
    return lines


def _decoded(file: Path) -> str:
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what older subtitle files are in
