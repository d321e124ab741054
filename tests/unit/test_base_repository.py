"""What every repository does with documents, on the embedded store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, Field

from vidctl.domain.document import Document, Moment, Upgrade
from vidctl.errors import DuplicateName, InvalidInput, NewerFormat, NotFound, StaleDocument, StoreFailed
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import Index

LATER = datetime(2030, 1, 1, tzinfo=UTC)


class Mood(StrEnum):
    CALM = "calm"
    WILD = "wild"


class Prop(BaseModel):
    id: str
    weight: float = 1.0


class Thing(Document):
    name: str = Field(default="thing", max_length=20)
    slug: str | None = None
    mood: Mood = Mood.CALM
    due: Moment | None = None
    rank: int = 0
    props: list[Prop] = Field(default_factory=list)
    notes: dict[str, str] = Field(default_factory=dict)


def _rename(old: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in old.items() if key != "title"}, "name": old["title"]}


class NewThing(Thing):
    """The same after a release that renamed `title`."""

    SCHEMA: ClassVar[int] = 2
    UPGRADES: ClassVar[dict[int, Upgrade]] = {1: _rename}


class Things(BaseRepository[Thing]):
    collection = "things"
    noun = "thing"
    document = Thing


class NewThings(BaseRepository[NewThing]):
    collection = "things"
    noun = "thing"
    document = NewThing
    taken: ClassVar[dict[str, str]] = {"slug": "two things cannot share a slug"}


class Clocked(SqliteStore):
    """A store in memory whose clock stands still."""

    def now(self) -> datetime:
        return LATER


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with closing(Clocked(None)) as fresh:
        fresh.ensure_index(Index("things", "slug", ("slug",), unique=True))
        yield fresh


@pytest.fixture
def things(store: SqliteStore) -> Things:
    return Things(store)


OLD = {
    "id": "old", "revision": 3, "schema_version": 1, "title": "from before", "rank": 1,
    "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z",
}  # fmt: skip
FUTURE = {"id": "future", "revision": 1, "schema_version": 9, "colour": "red"}


# --- create and find


def test_a_document_is_found_as_it_was_created(things: Things) -> None:
    thing = Thing(name="é", slug="a", mood=Mood.WILD, due=LATER, props=[Prop(id="x", weight=0.1)], notes={"k": "v"})
    assert things.create(thing) == thing
    assert things.find_by_id(thing.id) == thing


def test_a_missing_document_is_told_by_its_noun(things: Things) -> None:
    with pytest.raises(NotFound, match="there is no thing nowhere"):
        things.find_by_id("nowhere")


def test_find_one_gives_the_first_in_order_or_none(things: Things) -> None:
    for rank in (2, 1, 3):
        things.create(Thing(rank=rank))
    found = things.find_one({"rank": {"$gt": 1}}, sort=(("rank", 1),))
    assert found
    assert found.rank == 2
    assert things.find_one({"rank": 9}) is None


def test_find_many_sorts_skips_and_limits(things: Things) -> None:
    for rank in range(5):
        things.create(Thing(rank=rank))
    page = things.find_many({"rank": {"$ne": 3}}, sort=(("rank", -1),), skip=1, limit=2)
    assert [thing.rank for thing in page] == [2, 1]
    assert things.count({"rank": {"$ne": 3}}) == 4


def test_filters_take_the_values_of_documents(things: Things) -> None:
    calm, wild = things.create(Thing(due=LATER)), things.create(Thing(mood=Mood.WILD))
    assert things.find_many({"mood": Mood.WILD}) == [wild]
    assert things.find_many({"mood": {"$in": [Mood.WILD, "other"]}}) == [wild]
    assert things.find_many({"due": {"$lte": LATER}}) == [calm]


class Line(BaseModel):
    id: str
    name: str
    due: Moment | None = None


def test_a_projection_reads_a_few_fields_as_its_own_model(things: Things, store: SqliteStore) -> None:
    thing = things.create(Thing(name="a", due=LATER))
    assert things.find_many({}, projection=Line) == [Line(id=thing.id, name="a", due=LATER)]
    store.update("things", {}, {"$set": {"rank": "broken, but not asked for"}})
    assert things.find_many({}, projection=Line) == [Line(id=thing.id, name="a", due=LATER)]


# --- change


def test_an_update_counts_the_revision_and_stamps_the_stores_time(things: Things) -> None:
    thing = things.create(Thing())
    changed = things.update_by_id(thing.id, {"$set": {"name": "new"}})
    assert (changed.name, changed.revision, changed.updated_at) == ("new", 2, LATER)
    assert changed.created_at == thing.created_at
    assert things.find_by_id(thing.id) == changed


def test_an_update_takes_the_values_of_documents(things: Things) -> None:
    thing = things.create(Thing(props=[Prop(id="x")]))
    due = LATER + timedelta(milliseconds=5)
    changed = things.update_by_id(
        thing.id,
        {
            "$set": {"mood": Mood.WILD, "due": due, "notes.k": "v"},
            "$push": {"props": Prop(id="y")},
            "$inc": {"rank": 2},
        },
    )
    assert (changed.mood, changed.due, changed.rank, changed.notes) == (Mood.WILD, due, 2, {"k": "v"})
    assert [prop.id for prop in changed.props] == ["x", "y"]
    assert [prop.id for prop in things.update_by_id(thing.id, {"$pull": {"props": {"id": "x"}}}).props] == ["y"]


def test_an_update_of_a_missing_document_is_told(things: Things) -> None:
    with pytest.raises(NotFound):
        things.update_by_id("nowhere", {"$set": {"name": "new"}})


def test_a_value_that_the_field_cannot_have_is_refused_before_it_is_written(things: Things) -> None:
    thing = things.create(Thing())
    for wrong in ({"name": "x" * 21}, {"rank": "high"}, {"mood": "angry"}, {"props": [{"weight": 1}]}):
        with pytest.raises(InvalidInput, match=f"{next(iter(wrong))} cannot be"):
            things.update_by_id(thing.id, {"$set": wrong})
    assert things.find_by_id(thing.id) == thing


def test_a_field_that_the_document_does_not_have_is_refused(things: Things) -> None:
    thing = things.create(Thing())
    for operator, value in (("$set", 1), ("$inc", 1), ("$push", 1)):
        with pytest.raises(ValueError, match="has no field"):
            things.update_by_id(thing.id, {operator: {"color": value}})


def test_update_one_takes_the_first_that_matches(things: Things) -> None:
    for rank in (3, 1, 2):
        things.create(Thing(rank=rank))
    claimed = [
        things.update_one({"mood": Mood.CALM}, {"$set": {"mood": Mood.WILD}}, sort=(("rank", 1),)) for _ in range(4)
    ]
    assert [thing and thing.rank for thing in claimed] == [1, 2, 3, None]


# --- save


def test_save_writes_a_whole_document_once(things: Things) -> None:
    thing = things.create(Thing())
    saved = things.save(thing.model_copy(update={"name": "new"}))
    assert (saved.name, saved.revision, saved.updated_at) == ("new", 2, LATER)
    assert things.find_by_id(thing.id) == saved
    assert things.save(saved).revision == 3


def test_a_stale_save_changes_nothing_and_names_the_fields_that_differ(things: Things) -> None:
    thing = things.create(Thing())
    theirs = things.update_by_id(thing.id, {"$set": {"name": "theirs", "rank": 5}})
    with pytest.raises(StaleDocument) as raised:
        things.save(thing.model_copy(update={"name": "ours"}))
    assert raised.value.details["fields"] == ["name", "rank"]
    assert "name, rank" in raised.value.cause
    assert things.find_by_id(thing.id) == theirs


def test_a_save_of_a_deleted_document_is_told(things: Things) -> None:
    thing = things.create(Thing())
    assert things.delete_by_id(thing.id)
    with pytest.raises(NotFound):
        things.save(thing)
    assert things.count({}) == 0


# --- delete


def test_delete_tells_whether_it_was_there(things: Things) -> None:
    thing = things.create(Thing())
    assert things.delete_by_id(thing.id) is True
    assert things.delete_by_id(thing.id) is False


def test_delete_many_counts(things: Things) -> None:
    for rank in (1, 1, 2):
        things.create(Thing(rank=rank))
    assert things.delete_many({"rank": 1}) == 2
    assert [thing.rank for thing in things.find_many({})] == [2]


# --- names


def test_a_taken_name_is_refused_in_every_way_of_writing(things: Things) -> None:
    things.create(Thing(slug="a"))
    other = things.create(Thing(slug="b"))
    writes = (
        lambda: things.create(Thing(slug="a")),
        lambda: things.save(other.model_copy(update={"slug": "a"})),
        lambda: things.update_by_id(other.id, {"$set": {"slug": "a"}}),
    )
    for write in writes:
        with pytest.raises(DuplicateName, match="there is a thing with this slug already: slug 'a' is taken"):
            write()
    assert things.find_by_id(other.id) == other


def test_a_repository_may_say_it_in_its_own_words(store: SqliteStore) -> None:
    things = NewThings(store)
    things.create(NewThing(slug="a"))
    with pytest.raises(DuplicateName, match="two things cannot share a slug"):
        things.create(NewThing(slug="a"))


def test_an_id_is_taken_once(things: Things) -> None:
    thing = things.create(Thing())
    with pytest.raises(DuplicateName, match=f"thing with this id already: id '{thing.id}'"):
        things.create(thing)


# --- other versions


def test_an_old_document_is_upgraded_when_it_is_read(store: SqliteStore) -> None:
    store.insert("things", OLD)
    assert NewThings(store).find_by_id("old").name == "from before"
    assert NewThings(store).find_many({}, projection=Line) == [Line(id="old", name="from before")]
    assert store.find("things", {}) == [OLD]


def test_an_old_document_is_upgraded_in_the_store_before_it_is_changed(store: SqliteStore) -> None:
    store.insert("things", OLD)
    changed = NewThings(store).update_one({"rank": 1}, {"$set": {"rank": 2}})
    assert changed
    assert (changed.name, changed.rank, changed.revision) == ("from before", 2, 4)
    (stored,) = store.find("things", {})
    assert stored["schema_version"] == 2
    assert "title" not in stored


def test_an_old_document_can_be_saved(store: SqliteStore) -> None:
    store.insert("things", OLD)
    saved = NewThings(store).save(NewThings(store).find_by_id("old").model_copy(update={"name": "now"}))
    assert NewThings(store).find_by_id("old") == saved


def test_a_document_of_a_newer_vidctl_is_neither_read_nor_changed(store: SqliteStore) -> None:
    store.insert("things", FUTURE)
    things = NewThings(store)
    uses = (
        lambda: things.find_by_id("future"),
        lambda: things.find_many({}, projection=Line),
        lambda: things.update_by_id("future", {"$set": {"name": "x"}}),
        lambda: things.save(NewThing(id="future", revision=5)),
    )
    for use in uses:
        with pytest.raises(NewerFormat):
            use()
    assert things.update_one({}, {"$set": {"name": "x"}}) is None
    assert store.find("things", {}) == [FUTURE]


def test_a_document_that_somebody_else_broke_is_told(store: SqliteStore, things: Things) -> None:
    store.insert("things", {"id": "1", "schema_version": 1, "name": 5})
    with pytest.raises(StoreFailed, match="the thing 1 in the store is broken: name: Input should be"):
        things.find_by_id("1")
    with pytest.raises(StoreFailed, match="the thing 1 in the store is broken: name: Input should be"):
        things.find_many({}, projection=Line)
