"""A film with all its files as one archive: what its index says, and whether its documents fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from vidctl.domain.asset import Asset
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document, new_id
from vidctl.domain.pool import PoolItem
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.errors import InvalidInput

TAG: Literal["vidctl-archive"] = "vidctl-archive"
VERSION: Literal[1] = 1
INDEX = "index.json"

D = TypeVar("D", bound=Document)

#: What an archive holds of each collection, one JSON text a line.
KINDS: Mapping[str, type[Document]] = MappingProxyType(
    {
        "projects": Project,
        "scenes": Scene,
        "clips": Clip,
        "characters": Character,
        "takes": Take,
        "pool": PoolItem,
        "templates": StyleTemplate,
        "assets": Asset,
    }
)
#: Fields that hold the id of another document of the film, or a list of such.
_REFERENCES = (
    "project_id", "scene_id", "clip_id", "character_id", "original_id", "template_id", "selected_image_id",
    "selected_video_id", "source_clip_id", "character_ids",
)  # fmt: skip


class ArchiveEntry(BaseModel):
    """A file of the archive; `size` in bytes, before it was compressed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(max_length=200)
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class ArchiveIndex(BaseModel):
    """What is in an archive. `vidctl` is the version of the program that wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["vidctl-archive"] = TAG
    version: Literal[1] = VERSION
    vidctl: str = Field(max_length=100)
    created_at: str = Field(max_length=100)
    project: str = Field(max_length=200)
    entries: list[ArchiveEntry]


@dataclass(frozen=True)
class ArchivedFilm:
    """The documents of a film, the files that they refer to, and the templates that it uses."""

    project: Project
    scenes: Sequence[Scene] = ()
    clips: Sequence[Clip] = ()
    characters: Sequence[Character] = ()
    takes: Sequence[Take] = ()
    pool: Sequence[PoolItem] = ()
    templates: Sequence[StyleTemplate] = ()
    assets: Sequence[Asset] = field(default=())

    def own(self) -> list[Document]:
        """What belongs to the film alone, the project first."""
        return [self.project, *self.scenes, *self.characters, *self.clips, *self.takes, *self.pool]

    def by_collection(self) -> dict[str, Sequence[Document]]:
        """As the archive holds them."""
        others = {name: getattr(self, name) for name in KINDS if name != "projects"}
        return {"projects": [self.project], **others}

    def asset_ids(self) -> set[str]:
        """All files that the film needs."""
        found = {self.project.music_asset_id or ""}
        found |= {take.asset_id for take in self.takes} | {item.asset_id for item in self.pool}
        found |= {image.asset_id for character in self.characters for image in character.reference_images}
        return found - {""}


def film_of(documents: Mapping[str, Sequence[Any]]) -> ArchivedFilm:
    """The film that an archive's documents make. Raises InvalidInput if they do not fit together."""
    projects = documents["projects"]
    if len(projects) != 1:
        raise _broken(f"it holds {len(projects)} projects instead of one")
    film = ArchivedFilm(projects[0], **{name: found for name, found in documents.items() if name != "projects"})
    for problem in _problems(film):
        raise _broken(problem)
    return film


def with_new_ids(film: ArchivedFilm) -> ArchivedFilm:
    """The same film under ids that nothing else has."""
    return with_ids(film, {document.id: new_id() for document in film.own()})


def with_ids(film: ArchivedFilm, ids: Mapping[str, str]) -> ArchivedFilm:
    """The same film with other ids for some of its documents and templates."""
    return ArchivedFilm(
        project=_renamed(film.project, ids),
        scenes=[_renamed(each, ids) for each in film.scenes],
        clips=[_renamed(each, ids) for each in film.clips],
        characters=[_renamed(each, ids) for each in film.characters],
        takes=[_renamed(each, ids) for each in film.takes],
        pool=[_renamed(each, ids) for each in film.pool],
        templates=[_renamed(each, ids) for each in film.templates],
        assets=film.assets,
    )


def with_slug(film: ArchivedFilm, slug: str) -> ArchivedFilm:
    """The same film under another name for paths."""
    return replace(film, project=film.project.model_copy(update={"slug": slug}))


def _renamed(document: D, ids: Mapping[str, str]) -> D:
    changes: dict[str, Any] = {"id": ids.get(document.id, document.id)}
    for name in _REFERENCES:
        value = getattr(document, name, None)
        if isinstance(value, list):
            changes[name] = [ids.get(each, each) for each in value]
        elif value:
            changes[name] = ids.get(value, value)
    return document.model_copy(update=changes)


def _problems(film: ArchivedFilm) -> Iterator[str]:
    project = film.project.id
    scenes, clips = {each.id for each in film.scenes}, {each.id for each in film.clips}
    characters = {each.id for each in film.characters}
    for document in film.own()[1:]:
        if getattr(document, "project_id", "") != project:
            yield f"{document.id} belongs to another project"
    yield from (f"the clip {each.id} has no scene" for each in film.clips if each.scene_id not in scenes)
    for take in film.takes:
        if take.clip_id not in clips and take.character_id not in characters:
            yield f"the take {take.id} has neither a clip nor a character"
    if missing := film.asset_ids() - {each.id for each in film.assets}:
        yield f"the file {min(missing)} is not in it"
    yield from _doubles(film)


def _doubles(film: ArchivedFilm) -> Iterator[str]:
    named = [("scene", each.slug) for each in film.scenes]
    named += [(f"clip of {each.scene_id}", each.slug) for each in film.clips]
    named += [("character", each.slug) for each in film.characters] + [("pool item", each.slug) for each in film.pool]
    named += [("template", each.slug) for each in film.templates] + [("file", each.id) for each in film.assets]
    named += [("document", each.id) for each in (*film.own(), *film.templates)]
    yield from (f"the {kind} {name} is there twice" for (kind, name), count in Counter(named).items() if count > 1)


def _broken(cause: str) -> InvalidInput:
    return InvalidInput("the archive is broken", cause=cause, fix="take another copy of it")
