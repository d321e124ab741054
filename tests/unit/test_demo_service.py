"""The demo keeps its hands off what is not its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import vidctl
from tests.fakes.house import House
from vidctl.app import App
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


def test_a_film_of_somebody_else_is_kept_when_the_demo_exists_elsewhere(app: App, tmp_path: Path) -> None:
    make(app, tmp_path / "first")
    mine = tmp_path / "mine" / "film.mp4"
    mine.parent.mkdir()
    mine.write_bytes(b"precious")
    with pytest.raises(Conflict):
        make(app, mine.parent)
    assert mine.read_bytes() == b"precious"
    make(app, tmp_path / "first")  # its own film may be made anew


def test_a_server_that_is_not_there_is_told_before_anything_is_made(app: App, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        make(app, tmp_path, server="nix")
    assert app.projects.list_projects().total == 0


def test_wishes_that_change_nothing_are_said_to(app: App, tmp_path: Path) -> None:
    first = make(app, tmp_path, settings={"steps": 3})
    assert any("title cards have no use for steps" in text for text in first)
    again = make(app, tmp_path, settings={"steps": 3})
    assert any("change nothing" in text for text in again)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The real thing, in folders of its own."""
    home = tmp_path / "home"
    places = {"store": f"sqlite://{home}/film.db", "assets": f"{home}/assets", "cache": f"{home}/cache"}
    with vidctl.open_app(start=tmp_path, **places) as app:
        yield app


def make(app: App, folder: Path, *, server: str | None = None, settings: dict[str, Any] | None = None) -> list[str]:
    """Make the demo; the warnings it gave."""
    events = app.demo.make(folder, server=server, size=(64, 36), settings=settings or {})
    return [event.text for event in events if isinstance(event, Notice) and event.level == "warning"]
