"""What is particular to the MongoDB store: its promises to the driver, and the driver's errors in our words."""

from __future__ import annotations

import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pymongo.errors
import pytest

from vidctl.errors import (
    AuthenticationFailed,
    ConfigurationError,
    DiskFull,
    StoreFailed,
    Unreachable,
    VidctlError,
)
from vidctl.repositories.mongo_errors import translated
from vidctl.repositories.mongo_store import MongoStore
from vidctl.repositories.store import DuplicateKey

SECRET = "pa55word"


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def garbled_port() -> Iterator[int]:
    """A port where something answers that is not MongoDB."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def refusal(url: str) -> VidctlError:
    """What a first use of the store raises."""
    with closing(MongoStore(url, selection_timeout=0.4, timeout=30)) as store, pytest.raises(VidctlError) as raised:
        store.find("things", {})
    return raised.value


def test_a_closed_port_is_unreachable_and_the_password_stays_secret(closed_port: int) -> None:
    error = refusal(f"mongodb://me:{SECRET}@127.0.0.1:{closed_port}/films")
    assert isinstance(error, Unreachable)
    assert error.problem == f"no MongoDB answers at 127.0.0.1:{closed_port}/films"
    assert error.cause == "the connection was refused"
    assert SECRET not in str(error.as_dict())


def test_a_silent_server_is_unreachable_soon(silent_port: int) -> None:
    assert isinstance(refusal(f"mongodb://127.0.0.1:{silent_port}/"), Unreachable)


def test_a_server_that_is_not_mongodb_is_unreachable(garbled_port: int) -> None:
    assert isinstance(refusal(f"mongodb://127.0.0.1:{garbled_port}/"), Unreachable)


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://me:{SECRET}/x@host/films",
        f"mongodb://me:x/{SECRET}@host/films",  # the driver's text holds the rest of the password
        f"mongodb://me:{SECRET}%@host",
        f"mongodb://me:{SECRET}@@host:port:port",
        f"mongodb://me:{SECRET}@host:99999",
        f"mongodb://me:{SECRET}@",
        f"mongodb://me:{SECRET}@host/?authMechanism=none-such",
        f"mongodb://me:{SECRET}@host/?nonsense=1",
        "mongodb://",
    ],
)
def test_a_malformed_address_is_told_without_a_piece_of_the_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        MongoStore(url)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_writes_are_journaled_by_the_majority_whatever_the_address_says(closed_port: int) -> None:
    options = "w=0&journal=false&retryWrites=false&readPreference=secondary&timeoutMS=1&serverSelectionTimeoutMS=1"
    with closing(MongoStore(f"mongodb://127.0.0.1:{closed_port}/films?{options}", timeout=7)) as store:
        for place in (store._client, store._database, store._database["things"]):
            assert place.write_concern.document == {"w": "majority", "j": True}
            assert place.read_preference == pymongo.ReadPreference.PRIMARY
        assert store._client.options.retry_writes
        assert store._client.options.timeout == 7
        assert store._client.options.server_selection_timeout == 7


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("mongodb://host/films", "films"),
        ("mongodb://host:27018,other:27019/films?replicaSet=x", "films"),
        ("mongodb://me:secret@host/films", "films"),
        ("mongodb://host", "vidctl"),
        ("mongodb://host/", "vidctl"),
        ("mongodb://host/?replicaSet=x", "vidctl"),
    ],
)
def test_the_address_names_the_database(url: str, database: str) -> None:
    with closing(MongoStore(url)) as store:
        assert store._database.name == database


def failure(code: int, message: str = "no") -> pymongo.errors.OperationFailure:
    return pymongo.errors.OperationFailure(f"driver text, full error: {SECRET}", code, {"errmsg": message})


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (failure(18), AuthenticationFailed, "refused the login"),
        (failure(8000), AuthenticationFailed, "refused the login"),
        (failure(13), AuthenticationFailed, "does not allow"),
        (failure(14031), DiskFull, "no room"),
        (failure(28, "Cannot create field 'a'"), StoreFailed, "code 28: Cannot create field 'a'"),
        (pymongo.errors.ServerSelectionTimeoutError(f"SSL handshake failed {SECRET}"), Unreachable, "TLS"),
        (pymongo.errors.ServerSelectionTimeoutError(SECRET), Unreachable, "no server fit to use"),
        (pymongo.errors.AutoReconnect(SECRET), Unreachable, "stopped answering"),
        (pymongo.errors.NetworkTimeout(SECRET), Unreachable, "stopped answering"),
        (pymongo.errors.NotPrimaryError(SECRET), Unreachable, "stopped answering"),
        (pymongo.errors.ExecutionTimeout(SECRET, 50), Unreachable, "stopped answering"),
        (pymongo.errors.WTimeoutError(SECRET, 64), Unreachable, "stopped answering"),
        (pymongo.errors.DocumentTooLarge(SECRET), StoreFailed, "DocumentTooLarge"),
        (pymongo.errors.InvalidOperation("closed"), StoreFailed, "closed"),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_an_error_of_the_driver_comes_in_our_words(error: Exception, expected: type[VidctlError], words: str) -> None:
    with pytest.raises(expected) as raised, translated("host/films"):
        raise error
    assert type(raised.value) is expected
    assert words in str(raised.value)
    assert SECRET not in str(raised.value.as_dict())


@pytest.mark.parametrize(
    ("message", "index"),
    [
        ("E11000 duplicate key error collection: films.things index: _id_ dup key: { _id: 1 }", "id"),
        ("E11000 duplicate key error collection: films.things index: slug dup key: { slug: 1 }", "slug"),
        ("no such words", ""),
    ],
)
def test_a_taken_key_names_its_index(message: str, index: str) -> None:
    details: dict[str, Any] = {"errmsg": message}
    with pytest.raises(DuplicateKey) as raised, translated("host/films", "things"):
        raise pymongo.errors.DuplicateKeyError(message, 11000, details)
    assert (raised.value.collection, raised.value.index) == ("things", index)
