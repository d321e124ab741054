"""Several writes at once, on every store: all of them or none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pymongo.errors import OperationFailure

from tests.fakes.stores import ALL_KINDS, FULL_KINDS, socket_kinds
from vidctl.repositories import mongo_batches
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

every_store = pytest.mark.parametrize("store", ALL_KINDS, indirect=True)
full_store = pytest.mark.parametrize("store", FULL_KINDS, indirect=True)
SLUG = Index("things", "slug", ("owner", "slug"), unique=True)


def thing(document_id: str, revision: int = 1, **fields: object) -> Doc:
    return {"id": document_id, "revision": revision, "owner": "x", **fields}


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever server answers is taken for a single one, which has no transactions."""
    monkeypatch.setattr(mongo_batches, "has_transactions", lambda hello: False)


# --- what is written


@every_store
def test_writes_to_several_collections_are_done_in_their_order(store: DocumentStore) -> None:
    store.insert("things", thing("old"))
    store.insert("things", thing("gone", 3))
    store.write_all(
        [
            Insert("things", thing("new")),
            Insert("others", {"id": "new", "box": {"n": 1}}),
            Replace("things", thing("new", 2, n=1), 1),
            Replace("things", thing("old", 2, n=2), 1),
            Delete("things", "gone", 3),
            Insert("things", thing("gone", 1, again=True)),
            Replace("things", thing("new", 3, n=3), 2),
        ]
    )
    assert store.find("things", {}) == [thing("gone", 1, again=True), thing("new", 3, n=3), thing("old", 2, n=2)]
    assert store.find("others", {}) == [{"id": "new", "box": {"n": 1}}]


@every_store
def test_no_writes_change_nothing(store: DocumentStore) -> None:
    store.write_all([])
    assert store.find("things", {}) == []


@every_store
def test_what_was_written_is_a_copy(store: DocumentStore) -> None:
    document = thing("1", tags=["a"])
    store.write_all([Insert("things", document)])
    document["tags"].append("b")
    assert store.find("things", {}) == [thing("1", tags=["a"])]


@every_store
def test_two_documents_swap_a_unique_value_by_way_of_another(store: DocumentStore) -> None:
    store.ensure_index(SLUG)
    store.insert("things", thing("1", slug="a"))
    store.insert("things", thing("2", slug="b"))
    store.write_all(
        [
            Replace("things", thing("1", 2, slug="between"), 1),
            Replace("things", thing("2", 2, slug="a"), 1),
            Replace("things", thing("1", 3, slug="b"), 2),
        ]
    )
    assert store.find("things", {}) == [thing("1", 3, slug="b"), thing("2", 2, slug="a")]


@every_store
def test_a_unique_value_is_free_again_after_its_owner_was_deleted(store: DocumentStore) -> None:
    store.ensure_index(SLUG)
    store.insert("things", thing("1", slug="a"))
    store.write_all([Delete("things", "1", 1), Insert("things", thing("2", slug="a"))])
    assert store.find("things", {}) == [thing("2", slug="a")]


@full_store
def test_thousands_of_documents_are_written_at_once(store: DocumentStore) -> None:
    store.ensure_index(SLUG)
    store.write_all([Insert("things", thing(f"{number}", slug=f"s{number}")) for number in range(3_000)])
    assert store.count("things", {}) == 3_000


# --- what is refused

REFUSED: dict[str, tuple[list[Write], type[Exception]]] = {
    "an id that is taken": ([Insert("things", thing("a"))], DuplicateKey),
    "an id inserted twice": ([Insert("things", thing("n")), Insert("things", thing("n"))], DuplicateKey),
    "a value that is taken": ([Insert("things", thing("n", slug="sb"))], DuplicateKey),
    "an empty text that is taken": ([Insert("things", thing("n", slug=""))], DuplicateKey),
    "a value replaced by one that is taken": ([Replace("things", thing("a", 2, slug="sb"), 1)], DuplicateKey),
    "a value twice in the batch": (
        [Insert("things", thing("n", slug="s")), Insert("things", thing("m", slug="s"))],
        DuplicateKey,
    ),
    "a swap with nothing between": (
        [Replace("things", thing("a", 2, slug="sb"), 1), Replace("things", thing("b", 2, slug="sa"), 1)],
        DuplicateKey,
    ),
    "another revision": ([Replace("things", thing("a", 9), 8)], StaleWrite),
    "a replace of nothing": ([Replace("things", thing("n", 2), 1)], StaleWrite),
    "a replace of what the batch deletes": (
        [Delete("things", "a", 1), Replace("things", thing("a", 2), 1)],
        StaleWrite,
    ),
    "a replace of what the batch replaced": (
        [Replace("things", thing("a", 2), 1), Replace("things", thing("a", 2), 1)],
        StaleWrite,
    ),
    "a delete at another revision": ([Delete("things", "a", 2)], StaleWrite),
    "a delete of nothing": ([Delete("things", "n", 1)], StaleWrite),
    "a delete in a collection that never was": ([Delete("nowhere", "a", 1)], StaleWrite),
}


def fill(store: DocumentStore) -> list[Doc]:
    store.ensure_index(SLUG)
    for name in ("a", "b"):
        store.insert("things", thing(name, slug=f"s{name}"))
    store.insert("things", thing("empty", slug=""))
    return store.find("things", {})


@every_store
@pytest.mark.parametrize(("bad", "kind"), REFUSED.values(), ids=REFUSED)
def test_a_batch_that_is_refused_changes_nothing(store: DocumentStore, bad: list[Write], kind: type[Exception]) -> None:
    before = fill(store)
    good: list[Write] = [
        Insert("others", {"id": "1"}),
        Insert("things", thing("good", slug="good")),
        Replace("things", thing("empty", 2, slug="full", also=True), 1),
        Replace("things", thing("empty", 3, slug="", also=True), 2),
    ]
    with pytest.raises(kind):
        store.write_all([*good, *bad, Insert("others", {"id": "2"})])
    assert store.find("things", {}) == before
    assert store.find("others", {}) == []


@pytest.mark.parametrize("store", socket_kinds(), indirect=True)
@pytest.mark.parametrize(("bad", "kind"), REFUSED.values(), ids=REFUSED)
def test_a_single_server_is_asked_before_anything_is_changed(
    store: DocumentStore, alone: None, bad: list[Write], kind: type[Exception]
) -> None:
    before = fill(store)
    with pytest.raises(kind):
        store.write_all([Insert("things", thing("good", slug="good")), *bad])
    assert store.find("things", {}) == before


@every_store
def test_the_write_that_is_stale_is_told(store: DocumentStore) -> None:
    for name in "abc":
        store.insert("things", thing(name))
    stale = Replace("things", thing("b", 9), 8)
    with pytest.raises(StaleWrite, match="things: b was changed") as told:
        store.write_all([Replace("things", thing("a", 2), 1), stale, Delete("things", "c", 1)])
    assert told.value.write == stale
    assert told.value.document_id == "b"


@every_store
def test_a_unique_index_that_refuses_is_told(store: DocumentStore) -> None:
    fill(store)
    with pytest.raises(DuplicateKey) as by_slug:
        store.write_all([Insert("others", {"id": "1"}), Insert("things", thing("n", slug="sa"))])
    assert (by_slug.value.collection, by_slug.value.index) == ("things", "slug")


@every_store
@pytest.mark.parametrize(
    "write",
    [
        Insert("things", {"id": "2", "a": {"b.c": 1}}), Replace("things", {"id": "1", "$a": 1}, 1),
        Insert("things", {"id": 2}), Delete("things", "", 1), Insert('things" --', {"id": "2"}),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_single_write_may_not_say_is_refused_before_the_first(store: DocumentStore, write: Write) -> None:
    store.insert("things", thing("1"))
    with pytest.raises(ValueError):
        store.write_all([Insert("things", thing("0")), write])
    assert store.find("things", {}) == [thing("1")]


@pytest.mark.parametrize("store", ["sqlite-file", "sqlite-memory"], indirect=True)
def test_an_indexed_field_may_not_become_a_list(store: DocumentStore) -> None:
    store.ensure_index(SLUG)
    with pytest.raises(ValueError, match="slug is indexed"):
        store.write_all([Insert("things", thing("0")), Insert("things", thing("1", slug=["a"]))])
    assert store.find("things", {}) == []


@every_store
def test_a_store_goes_on_after_a_batch_it_refused(store: DocumentStore) -> None:
    with pytest.raises(StaleWrite):
        store.write_all([Insert("fresh", {"id": "1"}), Delete("fresh", "2", 1)])
    store.write_all([Insert("fresh", {"id": "1"})])
    assert store.find("fresh", {}) == [{"id": "1"}]


# --- a server without transactions

BATCH: Sequence[Write] = (
    Insert("things", thing("new", slug="n")),
    Replace("things", thing("a", 2, slug="between"), 1),
    Delete("things", "b", 1),
    Replace("things", thing("a", 3, slug="sb"), 2),
    Insert("others", {"id": "1"}),
)


def _do(store: DocumentStore, write: Write) -> None:
    match write:
        case Insert(collection, document):
            store.insert(collection, document)
        case Replace(collection, document, revision):
            assert store.replace(collection, document, revision)
        case Delete(collection, document_id, revision):
            assert store.delete(collection, {"id": document_id, "revision": revision}) == 1


@pytest.mark.parametrize("store", ["mongomock", *socket_kinds()], indirect=True)
@pytest.mark.parametrize("done", range(len(BATCH)))
def test_a_batch_that_was_killed_half_way_is_finished_by_the_same_again(
    store: DocumentStore, alone: None, done: int
) -> None:
    fill(store)
    for write in BATCH[:done]:
        _do(store, write)
    store.write_all(BATCH)
    assert store.find("things", {}) == [thing("a", 3, slug="sb"), thing("empty", slug=""), thing("new", slug="n")]
    assert store.find("others", {}) == [{"id": "1"}]


@every_store
def test_a_batch_that_is_done_cannot_be_done_again(store: DocumentStore) -> None:
    fill(store)
    store.write_all(BATCH)
    with pytest.raises((StaleWrite, DuplicateKey)):
        store.write_all(BATCH)


@every_store
def test_a_wrong_delete_of_what_the_batch_inserts_does_not_make_it_half_done(store: DocumentStore) -> None:
    with pytest.raises(StaleWrite):
        store.write_all([Insert("things", thing("1")), Delete("things", "1", 2), Insert("things", thing("1", 3))])
    assert store.find("things", {}) == []


@every_store
def test_what_others_deleted_does_not_make_a_batch_half_done(store: DocumentStore) -> None:
    with pytest.raises(StaleWrite):
        store.write_all([Delete("things", "gone", 1), Insert("things", thing("1"))])
    assert store.find("things", {}) == []


@pytest.mark.parametrize("store", ["mongomock", *socket_kinds()], indirect=True)
@pytest.mark.parametrize(
    "late",
    [[Replace("things", thing("a", 2), 1), Replace("things", thing("b", 2), 1)], [Delete("things", "b", 1)]],
    ids=["replaced", "deleted"],
)
def test_a_single_server_tells_who_was_overtaken_between_the_look_and_the_write(
    store: DocumentStore, alone: None, monkeypatch: pytest.MonkeyPatch, late: list[Write]
) -> None:
    fill(store)
    look = mongo_batches.Batches._rehearse_alone

    def be_overtaken(*arguments: object) -> None:
        look(*arguments)  # type: ignore[arg-type]
        assert store.replace("things", thing("b", 2, theirs=True), 1)

    monkeypatch.setattr(mongo_batches.Batches, "_rehearse_alone", be_overtaken)
    with pytest.raises(StaleWrite) as told:
        store.write_all(late)
    assert told.value.document_id == "b"
    assert store.find("things", {"id": "b"}) == [thing("b", 2, theirs=True)]


class ReluctantDatabase:
    """Refuses to make a collection, with a code."""

    def __init__(self, code: int) -> None:
        self.code = code

    def create_collection(self, name: str, check_exists: bool) -> None:
        assert not check_exists
        raise OperationFailure("no", self.code)


def test_a_collection_that_is_there_already_is_not_made() -> None:
    mongo_batches.Batches(ReluctantDatabase(48))._make_collections({"things"})  # type: ignore[arg-type]
    with pytest.raises(OperationFailure):
        mongo_batches.Batches(ReluctantDatabase(13))._make_collections({"things"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hello", "expected"),
    [
        ({"setName": "vidctl", "ismaster": True}, True),
        ({"msg": "isdbgrid", "ismaster": True}, True),
        ({"ismaster": True}, False),
    ],
    ids=["replica set", "sharded cluster", "single server"],
)
def test_servers_with_transactions_are_known_by_what_they_say(hello: dict[str, object], expected: bool) -> None:
    assert mongo_batches.has_transactions(hello) is expected
