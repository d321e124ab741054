"""Stores for the contract suites."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.stores import Stores
from vidctl.repositories.store import DocumentStore


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with Stores(tmp_path_factory.mktemp("stores")) as made:
        yield made


@pytest.fixture
def quick_stores() -> Iterator[Stores]:
    """Stores whose files lie in memory where that can be had: thousands of synced writes would wait for a disk that
    everybody shares. For tests of who gets what, not of what survives."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder, Stores(Path(folder)) as made:
        yield made


@pytest.fixture
def store(request: pytest.FixtureRequest, stores: Stores) -> Iterator[DocumentStore]:
    """A fresh store of the kind that the test is parametrized with (indirectly)."""
    with stores.fresh(request.param) as fresh:
        yield fresh
