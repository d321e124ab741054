"""What every store does, whichever keeps the documents. mongomock takes part in calls and filters only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest

from tests.fakes.stores import ALL_KINDS, FULL_KINDS
from vidctl.domain.document import utc_now
from vidctl.errors import StoreFailed
from vidctl.repositories.store import Doc, DocumentStore, DuplicateKey, Index

every_store = pytest.mark.parametrize("store", ALL_KINDS, indirect=True)
full_store = pytest.mark.parametrize("store", FULL_KINDS, indirect=True)


def fill(store: DocumentStore, *documents: Doc) -> None:
    for document in documents:
        store.insert("things", document)


def ids(found: list[Doc]) -> list[str]:
    return [document["id"] for document in found]


def only(store: DocumentStore) -> Doc:
    (document,) = store.find("things", {})
    return document


# --- documents come back as they went in


@every_store
def test_a_document_comes_back_as_it_was_stored(store: DocumentStore) -> None:
    document = {
        "id": "1", "text": "é \U0001f3ac \n\"'\\ ' OR 1=1 --", "none": None, "yes": True, "whole": 2**63 - 1,
        "least": -(2**63), "real": 0.1, "empty": {}, "list": [1, "a", None, {"id": "x"}, []], "": "no name",
    }  # fmt: skip
    store.insert("things", document)
    assert store.find("things", {}) == [document]


@every_store
def test_no_inner_id_ever_leaves(store: DocumentStore) -> None:
    fill(store, {"id": "1", "n": 1})
    taken = store.take("things", {}, {"$set": {"n": 2}})
    seen = [*store.find("things", {}), *store.find("things", {}, fields=("n",)), taken]
    assert seen == [{"id": "1", "n": 2}] * 3


@every_store
def test_what_was_found_is_a_copy(store: DocumentStore) -> None:
    document: Doc = {"id": "1", "list": [1]}
    store.insert("things", document)
    document["list"].append(2)
    store.find("things", {})[0]["list"].append(3)
    assert store.find("things", {})[0]["list"] == [1]


@every_store
def test_what_was_taken_is_a_copy(store: DocumentStore) -> None:
    value: dict[str, Any] = {"list": [1]}
    store.insert("things", {"id": "1"})
    taken = store.take("things", {}, {"$set": {"box": value}})
    assert taken
    taken["box"]["list"].append(2)
    assert value == {"list": [1]}
    assert only(store) == {"id": "1", "box": {"list": [1]}}


@every_store
def test_what_was_found_can_be_asked_for_and_stored_again(store: DocumentStore) -> None:
    fill(store, {"id": "1", "n": 2**53 + 1, "revision": 1})
    (found,) = store.find("things", {})
    assert store.find("things", {"n": found["n"]}) == [found]
    assert store.replace("things", {**found, "revision": 2}, 1)


@every_store
def test_a_collection_that_was_never_written_is_empty(store: DocumentStore) -> None:
    assert store.find("things", {"n": 1}) == []
    assert store.count("things", {}) == 0
    assert store.delete("things", {}) == 0
    assert store.update("things", {}, {"$set": {"n": 1}}) == 0
    assert store.take("things", {}, {"$set": {"n": 1}}) is None
    assert store.replace("things", {"id": "1", "revision": 2}, 1) is False


@every_store
def test_an_id_is_taken_once(store: DocumentStore) -> None:
    fill(store, {"id": "1", "n": 1})
    with pytest.raises(DuplicateKey):
        store.insert("things", {"id": "1", "n": 2})
    assert only(store) == {"id": "1", "n": 1}


@full_store
def test_a_taken_id_is_told_from_a_taken_name(store: DocumentStore) -> None:
    store.ensure_index(Index("things", "slug", ("slug",), unique=True))
    fill(store, {"id": "1", "slug": "a"})
    with pytest.raises(DuplicateKey) as by_id:
        store.insert("things", {"id": "1", "slug": "b"})
    with pytest.raises(DuplicateKey) as by_slug:
        store.insert("things", {"id": "2", "slug": "a"})
    assert [(each.value.collection, each.value.index) for each in (by_id, by_slug)] == [
        ("things", "id"),
        ("things", "slug"),
    ]


# --- order, pages, projections


@every_store
def test_missing_and_null_come_before_numbers_and_numbers_before_text(store: DocumentStore) -> None:
    values = {"1": "b", "2": "é", "3": 2, "4": None, "5": "B", "6": -0.5, "7": "", "8": "\U0001f3ac", "9": "\uffff"}
    fill(store, {"id": "0"}, *({"id": key, "v": value} for key, value in values.items()))
    assert ids(store.find("things", {}, sort=(("v", 1),))) == ["0", "4", "6", "3", "7", "5", "1", "2", "9", "8"]
    assert ids(store.find("things", {}, sort=(("v", -1),))) == ["8", "9", "2", "1", "5", "7", "3", "6", "4", "0"]


@every_store
def test_equal_documents_are_ordered_by_id_in_the_direction_of_the_key_before(store: DocumentStore) -> None:
    fill(store, *({"id": key, "n": number} for key, number in (("b", 1), ("c", 1), ("a", 1), ("d", 0))))
    assert ids(store.find("things", {})) == ["a", "b", "c", "d"]
    assert ids(store.find("things", {}, sort=(("n", 1),))) == ["d", "a", "b", "c"]
    assert ids(store.find("things", {}, sort=(("n", -1),))) == ["c", "b", "a", "d"]
    assert ids(store.find("things", {}, sort=(("n", -1), ("id", 1)))) == ["a", "b", "c", "d"]


@every_store
def test_several_keys_sort_in_their_own_directions(store: DocumentStore) -> None:
    fill(store, *({"id": f"{a}{b}", "box": {"a": a}, "b": b} for a in (1, 2) for b in (1, 2)))
    assert ids(store.find("things", {}, sort=(("box.a", -1), ("b", 1)))) == ["21", "22", "11", "12"]


@every_store
def test_pages_follow_each_other(store: DocumentStore) -> None:
    fill(store, *({"id": str(number), "n": -number} for number in range(5)))
    sort = (("n", 1),)
    assert ids(store.find("things", {}, sort=sort, limit=2)) == ["4", "3"]
    assert ids(store.find("things", {}, sort=sort, skip=2, limit=2)) == ["2", "1"]
    assert ids(store.find("things", {}, sort=sort, skip=4)) == ["0"]
    assert store.find("things", {}, skip=9) == []


@every_store
def test_a_limit_of_none_means_all_and_of_zero_means_no_document(store: DocumentStore) -> None:
    fill(store, {"id": "1"}, {"id": "2"})
    assert ids(store.find("things", {}, limit=None)) == ["1", "2"]
    assert store.find("things", {}, limit=0) == []


@every_store
def test_chosen_fields_come_with_the_id_and_missing_ones_as_none(store: DocumentStore) -> None:
    fill(store, {"id": "1", "a": None, "b": {"c": 1}, "d": 2}, {"id": "2", "d": 1})
    assert store.find("things", {}, fields=("a", "b")) == [
        {"id": "1", "a": None, "b": {"c": 1}},
        {"id": "2", "a": None, "b": None},
    ]
    assert store.find("things", {}, fields=("id", "d", "d")) == [{"id": "1", "d": 2}, {"id": "2", "d": 1}]
    assert store.find("things", {}, fields=()) == [{"id": "1"}, {"id": "2"}]


# --- filters: the same with an index on the field and without

SAMPLES: list[Doc] = [
    {"id": "none"},
    {"id": "null", "v": None},
    {"id": "one", "v": 1},
    {"id": "real", "v": 1.5},
    {"id": "ten", "v": 10},
    {"id": "yes", "v": True},
    {"id": "no", "v": False},
    {"id": "empty", "v": ""},
    {"id": "a", "v": "a"},
    {"id": "b", "v": "b"},
    {"id": "digit", "v": "1"},
    {"id": "deep", "box": {"a": {"b": "x"}, "id": "inner", "z": None}},
]
FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "everything": ({}, "none null one real ten yes no empty a b digit deep"),
    "null or missing": ({"v": None}, "none null deep"),
    "equal null": ({"v": {"$eq": None}}, "none null deep"),
    "text": ({"v": "a"}, "a"),
    "equal text": ({"v": {"$eq": "a"}}, "a"),
    "empty text": ({"v": ""}, "empty"),
    "not text": ({"v": {"$ne": "a"}}, "none null one real ten yes no empty b digit deep"),
    "not null": ({"v": {"$ne": None}}, "one real ten yes no empty a b digit"),
    "real number": ({"v": 1.5}, "real"),
    "any of texts": ({"v": {"$in": ["a", "b", "?"]}}, "a b"),
    "any of one": ({"v": {"$in": ["a"]}}, "a"),
    "any of kinds": ({"v": {"$in": ["a", 10, None, "b"]}}, "none null ten a b deep"),
    "any of none": ({"v": {"$in": []}}, ""),
    "all of one": ({"v": {"$all": ["a"]}}, "a"),
    "all of two": ({"v": {"$all": ["a", "b"]}}, ""),
    "below text": ({"v": {"$lt": "b"}}, "empty a digit"),
    "up to text": ({"v": {"$lte": "b"}}, "empty a b digit"),
    "above text": ({"v": {"$gt": ""}}, "a b digit"),
    "from text": ({"v": {"$gte": ""}}, "empty a b digit"),
    "above number": ({"v": {"$gt": 1}}, "real ten"),
    "between": ({"v": {"$gte": 1, "$lt": 10}}, "one real"),
    "there": ({"v": {"$exists": True}}, "null one real ten yes no empty a b digit"),
    "not there": ({"v": {"$exists": False}}, "none deep"),
    "not null but there": ({"v": {"$ne": None, "$exists": True}}, "one real ten yes no empty a b digit"),
    "deep": ({"box.a.b": "x"}, "deep"),
    "an inner id": ({"box.id": "inner"}, "deep"),
    "deep null": ({"box.z": None, "box": {"$exists": True}}, "deep"),
    "deep and missing": ({"box.a.c": None, "box.a": {"$exists": True}}, "deep"),
    "too deep": ({"box.a.b.c": {"$exists": True}}, ""),
    "an object is no text": ({"box": "x"}, ""),
    "an object is not null": ({"box": None}, "none null one real ten yes no empty a b digit"),
    "an object's members are not its elements": ({"box": "inner"}, ""),
    "by id": ({"id": "a"}, "a"),
    "by ids": ({"id": {"$in": ["a", "b", "?"]}}, "a b"),
    "by the start of an id": ({"id": {"$gte": "n", "$lt": "o"}}, "none null no"),
    "not an id": ({"id": {"$ne": "a"}, "v": {"$in": ["a", "b"]}}, "b"),
    "an id is there": ({"id": {"$exists": True}, "v": "a"}, "a"),
    "no id is null": ({"id": None}, ""),
    "both must hold": ({"v": "a", "id": "b"}, ""),
    "a name that the document never had": ({"other": {"$ne": 1}, "v": "a"}, "a"),
}
#: mongomock takes true for 1.
KIND_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "true": ({"v": True}, "yes"),
    "false": ({"v": False}, "no"),
    "one is not true": ({"v": 1}, "one"),
    "one as a real number": ({"v": 1.0}, "one"),
    "not one": ({"v": {"$ne": 1}}, "none null real ten yes no empty a b digit deep"),
    "any of numbers and truths": ({"v": {"$in": [True, 10]}}, "ten yes"),
    "from zero": ({"v": {"$gte": 0}}, "one real ten"),
}


def check_filter(store: DocumentStore, indexed: bool, where: dict[str, Any], expected: str) -> None:
    if indexed:
        store.ensure_index(Index("things", "values", ("v", "box.a.b")))
    fill(store, *SAMPLES)
    found = store.find("things", where)
    assert sorted(ids(found)) == sorted(expected.split())
    assert store.count("things", where) == len(found)


@every_store
@pytest.mark.parametrize("indexed", [False, True], ids=["plain", "indexed"])
@pytest.mark.parametrize(("where", "expected"), FILTERS.values(), ids=FILTERS)
def test_a_filter_finds(store: DocumentStore, indexed: bool, where: dict[str, Any], expected: str) -> None:
    check_filter(store, indexed, where, expected)


@full_store
@pytest.mark.parametrize("indexed", [False, True], ids=["plain", "indexed"])
@pytest.mark.parametrize(("where", "expected"), KIND_FILTERS.values(), ids=KIND_FILTERS)
def test_a_filter_tells_true_from_one(
    store: DocumentStore, indexed: bool, where: dict[str, Any], expected: str
) -> None:
    check_filter(store, indexed, where, expected)


LISTS: list[Doc] = [
    {"id": "ab", "tags": ["a", "b"]},
    {"id": "bc", "tags": ["b", "c"]},
    {"id": "none", "tags": []},
    {"id": "null", "tags": [None]},
    {"id": "numbers", "tags": [1, 20]},
    {"id": "inner", "tags": [["a"], {"id": "a"}]},
    {"id": "scalar", "tags": "a"},
    {"id": "missing"},
]
LIST_FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "an element": ({"tags": "a"}, "ab scalar"),
    "any of": ({"tags": {"$in": ["a", "c"]}}, "ab bc scalar"),
    "all of": ({"tags": {"$all": ["a", "b"]}}, "ab"),
    "all of, in another order": ({"tags": {"$all": ["c", "b"]}}, "bc"),
    "no element": ({"tags": {"$ne": "b"}}, "none null numbers inner scalar missing"),
    "an element above": ({"tags": {"$gt": "b"}}, "bc"),
    "an element below": ({"tags": {"$lt": 5}}, "numbers"),
    "one above and another below": ({"tags": {"$gt": 10, "$lt": 5}}, "numbers"),
    "an element that is null": ({"tags": None}, "null missing"),
    "an empty list is there": ({"tags": {"$exists": True}}, "ab bc none null numbers inner scalar"),
}


@every_store
@pytest.mark.parametrize(("where", "expected"), LIST_FILTERS.values(), ids=LIST_FILTERS)
def test_a_condition_on_a_list_holds_if_an_element_fulfils_it(
    store: DocumentStore, where: dict[str, Any], expected: str
) -> None:
    fill(store, *LISTS)
    assert sorted(ids(store.find("things", where))) == sorted(expected.split())


# --- changes

CHANGES: dict[str, tuple[Doc, dict[str, Any], Doc]] = {
    "set": ({"a": 1}, {"$set": {"a": "x", "b": None}}, {"a": "x", "b": None}),
    "set deep": ({"a": {"b": 1, "c": 2}}, {"$set": {"a.b": [1]}}, {"a": {"b": [1], "c": 2}}),
    "set makes objects": ({}, {"$set": {"a.b.c": 1}}, {"a": {"b": {"c": 1}}}),
    "set by a key like an id": ({"a": {}}, {"$set": {"a.3f-1b": 1}}, {"a": {"3f-1b": 1}}),
    "set to an object": ({"a": {"b": 1}}, {"$set": {"a": {"c": 2}}}, {"a": {"c": 2}}),
    "set names that begin alike": ({"a": 1}, {"$set": {"a": 2, "ab": 3, "a-b": 4}}, {"a": 2, "ab": 3, "a-b": 4}),
    "increase": ({"n": 1}, {"$inc": {"n": 2}}, {"n": 3}),
    "increase a missing number": ({}, {"$inc": {"n": 2, "box.n": -1}}, {"n": 2, "box": {"n": -1}}),
    "increase by a real number": ({"n": 1}, {"$inc": {"n": 0.5}}, {"n": 1.5}),
    "push": ({"l": [1]}, {"$push": {"l": {"id": "x"}}}, {"l": [1, {"id": "x"}]}),
    "push to nothing": ({}, {"$push": {"l": 1, "box.l": 2}}, {"l": [1], "box": {"l": [2]}}),
    "push a list": ({"l": []}, {"$push": {"l": [1, 2]}}, {"l": [[1, 2]]}),
    "pull": ({"l": ["a", "b", "a"]}, {"$pull": {"l": "a"}}, {"l": ["b"]}),
    "pull null": ({"l": [None, 1]}, {"$pull": {"l": None}}, {"l": [1]}),
    "pull what is not there": ({"l": ["b"]}, {"$pull": {"l": "a"}}, {"l": ["b"]}),
    "pull from nothing": ({}, {"$pull": {"l": "a", "box.l": 1}}, {}),
    "pull by id": ({"l": [{"id": "x", "n": 1}, {"id": "y"}]}, {"$pull": {"l": {"id": "x"}}}, {"l": [{"id": "y"}]}),
    "all at once": (
        {"n": 1, "l": ["a"], "m": []},
        {"$set": {"s": 1}, "$inc": {"n": 1}, "$push": {"m": 1}, "$pull": {"l": "a"}},
        {"n": 2, "l": [], "m": [1], "s": 1},
    ),
}


@every_store
@pytest.mark.parametrize(("before", "changes", "after"), CHANGES.values(), ids=CHANGES)
def test_a_change_changes(store: DocumentStore, before: Doc, changes: dict[str, Any], after: Doc) -> None:
    fill(store, {"id": "1", **before})
    assert store.take("things", {"id": "1"}, changes) == {"id": "1", **after}
    assert only(store) == {"id": "1", **after}


@full_store
def test_pulling_one_leaves_true(store: DocumentStore) -> None:
    fill(store, {"id": "1", "list": [True, 1, "1", 1.0, 2]})
    taken = store.take("things", {}, {"$pull": {"list": 1}})
    assert taken
    assert taken["list"] == [True, "1", 2]
    assert taken["list"][0] is True


@full_store
@pytest.mark.parametrize(
    "changes",
    [
        {"$inc": {"text": 1}}, {"$inc": {"none": 1}}, {"$inc": {"top": 1}}, {"$push": {"text": 1}},
        {"$pull": {"text": 1}}, {"$push": {"none": 1}}, {"$set": {"text.a": 1}}, {"$set": {"none.a": 1}},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_of_the_wrong_kind_cannot_be_changed_like_that(store: DocumentStore, changes: dict[str, Any]) -> None:
    document = {"id": "1", "text": "x", "none": None, "top": 2**63 - 1, "ok": 1}
    fill(store, document)
    with pytest.raises(StoreFailed):
        store.take("things", {}, {**changes, "$set": {"ok": 2, **changes.get("$set", {})}})
    assert only(store) == document


@every_store
def test_take_changes_the_first_in_order_only(store: DocumentStore) -> None:
    fill(store, *({"id": key, "status": "queued", "rank": rank} for key, rank in (("a", 2), ("b", 1), ("c", 1))))
    claimed = [
        store.take("things", {"status": "queued"}, {"$set": {"status": "running"}}, (("rank", 1),)) for _ in range(4)
    ]
    assert [document and (document["id"], document["status"]) for document in claimed] == [
        ("b", "running"), ("c", "running"), ("a", "running"), None,
    ]  # fmt: skip


@every_store
def test_update_changes_all_that_match_and_counts_them(store: DocumentStore) -> None:
    fill(store, {"id": "1", "n": 1}, {"id": "2", "n": 1}, {"id": "3", "n": 2})
    assert store.update("things", {"n": 1}, {"$set": {"seen": True}, "$inc": {"n": 1}}) == 2
    assert store.count("things", {"n": 2}) == 3
    assert ids(store.find("things", {"seen": True})) == ["1", "2"]


@every_store
def test_delete_takes_all_that_match_and_counts_them(store: DocumentStore) -> None:
    fill(store, {"id": "1", "n": 1}, {"id": "2", "n": 1}, {"id": "3", "n": 2})
    assert store.delete("things", {"n": 1}) == 2
    assert store.delete("things", {"n": 1}) == 0
    assert ids(store.find("things", {})) == ["3"]


@every_store
def test_replace_writes_only_over_the_revision_it_was_told(store: DocumentStore) -> None:
    fill(store, {"id": "1", "revision": 1, "old": True}, {"id": "2", "revision": 1})
    assert store.replace("things", {"id": "1", "revision": 2, "new": True}, 1) is True
    assert store.replace("things", {"id": "1", "revision": 2, "lost": True}, 1) is False
    assert store.replace("things", {"id": "3", "revision": 2}, 1) is False
    assert store.find("things", {}) == [{"id": "1", "revision": 2, "new": True}, {"id": "2", "revision": 1}]


# --- unique indexes


@full_store
def test_a_unique_index_refuses_every_kind_of_write(store: DocumentStore) -> None:
    store.ensure_index(Index("things", "slug", ("owner", "slug"), unique=True))
    fill(store, {"id": "1", "owner": "x", "slug": "a"}, {"id": "2", "owner": "x", "slug": "b", "revision": 1})
    fill(store, {"id": "3", "owner": "y", "slug": "a"})
    before = store.find("things", {})
    writes: list[Callable[[], object]] = [
        lambda: store.insert("things", {"id": "4", "owner": "x", "slug": "a"}),
        lambda: store.replace("things", {"id": "2", "owner": "x", "slug": "a", "revision": 2}, 1),
        lambda: store.take("things", {"id": "2"}, {"$set": {"slug": "a"}}),
        lambda: store.update("things", {"id": "2"}, {"$set": {"slug": "a"}}),
    ]
    for write in writes:
        with pytest.raises(DuplicateKey):
            write()
    assert store.find("things", {}) == before


@every_store
def test_null_and_missing_values_are_not_compared(store: DocumentStore) -> None:
    store.ensure_index(Index("things", "slug", ("owner", "slug"), unique=True))
    fill(store, *({"id": f"null{n}", "owner": "x", "slug": None} for n in range(2)))
    fill(store, *({"id": f"missing{n}", "owner": "x"} for n in range(2)), {"id": "1"}, {"id": "2"})
    assert store.count("things", {}) == 6


@full_store
def test_an_index_can_be_made_again_but_not_over_other_fields(store: DocumentStore) -> None:
    for _ in range(2):
        store.ensure_index(Index("things", "slug", ("slug",), unique=True))
        store.ensure_index(Index("things", "order", ("order",)))
    with pytest.raises(StoreFailed):
        store.ensure_index(Index("things", "slug", ("name",), unique=True))


@full_store
def test_an_index_over_duplicates_is_refused(store: DocumentStore) -> None:
    fill(store, {"id": "1", "slug": "a"}, {"id": "2", "slug": "a"})
    with pytest.raises(DuplicateKey):
        store.ensure_index(Index("things", "slug", ("slug",), unique=True))
    fill(store, {"id": "3", "slug": "a"})


# --- what is outside the language

REFUSED: dict[str, Callable[[DocumentStore], object]] = {
    "an unknown operator": lambda s: s.find("things", {"v": {"$regex": "a"}}),
    "an unknown word": lambda s: s.find("things", {"$or": [{"v": 1}]}),
    "an empty condition": lambda s: s.find("things", {"v": {}}),
    "equal to a list": lambda s: s.find("things", {"v": ["a"]}),
    "equal to an object": lambda s: s.find("things", {"v": {"$eq": {"a": 1}}}),
    "a range from null": lambda s: s.find("things", {"v": {"$gt": None}}),
    "a range from a truth": lambda s: s.find("things", {"v": {"$lt": True}}),
    "in without a list": lambda s: s.find("things", {"v": {"$in": "abc"}}),
    "all of nothing": lambda s: s.find("things", {"v": {"$all": []}}),
    "exists without a truth": lambda s: s.find("things", {"v": {"$exists": 1}}),
    "a quote in a field": lambda s: s.find("things", {"v') OR 1=1 --": 1}),
    "a double quote in a field": lambda s: s.count("things", {'v"': 1}),
    "an element by number": lambda s: s.find("things", {"v.0": 1}),
    "an empty part": lambda s: s.find("things", {"v..w": 1}),
    "the inner id": lambda s: s.find("things", {"_id": "1"}),
    "a huge number": lambda s: s.find("things", {"v": 2**63}),
    "not a number": lambda s: s.find("things", {"v": float("nan")}),
    "half a letter": lambda s: s.find("things", {"v": "\ud800"}),
    "bytes": lambda s: s.find("things", {"v": b"a"}),
    "a sort by a wrong field": lambda s: s.find("things", {}, sort=(("v'", 1),)),
    "a sort to nowhere": lambda s: s.find("things", {}, sort=(("v", 0),)),
    "a sort by a field twice": lambda s: s.find("things", {}, sort=(("v", 1), ("v", -1))),
    "a negative skip": lambda s: s.find("things", {}, skip=-1),
    "a negative limit": lambda s: s.find("things", {}, limit=-1),
    "a part of a field chosen": lambda s: s.find("things", {}, fields=("a.b",)),
    "a wrong collection to read": lambda s: s.find('things" --', {}),
    "a wrong collection to write": lambda s: s.insert("sqlite_master", {"id": "1"}),
    "a wrong index": lambda s: s.ensure_index(Index("things", "a b", ("v",))),
    "an index over nothing": lambda s: s.ensure_index(Index("things", "nothing", ())),
    "no changes": lambda s: s.take("things", {}, {}),
    "an unknown change": lambda s: s.take("things", {}, {"$unset": {"v": 1}}),
    "a change of nothing": lambda s: s.take("things", {}, {"$set": {}}),
    "a change of the id": lambda s: s.take("things", {}, {"$set": {"id": "2"}}),
    "a change inside the id": lambda s: s.update("things", {}, {"$set": {"id.x": "2"}}),
    "a field changed twice": lambda s: s.take("things", {}, {"$set": {"v": 1}, "$inc": {"v": 1}}),
    "a field and its inside": lambda s: s.take("things", {}, {"$set": {"a": {}, "a-b": 1, "a.b": 1}}),
    "an increase by a text": lambda s: s.take("things", {}, {"$inc": {"n": "1"}}),
    "an increase by a truth": lambda s: s.take("things", {}, {"$inc": {"n": True}}),
    "a push of many": lambda s: s.take("things", {}, {"$push": {"l": {"$each": [1]}}}),
    "a pull by another field": lambda s: s.take("things", {}, {"$pull": {"l": {"name": "x"}}}),
    "a pull of a list": lambda s: s.take("things", {}, {"$pull": {"l": [1]}}),
    "a document without an id": lambda s: s.insert("things", {"n": 1}),
    "an id that is a number": lambda s: s.insert("things", {"id": 1}),
    "an inner id in a document": lambda s: s.insert("things", {"id": "1", "a": [{"_id": 1}]}),
    "a key with a dot": lambda s: s.insert("things", {"id": "1", "a": {"b.c": 1}}),
    "a key with a dollar": lambda s: s.replace("things", {"id": "1", "$a": 1}, 1),
    "a key that is no text": lambda s: s.insert("things", {"id": "1", "a": {1: 1}}),
    "a number that needs more bits": lambda s: s.insert("things", {"id": "1", "seed": 2**64 - 1}),
    "an endless number": lambda s: s.take("things", {}, {"$set": {"a": float("inf")}}),
}


@every_store
@pytest.mark.parametrize("use", REFUSED.values(), ids=REFUSED)
def test_every_store_refuses(store: DocumentStore, use: Callable[[DocumentStore], object]) -> None:
    fill(store, {"id": "1", "v": 1, "n": 1, "l": []})
    with pytest.raises(ValueError):
        use(store)
    assert only(store) == {"id": "1", "v": 1, "n": 1, "l": []}


# --- the store itself


@full_store
def test_the_clock_counts_whole_milliseconds_in_utc_and_goes_on(store: DocumentStore) -> None:
    first, second = store.now(), store.now()
    assert first.tzinfo is UTC
    assert first.microsecond % 1000 == 0
    assert first <= second
    assert abs((utc_now() - second).total_seconds()) < 60


@full_store
def test_a_store_tells_what_and_where_it_is(store: DocumentStore) -> None:
    told = store.describe()
    assert set(told) == {"kind", "location", "version"}
    assert all(told.values())


@full_store
def test_a_closed_store_may_not_be_used(store: DocumentStore) -> None:
    fill(store, {"id": "1"})
    store.close()
    with pytest.raises(StoreFailed):
        store.find("things", {})
    with pytest.raises(StoreFailed):
        store.insert("things", {"id": "2"})
