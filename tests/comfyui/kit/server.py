"""A genuine ComfyUI server as a Python object: start, stop, kill, restart.

Each server has a base folder of its own (models linked from the kit, our fault-injecting nodes copied in), a port of
its own on loopback, and a process group of its own; it dies with the test process (see launch.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.comfyui.kit import install

START_TIMEOUT = 180.0  # seconds; 12 to 30 are usual on two busy cores
STOP_TIMEOUT = 15.0  # seconds between asking and killing
POLL_INTERVAL = 0.1  # seconds
LOG_TAIL_LINES = 40
NODE_PACK = "vidctl_test_nodes"
FOLDERS = ("user", "input", "output", "temp", "custom_nodes", "models", "no-ui")


class ServerStartError(RuntimeError):
    """The server ended or stayed silent; the text carries the tail of its log."""


class ComfyServer:
    """A running server. Leaving the `with` block ends it and deletes its folder."""

    def __init__(self, version: str, extra_args: Sequence[str]) -> None:
        self._kit = install.ensure(version)
        self.version = version
        self.extra_args = tuple(extra_args)
        self.port = free_port()
        self.base = Path(tempfile.mkdtemp(prefix="vidctl-comfyui-"))
        self._process: subprocess.Popen[bytes] | None = None
        _furnish(self.base, self._kit.models)

    @classmethod
    def start(cls, version: str = install.DEFAULT_VERSION, extra_args: Sequence[str] = ()) -> Self:
        """Start a server and wait until it answers. `extra_args` go to its main.py. Raises ServerStartError."""
        server = cls(version, extra_args)
        try:
            server.restart()
        except BaseException:
            server.close()
            raise
        return server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Everything the server printed, over all its restarts."""
        return self.base / "server.log"

    @property
    def pid(self) -> int:
        """The process of the running server, which also leads its process group."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def stop(self) -> None:
        """Ask the server to end, kill it when it does not. Nothing happens when it is not running."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_TIMEOUT)
        self.kill()

    def kill(self) -> None:
        """End the server and its children at once, as a crash or a power cut would."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None

    def restart(self) -> None:
        """Stop the server if it runs, and start it on the same port and folder. Its history is lost, its files stay."""
        self.stop()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                env=_environment(),
                stdin=subprocess.PIPE,  # held open for the server's lifetime: launch.py ends with it
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers(self._process)

    def close(self) -> None:
        """Stop the server and delete its folder."""
        self.stop()
        shutil.rmtree(self.base)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _command(self) -> list[str]:
        launcher = Path(__file__).with_name("launch.py")
        options = {
            "--listen": "127.0.0.1",
            "--port": str(self.port),
            "--base-directory": str(self.base),
            "--front-end-root": str(self.base / "no-ui"),
            "--database-url": "sqlite:///:memory:",
            "--whitelist-custom-nodes": NODE_PACK,
        }
        switches = ("--cpu", "--disable-auto-launch", "--disable-api-nodes", "--disable-all-custom-nodes")
        arguments = [part for option in options.items() for part in option]
        server = self._kit.server(self.version)
        return [str(self._kit.python), str(launcher), str(server), *switches, *arguments, *self.extra_args]

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        with httpx.Client(base_url=self.url, trust_env=False) as client:
            while time.monotonic() < deadline:
                if process.poll() is not None:
                    raise ServerStartError(self._report(f"ended with exit code {process.returncode}"))
                with suppress(httpx.TransportError):
                    if client.get("/system_stats").is_success:
                        return
                time.sleep(POLL_INTERVAL)
        raise ServerStartError(self._report(f"did not answer within {START_TIMEOUT:.0f} seconds"))

    def _report(self, what: str) -> str:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
        return f"ComfyUI {self.version} {what}; the end of its log:\n{tail}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _furnish(base: Path, models: Path) -> None:
    """Make what a server wants to find in its base folder."""
    for name in FOLDERS:
        (base / name).mkdir()
    (base / "no-ui" / "index.html").write_text("<!doctype html><title>no user interface</title>\n")
    shutil.copytree(Path(__file__).with_name("nodes") / NODE_PACK, base / "custom_nodes" / NODE_PACK)
    for model in models.rglob("*.safetensors"):  # one link each, so that a test may take a model away
        link = base / "models" / model.relative_to(models)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(model)


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # one thread: more of them wait for each other in a spin and make a step 20 times slower on busy cores
    return inherited | {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
