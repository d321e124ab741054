"""From the setting `store` to a store."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from vidctl.errors import ConfigurationError, NewerFormat
from vidctl.repositories.opening import open_store
from vidctl.repositories.sqlite_store import SqliteStore


@pytest.mark.parametrize("slashes", ["sqlite://{}", "sqlite:///{}", "sqlite:////{}"])
def test_a_file_is_named_by_its_path(tmp_path: Path, slashes: str) -> None:
    file = tmp_path / "films" / "store.db"
    url = slashes.format(file).replace("////", "///") if slashes == "sqlite://{}" else slashes.format(str(file)[1:])
    with closing(open_store(url)) as store:
        assert store.describe()["location"] == str(file)
    assert file.exists()


def test_a_path_may_be_relative_or_start_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for url, file in (("sqlite://here.db", "here.db"), ("sqlite://~/there.db", "home/there.db")):
        open_store(url).close()
        assert (tmp_path / file).exists()


def test_a_drive_of_windows_is_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store("sqlite:///C:films.db")) as store:
        assert store.describe()["location"] == "C:films.db"


@pytest.mark.parametrize("url", [":memory:", "sqlite://:memory:", "sqlite:///:memory:"])
def test_memory_is_migrated_and_gone_afterwards(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_store(url)) as store:
        assert store.count("migrations", {}) > 0
        assert store.describe()["location"] == ":memory:"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "sqlite://", "films.db", "postgres://me:pa55word@host/db", "mongodb:host"])
def test_anything_else_is_refused_with_the_forms_that_work(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_store(url)
    assert "sqlite:///FILE" in raised.value.fix
    assert "pa55word" not in str(raised.value.as_dict())


def test_a_store_that_is_too_new_is_closed_again(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "store.db")) as store:
        store.insert("migrations", {"id": "9999_future"})
    with pytest.raises(NewerFormat):
        open_store(f"sqlite://{tmp_path}/store.db")
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


def test_the_embedded_store_does_without_the_driver_of_mongodb() -> None:
    code = """
import sys
from vidctl.repositories.opening import open_store
open_store(":memory:").close()
sys.exit(", ".join(sorted({"pymongo", "bson"} & set(sys.modules))) or 0)
"""
    path = [entry for entry in sys.path if entry]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}{code}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
