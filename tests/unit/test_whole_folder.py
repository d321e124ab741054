"""A folder is there with all its files or not at all, however the one who fills it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.running import environment
from vidctl.gateways.whole_folder import whole_folder

_KILLED = """
import os, signal, sys
from pathlib import Path
from vidctl.gateways.whole_folder import whole_folder

with whole_folder(Path(sys.argv[1])) as part:
    (part / "half.mp4").write_bytes(bytes(100))
    os.kill(os.getpid(), signal.SIGKILL)
"""

needs_locks = pytest.mark.skipif(sys.platform == "win32", reason="who holds a folder cannot be known there")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_folder_appears_when_it_is_full(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "media") as part:
        (part / "one.mp4").touch()
        assert not (tmp_path / "media").exists()
    assert names(tmp_path) == ["media/one.mp4"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError, GeneratorExit])
def test_nothing_is_left_of_one_that_was_not_filled(tmp_path: Path, end: type[BaseException]) -> None:
    with suppress(end), whole_folder(tmp_path / "media") as part:
        (part / "one.mp4").touch()
        raise end
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_that_is_there_only_files_of_the_same_names_are_replaced(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    for name in ("mine.txt", "one.mp4"):
        (media / name).write_text("old")
    with whole_folder(media) as part:
        (part / "one.mp4").write_text("new")
        assert (media / "one.mp4").read_text() == "old"
    assert names(tmp_path) == ["media/mine.txt", "media/one.mp4"]
    assert ((media / "mine.txt").read_text(), (media / "one.mp4").read_text()) == ("old", "new")


@needs_locks
def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    media = tmp_path / "media"
    died = subprocess.run([sys.executable, "-c", _KILLED, str(media)], env=environment(), check=False)
    assert died.returncode == -signal.SIGKILL
    [left] = names(tmp_path)
    assert left.endswith("half.mp4")
    with whole_folder(media) as part:
        (part / "one.mp4").touch()
    assert names(tmp_path) == ["media/one.mp4"]


def test_one_that_is_being_filled_is_left_alone(tmp_path: Path) -> None:
    media = tmp_path / "media"
    with whole_folder(media) as first:
        (first / "one.mp4").touch()
        with whole_folder(media) as second:
            (second / "two.mp4").touch()
        assert names(first) == ["one.mp4"]
    assert names(tmp_path) == ["media/one.mp4", "media/two.mp4"]


def test_folders_of_other_names_are_left_alone(tmp_path: Path) -> None:
    for name in (".media-old", ".media-of-ours-12345678", "media-12345678"):
        (tmp_path / name).mkdir()
    with whole_folder(tmp_path / "media"):
        pass
    assert len(list(tmp_path.iterdir())) == 4
