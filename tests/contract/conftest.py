"""Stores for the contract suites."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.stores import Stores
from vidctl.repositories.store import DocumentStore


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with Stores(tmp_path_factory.mktemp("stores")) as made:
        yield made


@pytest.fixture
def store(request: pytest.FixtureRequest, stores: Stores) -> Iterator[DocumentStore]:
    """A fresh store of the kind that the test is parametrized with (indirectly)."""
    with stores.fresh(request.param) as fresh:
        yield fresh
