"""A film with all its files as one archive: written, and made a film again.

What comes from an archive is verified wholly, its media decoded, before the store is changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vidctl import __version__
from vidctl.domain.archive import KINDS, ArchivedFilm, ArchiveIndex, film_of, with_ids, with_new_ids, with_slug
from vidctl.domain.asset import Asset, MediaFacts
from vidctl.domain.document import Document, new_id, utc_now, write_time
from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.base import invalid_input
from vidctl.dtos.manifest_dtos import ArchiveResponseDTO, RestoreResponseDTO
from vidctl.errors import DuplicateName, InvalidInput, MediaInvalid, NotFound
from vidctl.gateways.archive_file import ArchiveReader, ArchiveWriter, open_archive
from vidctl.gateways.asset_store import AssetStore, writing
from vidctl.gateways.whole_file import whole_file
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.pool_repository import PoolRepository
from vidctl.services.editing import chosen_slug
from vidctl.services.editor import Draft, Editor
from vidctl.services.gallery_manager import Examine, GalleryManager
from vidctl.services.given_files import refuse_existing, require_file
from vidctl.services.manifest_writer import FilmRepositories
from vidctl.services.references import References

_NAMED = 3  # lost files in a message
_IDS = 500  # in one question to the store


class ArchiveService:
    """Archives and restores films."""

    def __init__(
        self,
        repositories: FilmRepositories,
        pool: PoolRepository,
        assets: AssetRepository,
        store: AssetStore,
        gallery: GalleryManager,
        references: References,
        editor: Editor,
        examine: Examine,
    ) -> None:
        self._repositories = repositories
        self._pool = pool
        self._assets = assets
        self._store = store
        self._gallery = gallery
        self._references = references
        self._editor = editor
        self._examine = examine

    def archive(self, project: str | None, output: Path, *, overwrite: bool) -> ArchiveResponseDTO:
        """Write a film with its takes, files and sidecars into one file. It is read back and verified before it takes
        its place. Raises NotFound if a file of the film is lost, Conflict for an output that exists."""
        refuse_existing(output, overwrite)
        film = self._film(self._references.project(project).id)
        files = self._files(film)
        with writing(output), whole_file(output) as part:
            self._write(part, film, files)
            with open_archive(part) as archive:
                for name in archive.names:
                    archive.verify(name)
            size = part.stat().st_size
        return ArchiveResponseDTO(
            project=film.project.slug, file=str(output), size=size, media=len(files), documents=_counts(film)
        )

    def restore(self, file: Path, *, slug: str | None) -> RestoreResponseDTO:
        """Make a film of an archive, under a slug of its own if wanted. Its ids are kept if all of them are free.

        Raises InvalidInput for an archive that is broken or not to be trusted, MediaInvalid, NewerFormat,
        DuplicateName for a slug that is taken."""
        require_file(file)
        chosen = chosen_slug(slug, "") if slug is not None else None
        with open_archive(file) as archive, ExitStack() as incoming:
            film = film_of({name: _documents(archive, name) for name in KINDS})
            film = film if chosen is None else with_slug(film, chosen)
            self._refuse_taken(film.project.slug)
            new = self._unpack(archive, film, incoming)
            sidecars = _sidecars(archive, film)
            for asset, path, facts in new:
                self._gallery.store_file(path, facts.kind, asset.original_name, facts)
            for asset in film.assets:
                if asset.id in sidecars:
                    self._store.write_sidecar(self._assets.find_by_id(asset.id).location, sidecars[asset.id])
        is_copy = self._is_known(film)
        film, templates = self._with_our_templates(with_new_ids(film) if is_copy else film)
        self._editor.write(self._draft(film, templates))
        return RestoreResponseDTO(
            project=film.project.slug,
            project_id=film.project.id,
            new_ids=is_copy,
            media=len(film.assets),
            new_media=len(new),
            documents=_counts(film),
            templates_kept=sorted({each.slug for each in film.templates} - {each.slug for each in templates}),
        )

    def _film(self, project_id: str) -> ArchivedFilm:
        """Owners are read before their takes, so that every take that is read has one."""
        repositories, where = self._repositories, {"project_id": project_id}
        scenes = repositories.scenes.find_many(where)
        found = {scene.id for scene in scenes}
        clips = [clip for clip in repositories.clips.find_many(where) if clip.scene_id in found]
        characters = repositories.characters.find_many(where)
        owners = {each.id for each in (*clips, *characters)}
        takes = [t for t in repositories.takes.find_many(where) if t.clip_id in owners or t.character_id in owners]
        used = sorted({clip.template_id for clip in clips if clip.template_id})
        film = ArchivedFilm(
            project=repositories.projects.find_by_id(project_id),
            scenes=scenes,
            clips=clips,
            characters=characters,
            takes=takes,
            pool=self._pool.find_many(where),
            templates=repositories.templates.find_many({"id": {"$in": used}}),
        )
        assets = _in_parts(self._assets, sorted(film.asset_ids()))
        return ArchivedFilm(**{**vars(film), "assets": assets})

    def _files(self, film: ArchivedFilm) -> dict[str, Path]:
        """By asset id where each file lies."""
        files = {asset.id: self._store.root / asset.location for asset in film.assets}
        lost = sorted(film.asset_ids() - {each for each, path in files.items() if path.is_file()})
        if lost:
            raise NotFound(
                f"{len(lost)} files of {film.project.slug} are lost",
                cause=f"not in {self._store.root}: {', '.join(lost[:_NAMED])}",
                fix="bring them back, or delete the takes that refer to them",
            )
        return files

    def _write(self, part: Path, film: ArchivedFilm, files: dict[str, Path]) -> None:
        with ArchiveWriter(part) as archive:
            for name, documents in film.by_collection().items():
                rows = [json.dumps(each.to_stored(), ensure_ascii=False) for each in documents]
                archive.add_document(f"documents/{name}.jsonl", "".join(f"{row}\n" for row in rows).encode())
            for asset_id, path in sorted(files.items()):
                if archive.add_media(f"assets/{asset_id}{path.suffix}", path).sha256 != asset_id:
                    raise MediaInvalid(
                        f"the stored file {asset_id} is damaged",
                        cause="its content is not what its name says",
                        fix="bring it back from a copy, or delete the takes that refer to it",
                    )
                sidecar = path.with_name(f"{path.name}.json")
                if sidecar.is_file():
                    archive.add_document(f"assets/{asset_id}{path.suffix}.json", sidecar.read_bytes())
            archive.add_index(
                ArchiveIndex(
                    vidctl=__version__,
                    created_at=write_time(utc_now()),
                    project=film.project.slug,
                    entries=archive.entries,
                )
            )

    def _refuse_taken(self, slug: str) -> None:
        if self._repositories.projects.find_one({"slug": slug}) is not None:
            raise DuplicateName(f"there is a project {slug} already", fix=f"restore it --as {slug}-2")

    def _unpack(
        self, archive: ArchiveReader, film: ArchivedFilm, stack: ExitStack
    ) -> list[tuple[Asset, Path, MediaFacts]]:
        """Verify every file; those that are not ours yet are written beside our files and decoded."""
        found = []
        for asset in film.assets:
            name = f"assets/{asset.id}{Path(asset.location).suffix}"
            if name not in archive.names:
                raise InvalidInput("the archive is broken", cause=f"it has no {name}", fix="take another copy of it")
            if self._is_ours(asset.id):
                archive.verify(name)
                continue
            path = stack.enter_context(self._store.incoming(name))
            with writing(path), path.open("wb") as target:
                archive.copy(name, target)
            if archive.entry(name).sha256 != asset.id:
                raise InvalidInput("the archive is broken", cause=f"{name} is another file", fix="take another copy")
            found.append((asset, path, self._examine(path, asset.facts.kind)))
        return found

    def _is_ours(self, asset_id: str) -> bool:
        asset = self._assets.find_one({"id": asset_id})
        return asset is not None and (self._store.root / asset.location).is_file()

    def _is_known(self, film: ArchivedFilm) -> bool:
        """Whether one of its ids is taken."""
        return any(
            _in_parts(repository, [each.id for each in documents])
            for repository, documents in self._own(film)
            if documents
        )

    def _with_our_templates(self, film: ArchivedFilm) -> tuple[ArchivedFilm, list[StyleTemplate]]:
        """Templates of the same slug are taken for the same; the film with them, and those that are new."""
        templates, ids, new = self._repositories.templates, {}, []
        for template in film.templates:
            ours = templates.find_one({"slug": template.slug})
            if ours is not None:
                ids[template.id] = ours.id
            elif templates.find_one({"id": template.id}) is not None:
                ids[template.id] = new_id()
            if ours is None:
                new.append(template.model_copy(update={"id": ids.get(template.id, template.id)}))
        return with_ids(film, ids), new

    def _own(self, film: ArchivedFilm) -> list[tuple[BaseRepository[Any], Sequence[Document]]]:
        repositories = self._repositories
        return [
            (repositories.projects, [film.project]),
            (repositories.scenes, film.scenes),
            (repositories.characters, film.characters),
            (repositories.clips, film.clips),
            (repositories.takes, film.takes),
            (self._pool, film.pool),
        ]

    def _draft(self, film: ArchivedFilm, templates: Sequence[StyleTemplate]) -> Draft:
        draft = Draft("project restore", film.project.id, film.project.slug)
        for template in templates:
            draft.create(self._repositories.templates, template)
        for repository, documents in self._own(film):
            for document in documents:
                draft.create(repository, document)
        return draft


def _documents(archive: ArchiveReader, collection: str) -> list[Document]:
    name, found = f"documents/{collection}.jsonl", []
    if name not in archive.names:
        raise InvalidInput("the archive is broken", cause=f"it has no {name}", fix="take another copy of it")
    for number, row in enumerate(archive.read(name).splitlines(), 1):
        try:
            found.append(KINDS[collection].from_stored(json.loads(row)))
        except ValidationError as error:
            raise invalid_input(error, f"line {number} of {name}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidInput("the archive is broken", cause=f"line {number} of {name}: {error}") from error
    return found


def _sidecars(archive: ArchiveReader, film: ArchivedFilm) -> dict[str, dict[str, Any]]:
    """By asset id."""
    found = {}
    names = set(archive.names)
    for asset in film.assets:
        name = f"assets/{asset.id}{Path(asset.location).suffix}.json"
        if name in names:
            try:
                sidecar = json.loads(archive.read(name))
            except (ValueError, RecursionError) as error:
                raise InvalidInput("the archive is broken", cause=f"{name} is no JSON") from error
            if not isinstance(sidecar, dict):
                raise InvalidInput("the archive is broken", cause=f"{name} is no sidecar")
            found[asset.id] = sidecar
    return found


def _in_parts(repository: BaseRepository[Any], ids: Sequence[str]) -> list[Any]:
    """The documents with these ids, however many there are."""
    parts = (ids[start : start + _IDS] for start in range(0, len(ids), _IDS))
    return [document for part in parts for document in repository.find_many({"id": {"$in": list(part)}})]


def _counts(film: ArchivedFilm) -> dict[str, int]:
    return {name: len(found) for name, found in film.by_collection().items() if found}
