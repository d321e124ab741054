"""Pages of a repository, walked one after the other, are what is found at once: on every store."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from tests.fakes.stores import Stores, socket_kinds
from vidctl.domain.document import Document
from vidctl.errors import NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Doc, DocumentStore, Index, Sort


class Thing(Document):
    v: str | float | None = None
    n: float | None = None
    box: dict[str, Any] = Field(default_factory=dict)


class Things(BaseRepository[Thing]):
    collection = "things"
    noun = "thing"
    document = Thing


class Label(BaseModel):
    id: str
    v: str | float | None


# Everything is drawn from short lists, so that few examples hold many ties and all kinds.
MISSING = object()
VALUES: list[Any] = [None, -1, 0.5, 2**53 + 1, -1e300, "", "B", "a", "\U0001f3ac"]
NUMBERS = [None, 0, 1]
FIELDS = st.builds(
    lambda v, n, t: {**present(v=v, n=n), "box": present(t=t)},
    st.sampled_from([MISSING, *VALUES]),  # indexed
    st.sampled_from([MISSING, *NUMBERS]),
    st.sampled_from([MISSING, *VALUES]),
)
THINGS = st.lists(FIELDS, min_size=4, max_size=12)
KEYS = [(path, direction) for path in ("v", "n", "box.t", "id") for direction in (-1, 1)]
SORTS: st.SearchStrategy[Sort] = st.sampled_from(
    [
        sort
        for size in range(4)
        for sort in itertools.permutations(KEYS, size)
        if len({path for path, _ in sort}) == size
    ]
)
BOUNDS: list[dict[str, Any]] = [
    {operator: value}
    for operator in ("$gt", "$gte", "$lt", "$lte", "$ne", "$eq")
    for value in (None, 0.5, "", "a")
    if value is not None or operator in ("$ne", "$eq")
]
FILTERS = st.sampled_from(
    [{}, {"n": 1}, {"n": {"$in": [0, 1]}}, {"id": {"$gt": "03"}}, {"id": {"$lte": "05"}}, {"v": {"$gt": -2, "$lt": 1}}]
    + [{"v": bound} for bound in BOUNDS]
)
_quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_slow = settings(_quick, max_examples=40)


def present(**fields: object) -> Doc:
    return {name: value for name, value in fields.items() if value is not MISSING}


def stored(number: int, fields: Doc) -> Doc:
    moment = "2026-01-01T00:00:00.000Z"
    return {
        "id": f"{number:02}",
        "schema_version": 1,
        "revision": 1,
        "created_at": moment,
        "updated_at": moment,
        **fields,
    }


def walked(things: Things, where: Doc, sort: Sort, limit: int) -> list[Thing]:
    found: list[Thing] = []
    while page := things.page(where, sort=sort, after=found[-1].id if found else None, limit=limit):
        assert len(page) <= limit
        found += page
        assert len({each.id for each in found}) == len(found)
    return found


def check_walk(store: DocumentStore, filled: list[Doc], where: Doc, sort: Sort, limit: int) -> None:
    """Pages of any size, and what follows any document, whether it matches itself or not."""
    store.delete("things", {})
    for number, fields in enumerate(filled):
        store.insert("things", stored(number, fields))
    things = Things(store)
    expected = things.find_many(where, sort=sort)
    assert walked(things, where, sort, limit) == expected
    everything = [each.id for each in things.find_many({}, sort=sort)]
    for number, document_id in enumerate(everything):
        following = [each for each in expected if each.id in everything[number + 1 :]]
        assert things.page(where, sort=sort, after=document_id, limit=99) == following


@pytest.fixture(scope="module")
def paged(request: pytest.FixtureRequest, stores: Stores) -> Iterator[DocumentStore]:
    with stores.fresh(request.param) as store:
        store.ensure_index(Index("things", "v", ("v", "n")))
        yield store


@pytest.mark.parametrize("paged", ["sqlite-memory"], indirect=True)
@_quick
@given(filled=THINGS, where=FILTERS, sort=SORTS, limit=st.integers(1, 5))
def test_pages_are_what_is_found_at_once(
    paged: DocumentStore, filled: list[Doc], where: Doc, sort: Sort, limit: int
) -> None:
    check_walk(paged, filled, where, sort, limit)


@pytest.mark.parametrize("paged", socket_kinds(), indirect=True)
@_slow
@given(filled=THINGS, where=FILTERS, sort=SORTS, limit=st.integers(1, 5))
def test_pages_are_what_is_found_at_once_by_mongodb(
    paged: DocumentStore, filled: list[Doc], where: Doc, sort: Sort, limit: int
) -> None:
    check_walk(paged, filled, where, sort, limit)


@pytest.fixture
def things(stores: Stores) -> Iterator[Things]:
    with stores.fresh("sqlite-memory") as store:
        for number in range(5):
            store.insert("things", stored(number, {"v": "same", "n": number}))
        yield Things(store)


def test_a_page_is_not_moved_by_what_comes_and_goes_before_it(things: Things) -> None:
    first = things.page({}, sort=(("n", 1),), after=None, limit=2)
    things.delete_by_id(first[0].id)
    things.create(Thing(id="new", n=-1))
    assert [each.n for each in things.page({}, sort=(("n", 1),), after=first[1].id, limit=2)] == [2, 3]


def test_a_page_comes_as_the_model_that_is_wanted(things: Things) -> None:
    page = things.page({"n": {"$lt": 4}}, sort=(("v", -1),), after="03", limit=2, projection=Label)
    assert page == [Label(id="02", v="same"), Label(id="01", v="same")]


def test_a_page_of_nothing_is_empty(things: Things) -> None:
    assert things.page({}, sort=(), after="00", limit=0) == []
    assert things.page({}, sort=(), after="04", limit=9) == []


def test_a_page_after_what_was_deleted_says_to_begin_again(things: Things) -> None:
    things.delete_by_id("01")
    with pytest.raises(NotFound, match="there is no thing 01 to go on after") as told:
        things.page({}, sort=(), after="01", limit=2)
    assert "first page" in told.value.fix


@pytest.mark.parametrize(
    ("bound", "direction", "after", "expected"),
    [({"$lt": 2}, -1, "04", [1, 0]), ({"$gt": 2}, 1, "00", [3, 4]), ({"$lt": 4}, -1, "02", [1, 0])],
)
def test_the_stricter_of_the_filter_and_the_page_counts(
    things: Things, bound: Doc, direction: int, after: str, expected: list[int]
) -> None:
    page = things.page({"n": bound}, sort=(("n", direction),), after=after, limit=9)
    assert [each.n for each in page] == expected
