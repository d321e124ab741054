"""Places that cannot be used: read-only folders, full disks, stores that are newer, foreign or damaged."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.cli.running import VIDCTL, Run, environment
from tests.data.media import song
from vidctl import open_app
from vidctl.repositories import opening

_NAMESPACE = ("unshare", "--mount", "--map-root-user", "sh", "-ec")


def _mounts_are_allowed() -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = [*_NAMESPACE, "mount -t tmpfs tmpfs /tmp"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def mounts() -> None:
    """Skips where a test may not mount file systems of its own."""
    if not _mounts_are_allowed():
        pytest.skip("this machine lets nobody mount a file system of their own")


def _run_mounted(mount: str, *arguments: object) -> Run:
    """vidctl where something is mounted that only it sees."""
    command = shlex.join([*VIDCTL, *map(str, arguments)])
    done = subprocess.run(
        [*_NAMESPACE, f"{mount}; exec {command}"], capture_output=True, encoding="utf-8", env=environment(), check=False
    )
    return Run(done.returncode, done.stdout, done.stderr)


def _small_disk(folder: Path, kibibytes: int) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return f"mount -t tmpfs -o size={kibibytes}k tmpfs {shlex.quote(str(folder))}"


def _frozen(folder: Path) -> str:
    place = shlex.quote(str(folder))
    return f"mount --bind {place} {place}; mount -o remount,ro,bind {place}"


@pytest.fixture
def below_a_file(tmp_path: Path) -> Path:
    """A folder that nobody, not even root, can make."""
    (tmp_path / "file").touch()
    return tmp_path / "file" / "folder"


def test_a_store_in_no_possible_folder_is_a_configuration_error(vidctl: Vidctl, below_a_file: Path) -> None:
    refused = vidctl("--store", f"sqlite:///{below_a_file}/films.db", "project", "list", "--json", code=6).error()
    assert refused["code"] == "configuration"
    assert str(below_a_file) in refused["problem"]
    assert "store" in refused["fix"]


def test_assets_in_no_possible_folder_are_a_configuration_error(
    vidctl: Vidctl, film: str, below_a_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCTL_ASSETS", str(below_a_file))
    refused = vidctl("media", "music", film, song(tmp_path / "song.wav", seconds=1), "--json", code=6).error()
    assert "vidctl config set assets" in refused["fix"]
    assert vidctl("project", "show", "--json").json()["music_file"] is None


def test_a_cache_in_no_possible_folder_stops_an_export_cleanly(
    vidctl: Vidctl, film: str, below_a_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCTL_CACHE", str(below_a_file))
    refused = vidctl("export", "video", "-o", "film.mp4", "--json", code=1).error()
    assert refused["code"] == "export_failed"
    assert str(below_a_file) in refused["fix"]
    assert list(Path().iterdir()) == []


def test_settings_in_no_possible_folder_are_a_configuration_error(
    vidctl: Vidctl, below_a_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDCTL_CONFIG", str(below_a_file / "config.toml"))
    refused = vidctl("config", "set", "project", "x", "--json", code=6).error()
    assert str(below_a_file) in refused["problem"]


@pytest.mark.usefixtures("mounts")
def test_a_read_only_data_folder_can_be_read_but_not_written(film: str, home: Path) -> None:
    listed = _run_mounted(_frozen(home), "project", "list", "--json")
    assert (listed.code, listed.json()["total"]) == (0, 1)
    refused = _run_mounted(_frozen(home), "project", "create", "Another", "--json")
    assert (refused.code, refused.error()["code"]) == (6, "configuration")
    refused = _run_mounted(_frozen(home), "config", "set", "project", "x", "--json")
    assert (refused.code, refused.error()["code"]) == (6, "configuration")
    assert "VIDCTL_CONFIG" in refused.error()["fix"]


@pytest.mark.usefixtures("mounts")
def test_a_read_only_data_folder_without_a_store_is_told(home: Path) -> None:
    refused = _run_mounted(_frozen(home), "project", "list", "--json")
    assert (refused.code, refused.error()["code"]) == (6, "configuration")


@pytest.mark.usefixtures("mounts")
def test_a_read_only_asset_folder_fails_the_render_and_keeps_the_clip(vidctl: Vidctl, film: str, home: Path) -> None:
    assets = home / ".local/share/vidctl/assets"
    assets.mkdir(parents=True)
    run = _run_mounted(_frozen(assets), "media", "music", film, song(Path("song.wav"), seconds=1), "--json")
    assert (run.code, run.error()["code"]) == (6, "configuration")


@pytest.mark.usefixtures("mounts")
def test_a_disk_that_is_full_for_the_song_leaves_nothing_behind(
    vidctl: Vidctl, film: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = tmp_path / "assets"
    monkeypatch.setenv("VIDCTL_ASSETS", str(assets))
    disk = f"trap 'ls -A {assets}/incoming >&2' EXIT; {_small_disk(assets, 64)}"
    run = _run_mounted(disk, "media", "music", film, song(tmp_path / "song.wav", seconds=2), "--json")
    assert (run.code, run.error()["code"]) == (1, "disk_full")
    assert str(assets) in run.err
    assert vidctl("project", "show", "--json").json()["music_file"] is None


@pytest.mark.usefixtures("mounts")
def test_a_disk_that_is_full_for_the_film_leaves_no_half_of_it(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    vidctl("media", "music", film, song(tmp_path / "song.wav", seconds=20))
    out = tmp_path / "out"
    run = _run_mounted(_small_disk(out, 32), "export", "video", film, "-o", out / "film.mp4", "--json")
    assert (run.code, run.error()["code"]) == (1, "disk_full")
    assert not list(out.iterdir())


@pytest.mark.usefixtures("mounts")
def test_a_disk_that_is_full_for_the_store_is_told(tmp_path: Path) -> None:
    disk = _small_disk(tmp_path / "data", 32)
    run = _run_mounted(disk, "--store", f"sqlite:///{tmp_path}/data/films.db", "project", "create", "Film", "--json")
    assert (run.code, run.error()["code"]) == (1, "disk_full")


def test_a_store_made_by_a_newer_version_is_left_alone(vidctl: Vidctl, film: str) -> None:
    with open_app() as app:
        app.store.insert("migrations", {"id": "9999_from_the_future", "applied_at": "2099-01-01T00:00:00.000Z"})
    for arguments in (("project", "list"), ("project", "create", "Another"), ("queue", "work", "--until-empty")):
        refused = vidctl(*arguments, "--json", code=6).error()
        assert refused["code"] == "newer_format"
        assert "9999_from_the_future" in refused["cause"]
        assert "upgrade" in refused["fix"]


def test_a_document_made_by_a_newer_version_is_neither_read_nor_changed(vidctl: Vidctl, film: str) -> None:
    with open_app() as app:
        app.store.take("projects", {"slug": film}, {"$set": {"schema_version": 99}})
    assert vidctl("project", "show", film, "--json", code=6).error()["code"] == "newer_format"
    assert vidctl("project", "update", film, "--name", "Mine", "--json", code=6).error()["code"] == "newer_format"


def test_a_file_that_is_no_database_is_refused(vidctl: Vidctl, tmp_path: Path) -> None:
    place = tmp_path / "films.db"
    place.write_bytes(b"this is no database, but long enough to look at" * 100)
    before = place.read_bytes()
    refused = vidctl("--store", f"sqlite:///{place}", "project", "list", "--json", code=6).error()
    assert refused["code"] == "configuration"
    assert place.read_bytes() == before
    assert vidctl("--store", f"sqlite:///{tmp_path}", "project", "list", code=6).err


def test_another_programs_database_is_refused(vidctl: Vidctl, tmp_path: Path) -> None:
    place = tmp_path / "films.db"
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    refused = vidctl("--store", f"sqlite:///{place}", "project", "create", "Film", "--json", code=6).error()
    assert "another program" in refused["cause"]


def test_a_damaged_store_is_told_without_a_traceback(vidctl: Vidctl, film: str, home: Path) -> None:
    (store,) = home.rglob("vidctl.db")
    content = bytearray(store.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    store.write_bytes(content)
    refused = vidctl("project", "list", "--json", code=1).error()
    assert refused["code"] == "store_failed"
    assert "damaged" in refused["problem"]


def test_a_store_that_does_not_answer_is_unreachable(vidctl: Vidctl, film: str, home: Path) -> None:
    (store,) = home.rglob("vidctl.db")
    vidctl("config", "set", "store_timeout", "0.2")
    other = sqlite3.connect(store, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        refused = vidctl("project", "create", "Another", "--json", code=5).error()
        assert (refused["code"], vidctl("project", "list").code) == ("unreachable", 0)
    finally:
        other.close()


def test_a_mongodb_that_is_not_there_is_unreachable_and_its_password_is_not_shown(
    vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "open_store", partial(opening.open_store, selection_timeout=0.1))
    run = vidctl("--store", "mongodb://ada:hunter2@127.0.0.1:1/films", "project", "list", "--json", code=5)
    assert run.error()["code"] == "unreachable"
    assert "hunter2" not in run.out + run.err
