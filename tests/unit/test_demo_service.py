"""The demo keeps its hands off what is not its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import House
from vidctl.domain.events import Notice
from vidctl.errors import Conflict, NotFound


def test_a_film_that_is_there_already_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "film.mp4"
    mine.write_bytes(b"mine")
    with House(tmp_path / "house") as house:
        for _ in range(2):
            with pytest.raises(Conflict):
                list(house.app.demo.make(tmp_path, server=None, size=(64, 36), settings={}))
        assert house.projects.find_many({}) == []
    assert mine.read_bytes() == b"mine"


def test_a_film_of_somebody_else_is_kept_when_the_demo_exists_elsewhere(tmp_path: Path) -> None:
    with House(tmp_path / "house") as house:
        make(house, tmp_path / "first")
        mine = tmp_path / "mine" / "film.mp4"
        mine.parent.mkdir()
        mine.write_bytes(b"precious")
        with pytest.raises(Conflict):
            make(house, mine.parent)
        assert mine.read_bytes() == b"precious"
        make(house, tmp_path / "first")  # its own film may be made anew


def test_a_server_that_is_not_there_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with House(tmp_path / "house") as house:
        with pytest.raises(NotFound):
            make(house, tmp_path, server="nix")
        assert house.projects.find_many({}) == []


def test_wishes_that_change_nothing_are_said_to(tmp_path: Path) -> None:
    with House(tmp_path / "house") as house:
        first = make(house, tmp_path, settings={"steps": 3})
        assert any("title cards have no use for steps" in text for text in first)
        again = make(house, tmp_path, settings={"steps": 3})
        assert any("change nothing" in text for text in again)


def make(house: House, folder: Path, *, server: str | None = None, settings: dict[str, Any] | None = None) -> list[str]:
    """Make the demo; the warnings it gave."""
    events = house.app.demo.make(folder, server=server, size=(64, 36), settings=settings or {})
    return [event.text for event in events if isinstance(event, Notice) and event.level == "warning"]
