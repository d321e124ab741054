"""vidctl doctor, healthy and not; vidctl help."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.fakes.comfy_wire import ComfyWire


def _states(vidctl: Vidctl, code: int = 0) -> dict[str, str]:
    told = vidctl("doctor", "--json", code=code).json()
    assert told["healthy"] is (code == 0)
    return {check["name"]: check["state"] for check in told["checks"]}


def test_a_new_machine_is_healthy_though_it_has_no_server(vidctl: Vidctl) -> None:
    states = _states(vidctl)
    assert {states[name] for name in ("vidctl", "settings", "assets", "cache", "ffmpeg", "store")} == {"ok"}
    assert states["servers"] == "warning"
    assert vidctl("doctor").rows()[0] == ["", "CHECK", "FOUND", "FIX"]


def test_a_dead_server_makes_it_unhealthy(vidctl: Vidctl) -> None:
    with socket.socket() as one, ComfyWire() as wire:
        one.bind(("127.0.0.1", 0))
        vidctl("comfyui", "add", "studio", wire.url)
        assert _states(vidctl)["server studio"] == "ok"
        vidctl("comfyui", "add", "attic", f"http://127.0.0.1:{one.getsockname()[1]}")
        states = _states(vidctl, code=6)
        assert (states["server attic"], states["server studio"]) == ("failed", "ok")
        assert "server attic" in vidctl("doctor", code=6).err


def test_a_store_that_cannot_be_opened_is_one_line_among_the_others(
    vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").touch()
    monkeypatch.setenv("VIDCTL_STORE", f"sqlite:///{Path.cwd()}/file/films.db")
    states = _states(vidctl, code=6)
    assert (states["store"], states["ffmpeg"]) == ("failed", "ok")


def test_folders_that_cannot_be_written_and_a_missing_ffmpeg_are_told_with_a_fix(
    vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").touch()
    monkeypatch.setenv("VIDCTL_ASSETS", f"{Path.cwd()}/file/assets")
    monkeypatch.setenv("VIDCTL_FFMPEG", f"{Path.cwd()}/no-ffmpeg")
    told = vidctl("doctor", "--json", code=6).json()
    failed = {check["name"]: check["fix"] for check in told["checks"] if check["state"] == "failed"}
    assert failed.keys() == {"assets", "ffmpeg"}
    assert all(failed.values())


def test_the_handbook_is_listed_and_shown(vidctl: Vidctl) -> None:
    listed = vidctl("help").out.splitlines()
    assert any(line.startswith("queue ") for line in listed)
    assert vidctl("help", "queue").out.startswith("# ")
    assert vidctl("help", "queue", "--json").json().keys() == {"topic", "text"}
    assert "queue" in vidctl("help", "queues", code=3).err
