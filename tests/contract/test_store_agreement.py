"""The same random operations give the same results on every store."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.stores import Stores, socket_kinds
from vidctl.errors import StoreFailed
from vidctl.repositories.store import (
    Delete,
    Doc,
    DocumentStore,
    DuplicateKey,
    Index,
    Insert,
    Replace,
    StaleWrite,
    Write,
)

# mongomock takes true for 1 and does not order lists, so each field keeps to the kinds that are asked for in it.
TEXTS = st.text(alphabet=string.ascii_letters + "0 '\"\\%_é\U0001f3ac\uffff[{", max_size=3)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -1.5, 2.0, 2**53, 2**63 - 10]))
SCALARS = st.one_of(st.none(), TEXTS, NUMBERS)
TAGS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3)
IDS = st.sampled_from(["1", "2", "3", "4", "a"])
FIELDS = {
    "name": SCALARS,  # indexed
    "v": SCALARS,
    "flag": st.booleans(),
    "tags": TAGS,
    "box": st.fixed_dictionaries({}, optional={"n": st.integers(-3, 3), "t": TEXTS}),
    "slug": st.one_of(st.none(), st.sampled_from(["x", "y", "z"])),  # unique
    "revision": st.integers(1, 2),
}
DOCUMENTS = st.builds(lambda key, rest: {"id": key, **rest}, IDS, st.fixed_dictionaries({}, optional=FIELDS))

SCALAR_FIELDS = st.sampled_from(["name", "v", "box.t"])
COMPARED = st.one_of(
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), TEXTS),
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), NUMBERS),
    st.builds(lambda op, value: {op: value}, st.sampled_from(["$eq", "$ne"]), SCALARS),
    st.builds(lambda values: {"$in": values}, st.lists(SCALARS, max_size=3)),
    st.builds(lambda yes: {"$exists": yes}, st.booleans()),
    SCALARS,
)
CONDITIONS = st.one_of(
    st.tuples(SCALAR_FIELDS, COMPARED),
    st.tuples(st.just("flag"), st.one_of(st.booleans(), st.builds(lambda yes: {"$ne": yes}, st.booleans()))),
    st.tuples(
        st.just("tags"),
        st.builds(lambda tags: {"$all": tags}, st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3)),
    ),
    st.tuples(st.just("tags"), st.builds(lambda tags: {"$in": tags}, TAGS)),
    st.tuples(st.just("tags"), st.one_of(st.just("a"), st.just({"$ne": "a"}), st.just({"$gt": "a"}))),
    st.tuples(st.just("box.n"), st.one_of(st.integers(-3, 3), st.just({"$gte": 0}), st.none())),
    st.tuples(st.just("id"), st.one_of(IDS, st.builds(lambda ids: {"$in": ids}, st.lists(IDS)), st.just({"$lt": "3"}))),
)
FILTERS = st.lists(CONDITIONS, max_size=2).map(dict)
KEYS = st.tuples(st.sampled_from(["name", "v", "box.n", "revision", "id"]), st.sampled_from([1, -1]))
SORTS = st.one_of(st.just(()), st.tuples(KEYS), st.tuples(KEYS, KEYS).filter(lambda keys: keys[0][0] != keys[1][0]))
EDITS = st.one_of(
    st.tuples(st.just("$set"), st.just("v"), SCALARS),
    st.tuples(st.just("$set"), st.just("name"), SCALARS),
    st.tuples(st.just("$set"), st.just("flag"), st.booleans()),
    st.tuples(st.just("$set"), st.just("box.t"), TEXTS),
    st.tuples(st.just("$inc"), st.sampled_from(["revision", "box.n"]), st.integers(-2, 2)),
    st.tuples(st.just("$push"), st.just("tags"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("$pull"), st.just("tags"), st.sampled_from(["a", "b"])),
)


def _changes(edits: list[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    changes: dict[str, dict[str, Any]] = {}
    for operator, path, value in edits:
        changes.setdefault(operator, {})[path] = value
    return changes


CHANGES = st.lists(EDITS, min_size=1, max_size=3, unique_by=lambda edit: edit[1]).map(_changes)
PAGES = st.fixed_dictionaries(
    {},
    optional={
        "skip": st.integers(0, 2),
        "limit": st.one_of(st.none(), st.integers(0, 3)),
        "fields": st.lists(st.sampled_from(["name", "box", "tags"])),
    },
)
#: (method, arguments, named arguments); every operation on the one collection.
OPERATIONS = st.one_of(
    st.tuples(st.just("insert"), st.tuples(DOCUMENTS), st.just({})),
    st.tuples(st.just("find"), st.tuples(FILTERS), st.builds(lambda s, p: {"sort": s, **p}, SORTS, PAGES)),
    st.tuples(st.just("count"), st.tuples(FILTERS), st.just({})),
    st.tuples(st.just("take"), st.tuples(FILTERS, CHANGES, st.tuples(KEYS)), st.just({})),
    st.tuples(st.just("update"), st.tuples(FILTERS, CHANGES), st.just({})),
    st.tuples(st.just("delete"), st.tuples(FILTERS), st.just({})),
)
#: Writes that a unique index may refuse: mongomock does not tell why.
GUARDED = st.one_of(
    st.tuples(st.just("replace"), st.tuples(DOCUMENTS, st.integers(1, 2)), st.just({})),
    st.tuples(
        st.just("take"),
        st.tuples(st.builds(lambda key: {"id": key}, IDS), st.builds(lambda s: {"$set": {"slug": s}}, FIELDS["slug"])),
        st.just({}),
    ),
)
#: (collection, document, whether it is to be deleted if it is there, whether the guard is wrong)
INTENTS = st.tuples(
    st.sampled_from(["things", "things", "others"]),
    DOCUMENTS,
    st.booleans(),
    st.sampled_from([False] * 7 + [True]),
)
Intent = tuple[str, Doc, bool, bool]
BATCHES = st.lists(st.lists(INTENTS, max_size=5), max_size=8)
Operation = tuple[str, tuple[Any, ...], dict[str, Any]]

_quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_slow = settings(_quick, max_examples=60)


def outcome(store: DocumentStore, operation: Operation) -> object:
    """What an operation gave, or the kind of its refusal."""
    method, arguments, named = operation
    try:
        return getattr(store, method)("things", *arguments, **named)
    except (DuplicateKey, StoreFailed) as refusal:
        return type(refusal)


def check_agreement(one: DocumentStore, other: DocumentStore, operations: list[Operation]) -> None:
    """Both start empty and must stay alike after every step."""
    for store in (one, other):
        store.delete("things", {})
    for operation in operations:
        assert outcome(one, operation) == outcome(other, operation), operation
        assert one.find("things", {}) == other.find("things", {}), operation


def refused(store: DocumentStore, writes: list[Write]) -> bool:
    """Whether the store refused them, and then that nothing has changed."""
    before = everything(store)
    try:
        store.write_all(writes)
    except (DuplicateKey, StaleWrite):
        assert everything(store) == before, writes
        return True
    return False


def everything(store: DocumentStore) -> list[list[Doc]]:
    return [store.find(collection, {}) for collection in ("things", "others")]


def check_batches(one: DocumentStore, other: DocumentStore, batches: list[list[Intent]]) -> None:
    """Both start empty and must stay alike after every batch."""
    for store, collection in itertools.product((one, other), ("things", "others")):
        store.delete(collection, {})
    stamps = itertools.count()
    for intents in batches:
        writes = meant(one, intents, stamps)
        assert refused(one, writes) == refused(other, writes), writes
        assert everything(one) == everything(other), writes


def meant(store: DocumentStore, intents: list[Intent], stamps: Iterator[int]) -> list[Write]:
    """Writes that fit what is stored, but for those that shall not. Stamped, so that no two are the same: where there
    are no transactions, what was done half is finished by the same again."""
    there = {(name, each["id"]): each for name in ("things", "others") for each in store.find(name, {})}
    writes: list[Write] = []
    for collection, fields, gone, wrong in intents:
        document = {"revision": 1, **fields, "stamp": next(stamps)}
        before = there.pop((collection, document["id"]), None)
        revision = before["revision"] if before and not wrong else 9
        if (before is None) != wrong:
            writes.append(Insert(collection, document))
        elif gone:
            writes.append(Delete(collection, document["id"], revision))
        else:
            writes.append(Replace(collection, document, revision))
        if not isinstance(writes[-1], Delete):
            there[collection, document["id"]] = document
    return writes


def indexed(store: DocumentStore) -> DocumentStore:
    store.ensure_index(Index("things", "slug", ("slug",), unique=True))
    store.ensure_index(Index("things", "name", ("name", "box.n")))
    return store


@pytest.fixture(scope="module")
def embedded(stores: Stores) -> Iterator[DocumentStore]:
    with stores.fresh("sqlite-memory") as store:
        yield indexed(store)


@pytest.fixture(scope="module")
def mocked(stores: Stores) -> Iterator[DocumentStore]:
    with stores.fresh("mongomock") as store:
        yield indexed(store)


@pytest.fixture(scope="module")
def remote(request: pytest.FixtureRequest, stores: Stores) -> Iterator[DocumentStore]:
    with stores.fresh(request.param) as store:
        yield indexed(store)


@_quick
@given(operations=st.lists(OPERATIONS, max_size=12))
def test_sqlite_and_the_mock_agree(embedded: DocumentStore, mocked: DocumentStore, operations: list[Operation]) -> None:
    check_agreement(embedded, mocked, operations)


@_quick
@given(batches=BATCHES)
def test_sqlite_and_the_mock_agree_on_batches(
    embedded: DocumentStore, mocked: DocumentStore, batches: list[list[Intent]]
) -> None:
    check_batches(embedded, mocked, batches)


@pytest.mark.parametrize("remote", socket_kinds(), indirect=True)
@_slow
@given(batches=BATCHES)
def test_sqlite_and_mongodb_agree_on_batches(
    embedded: DocumentStore, remote: DocumentStore, batches: list[list[Intent]]
) -> None:
    check_batches(embedded, remote, batches)


@pytest.mark.parametrize("remote", socket_kinds(), indirect=True)
@_slow
@given(operations=st.lists(st.one_of(OPERATIONS, GUARDED), max_size=12))
def test_sqlite_and_mongodb_agree(embedded: DocumentStore, remote: DocumentStore, operations: list[Operation]) -> None:
    check_agreement(embedded, remote, operations)
