"""Which clips a selector means, and lists of clips page by page.

What the store can answer by itself is asked there; only what it cannot is looked at clip by clip, and of those as
little as is asked for is read. In order of time a page reads scene after scene, so that it costs the same in a film of
a hundred clips and of a hundred thousand.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import ClipRow, fields_asked
from vidctl.errors import NotFound
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.services.clip_query import ClipQueries, ClipQuery
from vidctl.services.film import FilmReader
from vidctl.services.orders import CREATED, NAME, UPDATED, Order, Orders
from vidctl.services.paging import Page, first_of, stored_page

_TIME = "time"
_ORDERS = Orders(
    "clips",
    _TIME,
    {
        _TIME: (("position", 1), ("order", 1), ("alternate_number", 1)),  # within a scene
        "name": NAME,
        "created": CREATED,
        "updated": UPDATED,
    },
)
_Key = tuple[Any, ...]


class Selection:
    """Finds clips of a project."""

    def __init__(self, films: FilmReader, clips: ClipRepository, queries: ClipQueries) -> None:
        self._films = films
        self._clips = clips
        self._queries = queries

    def matching(self, project: Project, selector: str) -> list[Clip]:
        """All clips that fit, in the film's order. Raises InvalidInput."""
        return list(self.page(project, None, where=selector).items)

    def page(
        self,
        project: Project,
        scene: Scene | None,
        *,
        where: str = "",
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[Clip]:
        """The clips that come after the one with the id `after`, which need not fit itself. Raises InvalidInput,
        NotFound."""
        order = _ORDERS.read(sort)
        query = self._queries.read(self._films.load_scenes(project), scene, where)
        cursor = None if after is None else self._cursor(query, scene, after)
        if not query.is_found_by_scenes:
            return self._looked_through(query, order, cursor, limit)
        if order.field != _TIME:
            return stored_page(self._clips, query.filter, order, after, limit)
        total = self._clips.count(query.filter)
        size = total if limit is None else limit
        return first_of(self._in_time(query, order, cursor, size + 1), total, size)

    def _cursor(self, query: ClipQuery, scene: Scene | None, after: str) -> Clip:
        cursor = self._clips.find_by_id(after)
        if cursor.scene_id not in ([scene.id] if scene else [each.id for each in query.film.scenes]):
            raise NotFound(f"the list does not hold clip {cursor.id}", fix="begin it anew, without --after")
        return cursor

    def _in_time(self, query: ClipQuery, order: Order, cursor: Clip | None, limit: int) -> list[Clip]:
        """Scene after scene, until there are enough."""
        places = _places(query)
        found: list[Clip] = []
        for scene in reversed(query.scenes) if order.is_backwards else query.scenes:
            ahead = 0 if cursor is None else places[scene.id] - places[cursor.scene_id]
            if (ahead > 0) if order.is_backwards else (ahead < 0):
                continue
            after = cursor.id if cursor is not None and ahead == 0 else None
            where = {**query.where, "scene_id": scene.id}
            found += self._clips.page(where, sort=order.keys, after=after, limit=limit - len(found))
            if len(found) >= limit:
                break
        return found

    def _looked_through(self, query: ClipQuery, order: Order, cursor: Clip | None, limit: int | None) -> Page[Clip]:
        """All that the store has found is told apart here, but only the page is read as clips."""
        key = _key(query, order)
        fields = {"scene_id", *fields_asked(query.rest), *(path for path, _ in order.keys)}
        keys = [key(row) for row in query.fitting(self._clips.find_rows(query.filter, fields))]
        total, size = len(keys), len(keys) if limit is None else limit
        if cursor is not None:
            start = key(cursor.to_stored())
            keys = [each for each in keys if (each < start if order.is_backwards else each > start)]
        best = heapq.nlargest if order.is_backwards else heapq.nsmallest
        return first_of(self._read([each[-1] for each in best(size + 1, keys)]), total, size)

    def _read(self, ids: Sequence[str]) -> list[Clip]:
        """Whole clips, in the order of their ids; without those that were deleted meanwhile."""
        found = {clip.id: clip for clip in self._clips.find_many({"id": {"$in": list(ids)}})}
        return [found[clip_id] for clip_id in ids if clip_id in found]


def _places(query: ClipQuery) -> dict[str, int]:
    """The scenes' places in the film by their ids."""
    return {scene.id: place for place, scene in enumerate(query.film.scenes)}


def _key(query: ClipQuery, order: Order) -> Callable[[ClipRow], _Key]:
    """By what clips are compared, upwards; the last of it is the id."""
    paths, places = [path for path, _ in order.keys], _places(query)
    if order.field == _TIME:
        return lambda row: (places[row["scene_id"]], *(row[path] for path in paths), row["id"])
    return lambda row: (*(row[path] for path in paths), row["id"])
