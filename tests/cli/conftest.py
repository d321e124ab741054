"""A home of its own for each test, and the command line in it."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from platformdirs import user_data_path

from tests.cli.running import Run
from vidctl.app import App
from vidctl.cli.main import main
from vidctl.dtos.clip_dtos import ClipCreateDTO
from vidctl.dtos.project_dtos import ProjectCreateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.settings import load_settings, user_file, write_setting


class Vidctl(Protocol):
    """Runs one command line in this process and asserts its exit code."""

    def __call__(self, *arguments: object, code: int = 0, stdin: str | None = None) -> Run: ...


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and working folder; nothing of the machine's own settings reaches the test."""
    for name in [name for name in os.environ if name.startswith(("VIDCTL_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "PYTHONWARNINGS", "PYTHONUNBUFFERED"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def vidctl(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Vidctl]:
    """The command line, in this process."""
    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments: object, code: int = 0, stdin: str | None = None) -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((stdin or "").encode()), encoding="utf-8"))
        capsys.readouterr()
        ended = main([str(argument) for argument in arguments])
        run = Run(ended, *capsys.readouterr())
        assert run.code == code, run
        return run

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def planned_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that `film` copies: planning it anew for each test would take most of the tests' time."""
    path = tmp_path_factory.mktemp("planned") / "vidctl.db"
    with App(load_settings(flags={"store": f"sqlite:///{path}"}, start=path.parent, environ={})) as app:
        app.projects.create_project(ProjectCreateDTO(name="Neon Nights", width=64, height=64, fps="12"))
        for scene in ("Verse", "Chorus"):
            app.scenes.create_scene("neon-nights", SceneCreateDTO(name=scene))
        street = ClipCreateDTO(name="Street", length="6f", image_prompt="a wet street")
        hero = ClipCreateDTO(name="Hero", length="6f", image_prompt="a singer", video_prompt="a singer turns")
        app.clips.create_clip("neon-nights/verse", street)
        app.clips.create_clip("neon-nights/chorus", hero)
        app.clips.create_clip("neon-nights/chorus", ClipCreateDTO(name="Crowd", length="6f"))
    return path


@pytest.fixture
def film(planned_film: Path, home: Path) -> str:
    """A small film that is the current project: neon-nights with verse/street, chorus/hero and chorus/crowd, of half
    a second each, 64x64 pixels at 12 fps. Its slug."""
    store = user_data_path("vidctl", appauthor=False) / "vidctl.db"
    store.parent.mkdir(parents=True)
    shutil.copyfile(planned_film, store)
    write_setting(user_file(), "project", "neon-nights")
    return "neon-nights"
