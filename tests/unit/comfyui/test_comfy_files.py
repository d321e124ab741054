"""Files that go to a ComfyUI server and come from it: whole, or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.comfy_recordings import media
from tests.fakes.comfy_stage import PNG, problem_of
from tests.fakes.comfy_wire import ComfyWire
from vidctl.errors import ConfigurationError, DiskFull, InvalidInput, OutputInvalid, Unreachable
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.render_backend import RemoteFile


def test_a_download_is_the_file(wire: ComfyWire, backend: ComfyBackend, tmp_path: Path) -> None:
    backend.fetch(PNG, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes() == media(PNG.filename)


@pytest.mark.parametrize("fault", ["cut_download", "content_length"])
def test_half_a_download_is_none(wire: ComfyWire, backend: ComfyBackend, tmp_path: Path, fault: str) -> None:
    setattr(wire.faults, fault, len(media(PNG.filename)) + 10)
    assert isinstance(problem_of(lambda: backend.fetch(PNG, tmp_path / "one.png")), Unreachable)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_cannot_be_fetched(backend: ComfyBackend, tmp_path: Path) -> None:
    gone = RemoteFile("gone.png", "vidctl")
    assert isinstance(problem_of(lambda: backend.fetch(gone, tmp_path / "gone.png")), OutputInvalid)


def test_a_full_disk_leaves_nothing_behind(
    backend: ComfyBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert isinstance(problem_of(lambda: backend.fetch(PNG, tmp_path / "one.png")), DiskFull)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_named(backend: ComfyBackend, tmp_path: Path) -> None:
    error = problem_of(lambda: backend.fetch(PNG, tmp_path / "nowhere" / "one.png"))
    assert isinstance(error, ConfigurationError)
    assert "nowhere" in error.cause


def test_a_failed_download_keeps_the_older_file(wire: ComfyWire, backend: ComfyBackend, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_text("older")
    wire.faults.cut_download = True
    problem_of(lambda: backend.fetch(PNG, tmp_path / "one.png"))
    assert (tmp_path / "one.png").read_text() == "older"


def test_an_upload_is_named_after_its_content(wire: ComfyWire, tmp_path: Path) -> None:
    (tmp_path / "Żółw (1).PNG").write_bytes(media(PNG.filename))
    with closing(ComfyClient(wire.url)) as client:
        name = client.upload(tmp_path / "Żółw (1).PNG")
        assert client.upload(tmp_path / "Żółw (1).PNG") == name
    assert wire.uploads == {name: media(PNG.filename)}
    assert name.isascii()
    assert name.endswith(".png")


def test_an_upload_is_known_by_the_name_that_the_server_gave_it(wire: ComfyWire, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(media(PNG.filename))
    with closing(ComfyClient(wire.url)) as client:
        name = client.upload(tmp_path / "a.png")
        wire.uploads[name] = b"something else"
        assert client.upload(tmp_path / "a.png") == name.replace(".png", " (1).png")


def test_an_upload_that_is_too_large_is_refused(wire: ComfyWire, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(media(PNG.filename))
    wire.faults.upload_too_large = True
    with closing(ComfyClient(wire.url)) as client:
        assert isinstance(problem_of(lambda: client.upload(tmp_path / "a.png")), InvalidInput)
