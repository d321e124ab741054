"""What renders are asked for: clips of films, or portraits of a character. From here on both are made alike."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.portrait import Portrait
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind, TitleCard
from vidctl.domain.scene import Scene
from vidctl.dtos.generation_dtos import (
    CharacterSampleRequestDTO,
    CharacterSheetRequestDTO,
    GenerationRequestDTO,
    PortraitRequestDTO,
)
from vidctl.errors import InvalidInput
from vidctl.presets.loader import load_sheets
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.services.animatic_recipes import portrait_card, title_card
from vidctl.services.film import Film, FilmReader
from vidctl.services.gallery_manager import GalleryManager
from vidctl.services.references import References

Renderable = GenerationRequestDTO | CharacterSheetRequestDTO | CharacterSampleRequestDTO
_ALL = "all"


@dataclass(frozen=True)
class Subject:
    """`label` is its name in the queue; `card` makes what the animatic draws of it; a portrait has no scene."""

    project: Project
    shot: Clip | Portrait
    label: str
    card: Callable[[], TitleCard]
    scene: Scene | None = None

    @property
    def clip_id(self) -> str:
        """The clip that gets the takes, if it is one."""
        return self.shot.id if isinstance(self.shot, Clip) else ""

    @property
    def character_id(self) -> str:
        """The character that gets the takes, if it is one's portrait."""
        return self.shot.character.id if isinstance(self.shot, Portrait) else ""

    @property
    def view(self) -> str:
        """Which picture of the character it is."""
        return self.shot.title if isinstance(self.shot, Portrait) else ""


class Subjects:
    """Finds what a request is about."""

    def __init__(
        self, projects: ProjectRepository, references: References, films: FilmReader, gallery: GalleryManager
    ) -> None:
        self._projects = projects
        self._references = references
        self._films = films
        self._gallery = gallery

    def of(self, request: Renderable) -> list[Subject]:
        """In the order in which they were asked for. Raises NotFound, InvalidInput."""
        if isinstance(request, GenerationRequestDTO):
            return list(self._clips(request))
        return list(self._portraits(request))

    def _clips(self, request: GenerationRequestDTO) -> Iterator[Subject]:
        clips = self._references.clips(request.clips)
        owners = dict.fromkeys(clip.project_id for clip in clips)
        films = {
            owner: self._films.load_for(self._projects.find_by_id(owner), [c for c in clips if c.project_id == owner])
            for owner in owners
        }
        for clip in clips:
            yield self._clip(films[clip.project_id], clip, request.generation_type)

    def _clip(self, film: Film, clip: Clip, kind: MediaKind) -> Subject:
        label = f"{film.path(clip)} {kind}"
        scene = film.scene(clip.scene_id)
        return Subject(film.project, clip, label, lambda: title_card(film, clip, kind, self._still(clip, kind)), scene)

    def _still(self, clip: Clip, kind: MediaKind) -> str | None:
        asset = self._gallery.selected_file(clip, MediaKind.IMAGE) if kind is MediaKind.VIDEO else None
        return asset.id if asset else None

    def _portraits(self, request: PortraitRequestDTO) -> Iterator[Subject]:
        character = self._references.character(None, request.character)
        project = self._projects.find_by_id(character.project_id)
        for portrait in _portraits(character, request):
            yield _portrait(project, portrait)


def _portrait(project: Project, portrait: Portrait) -> Subject:
    label = f"{project.slug}/character {portrait.character.slug}: {portrait.title}"
    return Subject(project, portrait, label, lambda: portrait_card(project, portrait))


def _portraits(character: Character, request: PortraitRequestDTO) -> Iterator[Portrait]:
    sheets = load_sheets()
    if isinstance(request, CharacterSheetRequestDTO):
        for title, words in _chosen(request).items():
            yield Portrait(character, title, f"{words}, {sheets.every}")
    elif isinstance(request, CharacterSampleRequestDTO):
        yield Portrait(character, "sample", request.prompt or f"{sheets.sample}, {sheets.every}")


def _chosen(request: CharacterSheetRequestDTO) -> dict[str, str]:
    """The words of the pictures by their names."""
    sheets = load_sheets()
    chosen = _named("view", request.views, sheets.views)
    chosen |= _named("expression", request.expressions, sheets.expressions)
    chosen |= _named("pose", request.poses, sheets.poses)
    return chosen or {name: sheets.views[name] for name in sheets.usual}


def _named(noun: str, names: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    if _ALL in names:
        return dict(known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise InvalidInput(
                f"there is no {noun} {name!r}",
                fix=f"{f'did you mean {near[0]}? ' if near else ''}there are {', '.join(known)}; or {_ALL}",
            )
    return {name: known[name] for name in names}
