"""Opening files with the system's own program, on the systems where that is a program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from vidctl.errors import MissingTool
from vidctl.gateways.opener import open_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows opens files by itself")
NAME = "open" if sys.platform == "darwin" else "xdg-open"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all the programs that there are: none yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("DISPLAY", ":0")
    return folder


def install(programs: Path, script: str) -> None:
    program = programs / NAME
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_file_is_handed_over_whatever_its_name(programs: Path, tmp_path: Path) -> None:
    install(programs, f'printf "%s|" "$@" > "{tmp_path}/told"')
    file = tmp_path / "a take; rm -rf $HOME 'x'.png"
    open_file(file)
    assert (tmp_path / "told").read_text() == f"{file}|"


def test_without_an_opener_the_path_is_told(programs: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingTool) as refused:
        open_file(tmp_path / "take.png")
    assert refused.value.cause == f"there is no {NAME} here"
    assert str(tmp_path / "take.png") in refused.value.fix


def test_an_opener_that_cannot_do_it_is_told(programs: Path, tmp_path: Path) -> None:
    install(programs, "exit 3")
    with pytest.raises(MissingTool) as refused:
        open_file(tmp_path / "take.png")
    assert refused.value.cause.endswith("ended with exit code 3")


def test_an_opener_that_is_none_is_told(programs: Path, tmp_path: Path) -> None:
    (programs / NAME).write_bytes(b"\x00rubbish")
    (programs / NAME).chmod(0o755)
    with pytest.raises(MissingTool):
        open_file(tmp_path / "take.png")


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has a display")
def test_without_a_display_nothing_is_started(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(programs, f'touch "{tmp_path}/started"')
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(MissingTool, match="no display"):
        open_file(tmp_path / "take.png")
    assert not (tmp_path / "started").exists()
    assert "DISPLAY" not in os.environ
