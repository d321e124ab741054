"""Which clips a selector means, and lists of clips page by page.

What the store can ask by itself is asked there; only what it cannot is looked at clip by clip. In order of time a page
reads scene after scene, so that it costs the same in a film of a hundred clips and of a hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import ClipFacts, ClipRow, Selector, Term, fits, needs_takes, parse_selector
from vidctl.errors import InvalidInput, NotFound
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.film import Film, FilmReader

#: How lists of clips may be sorted, apart from "time": by which field, in which direction.
SORTS = {"name": ("name", 1), "created": ("created_at", -1), "updated": ("updated_at", -1)}
_IN_SCENE = (("position", 1), ("order", 1), ("alternate_number", 1))


class Selection:
    """Finds clips of a project."""

    def __init__(
        self,
        films: FilmReader,
        clips: ClipRepository,
        takes: TakeRepository,
        characters: CharacterRepository,
        templates: TemplateRepository,
    ) -> None:
        self._films = films
        self._clips = clips
        self._takes = takes
        self._characters = characters
        self._templates = templates

    def matching(self, project: Project, selector: str, scene: Scene | None = None) -> list[Clip]:
        """All clips that fit, in the film's order. Raises InvalidInput."""
        terms = parse_selector(selector)
        pushed, rest = _parted(terms)
        if rest:
            return self._read([row.id for row in self._rows(project, scene, pushed, rest)])
        scenes = [scene] if scene else self._films.load_scenes(project).scenes
        return [
            clip for each in scenes for clip in self._clips.find_many({"scene_id": each.id, **pushed}, sort=_IN_SCENE)
        ]

    def page(
        self, project: Project, scene: Scene | None, *, where: str, sort: str, after: str | None, limit: int | None
    ) -> tuple[list[Clip], int]:
        """The clips that come after the one with the id `after`, and how many there are in all."""
        if sort != "time" and sort not in SORTS:
            raise InvalidInput(f"clips cannot be sorted by {sort!r}", fix=f"sort by time, {', '.join(SORTS)}")
        pushed, rest = _parted(parse_selector(where))
        if limit is None or rest:
            rows = _sorted(self._rows(project, scene, pushed, rest), sort)
            return self._read([row.id for row in _slice(rows, after, limit)]), len(rows)
        inside = {"scene_id": scene.id} if scene else {"project_id": project.id}
        total = self._clips.count({**inside, **pushed})
        if sort != "time":
            return self._clips.page({**inside, **pushed}, sort=(SORTS[sort],), after=after, limit=limit), total
        return self._page_in_time(self._films.load_scenes(project), scene, pushed, after, limit), total

    def _page_in_time(
        self, film: Film, scene: Scene | None, pushed: dict[str, Any], after: str | None, limit: int
    ) -> list[Clip]:
        scenes = [scene] if scene else list(film.scenes)
        found: list[Clip] = []
        if after is not None:
            scenes = _from(scenes, self._clips.find_by_id(after))
        for each in scenes:
            where = {"scene_id": each.id, **pushed}
            found += self._clips.page(where, sort=_IN_SCENE, after=after, limit=limit - len(found))
            after = None
            if len(found) >= limit:
                break
        return found

    def _rows(self, project: Project, scene: Scene | None, pushed: dict[str, Any], rest: Selector) -> list[ClipRow]:
        """What fits, in the film's order."""
        film = self._films.load_scenes(project)
        inside = {"scene_id": scene.id} if scene else {"project_id": project.id}
        by_scene: dict[str, list[ClipRow]] = {}
        # sorted here: a store would sort whole documents
        found = self._clips.find_many({**inside, **pushed}, projection=ClipRow)
        for row in sorted(found, key=lambda row: (row.position, row.order, row.alternate_number, row.id)):
            by_scene.setdefault(row.scene_id, []).append(row)
        rows = [row for each in film.scenes for row in by_scene.get(each.id, ())]
        if not rest:
            return rows
        facts = self._reader(film, rest)
        return [row for row in rows if fits(rest, facts(row))]

    def _reader(self, film: Film, rest: Selector) -> Callable[[ClipRow], ClipFacts]:
        """How the facts of a clip are had; only what is asked for is read."""
        takes = self._takes.count_by_clip(film.project.id) if needs_takes(rest) else {}
        characters = {each.id: each.slug for each in self._characters.list_by_project(film.project.id)}
        templates = {each.id: each.slug for each in self._templates.list_templates()}
        none: Counter[MediaKind] = Counter()

        def read(row: ClipRow) -> ClipFacts:
            taken = takes.get(row.id, none)
            slugs = tuple(characters.get(each, "") for each in row.character_ids)
            return ClipFacts(
                row,
                film.scene(row.scene_id),
                taken[MediaKind.IMAGE],
                taken[MediaKind.VIDEO],
                slugs,
                templates.get(row.template_id or "", ""),
            )

        return read

    def _read(self, ids: Sequence[str]) -> list[Clip]:
        """Whole clips, in the order of their ids; without those that were deleted meanwhile."""
        found = {clip.id: clip for clip in self._clips.find_many({"id": {"$in": list(ids)}})}
        return [found[clip_id] for clip_id in ids if clip_id in found]


def _parted(terms: Selector) -> tuple[dict[str, Any], Selector]:
    """What the store can be asked, and the terms that are left."""
    pushed: dict[str, Any] = {}
    rest: list[Term] = []
    for term in terms:
        condition = _condition(term)
        if condition is None or set(condition) & set(pushed):
            rest.append(term)
        else:
            pushed |= condition
    return pushed, tuple(rest)


def _condition(term: Term) -> dict[str, Any] | None:
    one = term.values[0] if len(term.values) == 1 and not term.negated else None
    if term.key == "status" and not term.negated:
        return {"status": {"$in": list(term.values)}}
    if term.key == "tag" and one is not None:
        return {"tags": {"$all": [one.lower()]}}
    if term.key == "is" and term.values == ("locked",):
        return {"locked": not term.negated}
    return None


def _sorted(rows: list[ClipRow], sort: str) -> list[ClipRow]:
    if sort == "time":
        return rows
    field, direction = SORTS[sort]
    return sorted(rows, key=lambda row: (getattr(row, field), row.id), reverse=direction < 0)


def _slice(rows: list[ClipRow], after: str | None, limit: int | None) -> list[ClipRow]:
    start = 0
    if after is not None:
        start = next((at for at, row in enumerate(rows, 1) if row.id == after), 0)
        if start == 0:
            raise NotFound(f"the list does not hold clip {after}", fix="begin it anew, without --after")
    return rows[start:][:limit]


def _from(scenes: Sequence[Scene], cursor: Clip) -> list[Scene]:
    at = next((at for at, scene in enumerate(scenes) if scene.id == cursor.scene_id), None)
    if at is None:
        raise NotFound(f"the list does not hold clip {cursor.id}", fix="begin it anew, without --after")
    return list(scenes[at:])
