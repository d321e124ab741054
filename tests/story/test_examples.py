"""The examples are run as they stand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import pytest

ROOT = Path(__file__).parents[2]


def run_example(script: Path, out: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script with a `vidctl` on its PATH that is this one."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir(exist_ok=True)
    launcher = bin_folder / "vidctl"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m vidctl "$@"\n')
    launcher.chmod(0o755)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIDCTL_", "XDG_"))}
    environment |= {
        "HOME": str(tmp_path),
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SIZE": "64x36",
    }
    return subprocess.run(
        ["bash", str(script), str(out)], env=environment, capture_output=True, text=True, timeout=100, cwd=tmp_path
    )


@pytest.mark.slow
def test_the_night_train_arrives_and_a_second_run_renders_nothing_again(tmp_path: Path) -> None:
    script, out = ROOT / "examples" / "night-train" / "make.sh", tmp_path / "out"
    first = run_example(script, out, tmp_path)
    assert first.returncode == 0, first.stderr
    with av.open(str(out / "night-train.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 720
        assert film.streams.audio
    takes = sorted(path.name for path in (out / "assets").glob("??/*.mp4"))
    assert len(takes) == 5

    second = run_example(script, out, tmp_path)
    assert second.returncode == 0, second.stderr
    assert "started on" not in second.stderr
    assert sorted(path.name for path in (out / "assets").glob("??/*.mp4")) == takes


def test_the_paper_boat_sails_as_its_manifest_says(tmp_path: Path) -> None:
    folder, out = tmp_path / "film", tmp_path / "out"
    shutil.copytree(ROOT / "examples" / "paper-boat", folder)
    manifest = folder / "film.toml"
    manifest.write_text(manifest.read_text().replace("640x360", "64x36"))
    first = run_example(folder / "make.sh", out, tmp_path)
    assert first.returncode == 0, first.stderr
    assert "+ clip sea/horizon" in first.stdout
    with av.open(str(out / "paper-boat.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == 144
        assert film.streams.audio
    takes = sorted(path.name for path in (out / "assets").glob("??/*.mp4"))

    manifest.write_text(manifest.read_text().replace('length = "36f"', 'length = "30f"', 1))
    second = run_example(folder / "make.sh", out, tmp_path)
    assert second.returncode == 0, second.stderr
    assert "~ clip sea/harbour: length 1.5s → 1.25s" in second.stdout
    assert sorted(path.name for path in (out / "assets").glob("??/*.mp4")) == takes
