"""vidctl health: a probe's short answer."""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from vidctl.repositories import opening


def test_a_store_that_answers_is_named(vidctl: Vidctl) -> None:
    told = vidctl("health", "--json").json()
    assert (told["status"], told["store"]) == ("healthy", "SQLite")
    assert told["location"].endswith("vidctl.db")
    assert vidctl("health").fields()["status"] == "healthy"


def test_a_store_that_is_away_is_unreachable_and_its_password_stays_secret(
    vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        monkeypatch.setenv("VIDCTL_STORE", f"mongodb://ada:hunter2@127.0.0.1:{one.getsockname()[1]}/films")
        monkeypatch.setattr(opening, "open_store", partial(opening.open_store, selection_timeout=0.1))
        run = vidctl("health", "--json", code=5)
    assert run.error()["code"] == "unreachable"
    assert "hunter2" not in run.out + run.err


def test_a_store_that_cannot_be_opened_is_no_healthy_one(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("VIDCTL_STORE", f"sqlite:///{Path.cwd()}/file/films.db")
    assert vidctl("health", "--json", code=6).error()["code"] == "configuration"
