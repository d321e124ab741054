"""Changes of a store's indexes and contents: each once, in order, and never by a vidctl that is too old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from vidctl.errors import NewerFormat
from vidctl.repositories.migrations import COLLECTION, MIGRATIONS, Migration, migrate
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import Doc, DocumentStore, DuplicateKey


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with closing(SqliteStore(None)) as fresh:
        yield fresh


def applied(store: DocumentStore) -> list[str]:
    return [record["id"] for record in store.find(COLLECTION, {})]


def test_all_steps_are_applied_once_and_in_order(store: SqliteStore) -> None:
    done: list[str] = []
    steps = [Migration(name, lambda _, name=name: done.append(name)) for name in ("0001_a", "0002_b")]  # type: ignore[misc]
    assert migrate(store, steps) == ["0001_a", "0002_b"]
    assert migrate(store, steps) == []
    later = [*steps, Migration("0003_c", lambda _: done.append("0003_c"))]
    assert migrate(store, later) == ["0003_c"]
    assert done == applied(store) == ["0001_a", "0002_b", "0003_c"]


def test_nothing_but_one_read_is_done_when_nothing_is_missing(store: SqliteStore) -> None:
    migrate(store)
    statements: list[str] = []
    with store._connections.reading() as connection:
        connection.set_trace_callback(statements.append)
        migrate(store)
        connection.set_trace_callback(None)
    reads = [sql for sql in statements if "sqlite_master" not in sql]
    assert len(reads) == 1
    assert reads[0].startswith("SELECT doc")


def test_a_step_that_fails_is_not_recorded(store: SqliteStore) -> None:
    def fail(_: DocumentStore) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        migrate(store, [Migration("0001_a", lambda _: None), Migration("0002_b", fail)])
    assert applied(store) == ["0001_a"]


def test_a_store_of_a_newer_vidctl_is_refused_untouched(store: SqliteStore) -> None:
    store.insert(COLLECTION, {"id": "0999_future"})
    with pytest.raises(NewerFormat, match="0999_future"):
        migrate(store)
    assert applied(store) == ["0999_future"]


def test_two_processes_may_apply_the_same_step(store: SqliteStore) -> None:
    steps = [Migration("0001_a", lambda same: same.insert(COLLECTION, {"id": "0001_a", "by": "the other"}))]
    assert migrate(store, steps) == ["0001_a"]
    assert store.find(COLLECTION, {}) == [{"id": "0001_a", "by": "the other"}]


def test_names_are_numbered_in_order() -> None:
    names = [migration.name for migration in MIGRATIONS]
    assert names == sorted(names)
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]


UNIQUE: dict[str, tuple[Doc, str]] = {
    "projects": ({"slug": "a"}, "slug"),
    "scenes": ({"project_id": "p", "slug": "a"}, "slug"),
    "clips": ({"scene_id": "s", "slug": "a"}, "slug"),
    "characters": ({"project_id": "p", "slug": "a"}, "slug"),
    "templates": ({"slug": "a"}, "slug"),
}


def test_a_family_has_one_preset_of_a_name_and_a_model_one_family(store: SqliteStore) -> None:
    migrate(store)
    preset = {"scope": "family", "subject": "sdxl", "name": "quality"}
    store.insert("model_presets", {"id": "1", **preset})
    store.insert("model_presets", {"id": "2", **preset, "scope": "model"})
    store.insert("model_families", {"id": "1", "model": "a.safetensors"})
    for collection, document, index in (
        ("model_presets", preset, "name"),
        ("model_families", {"model": "a.safetensors"}, "model"),
    ):
        with pytest.raises(DuplicateKey) as raised:
            store.insert(collection, {"id": "3", **document})
        assert raised.value.index == index


@pytest.mark.parametrize("collection", UNIQUE)
def test_names_are_unique(store: SqliteStore, collection: str) -> None:
    document, index = UNIQUE[collection]
    migrate(store)
    store.insert(collection, {"id": "1", **document})
    with pytest.raises(DuplicateKey) as raised:
        store.insert(collection, {"id": "2", **document})
    assert raised.value.index == index
    store.insert(collection, {"id": "3", **document, "slug": "b"})


def test_a_servers_address_is_unique_too(store: SqliteStore) -> None:
    migrate(store)
    store.insert("servers", {"id": "1", "slug": "a", "url": "http://gpu:8188"})
    with pytest.raises(DuplicateKey) as raised:
        store.insert("servers", {"id": "2", "slug": "b", "url": "http://gpu:8188"})
    assert raised.value.index == "url"


def test_the_same_name_is_free_in_another_scene(store: SqliteStore) -> None:
    migrate(store)
    store.insert("clips", {"id": "1", "scene_id": "one", "slug": "a"})
    store.insert("clips", {"id": "2", "scene_id": "two", "slug": "a"})
