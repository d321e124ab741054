"""The demo keeps its hands off what is not its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.house import House
from vidctl.errors import Conflict


def test_a_film_that_is_there_already_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "film.mp4"
    mine.write_bytes(b"mine")
    with House(tmp_path / "house") as house:
        for _ in range(2):
            with pytest.raises(Conflict):
                list(house.app.demo.make(tmp_path, server=None, size=(64, 36), settings={}))
        assert house.projects.find_many({}) == []
    assert mine.read_bytes() == b"mine"
