"""vidctl as a library: what the README shows, and a film made without the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import vidctl
from vidctl.domain.events import Result
from vidctl.dtos.clip_dtos import ClipCreateDTO
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.dtos.project_dtos import ProjectCreateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO

ROOT = Path(__file__).parents[2]


def test_the_readmes_python_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "film.db").is_file()


def test_a_film_is_planned_and_rendered_by_python_calls_alone(tmp_path: Path) -> None:
    places = {"store": f"sqlite:///{tmp_path}/film.db", "assets": f"{tmp_path}/assets", "cache": f"{tmp_path}/cache"}
    with vidctl.open_app(start=tmp_path, **places) as app:
        project = app.projects.create_project(ProjectCreateDTO(name="Night Train", width=64, height=36))
        app.scenes.create_scene(project.slug, SceneCreateDTO(name="Platform"))
        app.clips.create_clip("night-train/platform", ClipCreateDTO(name="Arrival", length="6f"))
        wanted = GenerationRequestDTO(
            clips=["night-train/platform/arrival"], generation_type="video", server="animatic", count=2
        )
        *_, last = app.generation.generate(wanted, wait=True)
        assert isinstance(last, Result)
        assert last.value.succeeded == 2
        gallery = app.gallery.gallery("night-train/platform/arrival")
        assert [take.frames for take in gallery.videos] == [6, 6]
        assert [take.is_selected for take in gallery.videos].count(True) == 1
