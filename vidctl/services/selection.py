"""Which clips a selector means, and lists of clips page by page.

What the store can ask by itself is asked there; only what it cannot is looked at clip by clip. In order of time a page
reads scene after scene, so that it costs the same in a film of a hundred clips and of a hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import ClipFacts, Selector, Term, fits, parse_selector
from vidctl.errors import InvalidInput, NotFound
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.film import Film, FilmReader

#: How lists of clips may be sorted, apart from "time": by which field, in which direction.
SORTS = {"name": ("name", 1), "created": ("created_at", -1), "updated": ("updated_at", -1)}
_IN_SCENE = (("position", 1), ("order", 1))


class Selection:
    """Finds clips of a project."""

    def __init__(
        self,
        films: FilmReader,
        clips: ClipRepository,
        characters: CharacterRepository,
        templates: TemplateRepository,
    ) -> None:
        self._films = films
        self._clips = clips
        self._characters = characters
        self._templates = templates

    def matching(self, project: Project, selector: str, scene: Scene | None = None) -> list[Clip]:
        """All clips that fit, in the film's order. Raises InvalidInput."""
        film = self._films.load_scenes(project)
        terms = parse_selector(selector)
        pushed, rest = _parted(terms)
        scenes = [scene] if scene else film.scenes
        found = [clip for each in scenes for clip in self._of_scene(each, pushed)]
        if not rest:
            return found
        facts = self._facts(self._films.load_for(project, found))
        return [clip for clip in found if fits(rest, facts[clip.id])]

    def page(
        self, project: Project, scene: Scene | None, *, where: str, sort: str, after: str | None, limit: int | None
    ) -> tuple[list[Clip], int]:
        """The clips that come after the one with the id `after`, and how many there are in all."""
        if sort != "time" and sort not in SORTS:
            raise InvalidInput(f"clips cannot be sorted by {sort!r}", fix=f"sort by time, {', '.join(SORTS)}")
        pushed, rest = _parted(parse_selector(where))
        if limit is None or rest:
            return _slice(_sorted(self.matching(project, where, scene), sort), after, limit)
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

    def _of_scene(self, scene: Scene, pushed: dict[str, Any]) -> list[Clip]:
        return self._clips.find_many({"scene_id": scene.id, **pushed}, sort=_IN_SCENE)

    def _facts(self, film: Film) -> dict[str, ClipFacts]:
        characters = {each.id: each.slug for each in self._characters.list_by_project(film.project.id)}
        templates = {each.id: each.slug for each in self._templates.list_templates()}
        return {clip.id: _facts_of(film, clip, characters, templates) for clip in _all(film)}


def _facts_of(film: Film, clip: Clip, characters: dict[str, str], templates: dict[str, str]) -> ClipFacts:
    taken = film.takes.get(clip.id, Counter())
    return ClipFacts(
        clip,
        film.scene(clip.scene_id),
        taken[MediaKind.IMAGE],
        taken[MediaKind.VIDEO],
        tuple(characters.get(each, "") for each in clip.character_ids),
        templates.get(clip.template_id or "", ""),
    )


def _all(film: Film) -> Iterator[Clip]:
    for clips in film.clips.values():
        yield from clips


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


def _sorted(clips: list[Clip], sort: str) -> list[Clip]:
    if sort == "time":
        return clips
    field, direction = SORTS[sort]
    return sorted(clips, key=lambda clip: (getattr(clip, field), clip.id), reverse=direction < 0)


def _slice(clips: list[Clip], after: str | None, limit: int | None) -> tuple[list[Clip], int]:
    start = 0
    if after is not None:
        start = next((at for at, clip in enumerate(clips, 1) if clip.id == after), 0)
        if start == 0:
            raise NotFound(f"the list does not hold clip {after}", fix="begin it anew, without --after")
    return clips[start:][:limit], len(clips)


def _from(scenes: Sequence[Scene], cursor: Clip) -> list[Scene]:
    at = next((at for at, scene in enumerate(scenes) if scene.id == cursor.scene_id), None)
    if at is None:
        raise NotFound(f"the list does not hold clip {cursor.id}", fix="begin it anew, without --after")
    return list(scenes[at:])
