"""What a selector asks for, parted into what the store can answer and what must be looked at clip by clip.

Whether a clip has takes is asked of the takes, so that clips without any cost nothing. Both parts together mean just
what the selector's terms say of every clip.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidctl.domain.clip import ClipStatus
from vidctl.domain.names import slugify
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import ClipFacts, ClipRow, Term, fits, kinds_asked, parse_selector
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.film import Film

#: So many clips are named to the store; of more it is asked for all, and they are told apart here.
_NAMED = 1_000


@dataclass
class ClipQuery:
    """The clips of some scenes of a film, in the film's order, that the store finds by `where` and that fit `rest`."""

    film: Film
    scenes: Sequence[Scene]
    where: dict[str, Any] = field(default_factory=dict)
    rest: list[Term] = field(default_factory=list)
    taken: Mapping[MediaKind, set[str]] = field(default_factory=dict)
    characters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_found_by_scenes(self) -> bool:
        """Whether the store can be asked for the clips of one scene after the other without finding any twice."""
        return not self.rest and "id" not in self.where

    @property
    def filter(self) -> dict[str, Any]:
        """What the store is asked."""
        if len(self.scenes) == len(self.film.scenes):
            return {"project_id": self.film.project.id, **self.where}
        return {"scene_id": {"$in": [scene.id for scene in self.scenes]}, **self.where}

    def fitting(self, rows: Iterable[ClipRow]) -> Iterator[ClipRow]:
        """Those of the clips that the store has found that fit the rest; none whose scene was deleted meanwhile."""
        scenes = {scene.id: scene for scene in self.scenes}
        images, videos = self.taken.get(MediaKind.IMAGE, ()), self.taken.get(MediaKind.VIDEO, ())
        for row in rows:
            scene = scenes.get(row["scene_id"])
            cast = [self.characters.get(each, "") for each in row.get("character_ids", ())]
            look = self.templates.get(row.get("template_id") or "", "")
            if scene is not None and fits(
                self.rest, ClipFacts(row, scene, row["id"] in images, row["id"] in videos, cast, look)
            ):
                yield row

    def take_in(self, term: Term) -> None:
        """One more term."""
        condition = self._condition(term)
        if condition is None or condition.keys() & self.where.keys():
            self.rest.append(term)
        else:
            self.where |= condition

    def _condition(self, term: Term) -> dict[str, Any] | None:
        """A term in the store's words; None if it has none for it."""
        values = list(term.values)
        match term.key:
            case "status":
                return {"status": {"$in": [each.value for each in ClipStatus if (each in values) != term.negated]}}
            case "is" if values == ["locked"]:
                return {"locked": not term.negated}
            case "tag" if term.negated:
                return {"tags": {"$ne": values[0].lower()}} if len(values) == 1 else None
            case "tag":
                return {"tags": {"$in": [value.lower() for value in values]}}
            case "character" if not term.negated:
                return {"character_ids": {"$in": _ids_of(self.characters, values)}}
            case "template" if not term.negated:
                return {"template_id": {"$in": _ids_of(self.templates, values)}}
            case "has" if not term.negated and set(values) <= {"image", "video", "take"}:
                ids = set[str]().union(*(self.taken[kind] for kind in kinds_asked((term,))))
                return {"id": {"$in": sorted(ids)}} if len(ids) <= _NAMED else None
        return None


@dataclass(frozen=True)
class ClipQueries:
    """Makes queries of selectors; of the characters, templates and takes only what is asked for is read."""

    takes: TakeRepository
    characters: CharacterRepository
    templates: TemplateRepository

    def read(self, film: Film, scene: Scene | None, selector: str) -> ClipQuery:
        """The clips of a film, or of one scene of it. Raises InvalidInput."""
        terms = parse_selector(selector)
        about_scenes = [term for term in terms if term.key == "scene"]
        scenes = [each for each in ([scene] if scene else film.scenes) if _is_meant(each, about_scenes)]
        keys, project_id = {term.key for term in terms}, film.project.id
        cast = self.characters.list_by_project(project_id) if "character" in keys else []
        looks = self.templates.list_templates() if "template" in keys else []
        query = ClipQuery(
            film,
            scenes,
            taken={kind: self.takes.clips_with(project_id, kind) for kind in kinds_asked(terms)},
            characters={each.id: each.slug for each in cast},
            templates={each.id: each.slug for each in looks},
        )
        for term in terms:
            if term.key != "scene":
                query.take_in(term)
        return query


def _is_meant(scene: Scene, terms: Sequence[Term]) -> bool:
    return fits(terms, ClipFacts({}, scene))


def _ids_of(slugs: Mapping[str, str], names: Sequence[str]) -> list[str]:
    wanted = {slugify(name) for name in names}
    return [each for each, slug in slugs.items() if slug in wanted]
