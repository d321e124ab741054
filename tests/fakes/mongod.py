"""MongoDB servers for tests: a genuine `mongod` from the PATH, alone or as a replica set, else a stand-in on the wire.

The stand-in (SecantusDB) is a separate program under the GPL: it is installed into its own environment in the tests'
cache and only ever run as a process. It proves calls over a real socket, neither speed nor concurrency.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from tests.comfyui.kit.install import Part, default_root, install_parts

_PINS = (
    "SecantusDB==0.7.0b3", "pymongo==4.20.0", "dnspython==2.9.2", "future==1.0.0", "numpy==2.4.6",
    "python-dateutil==4.0.0", "s2sphere==0.2.5", "shapely==2.2.0", "tzdata==2026.6",
)  # fmt: skip
_START_SECONDS = 60.0


@dataclass
class Server:
    """A running server: its address without a database, and its processes (killing one is a test's right)."""

    url: str
    processes: list[subprocess.Popen[bytes]]


def genuine() -> str | None:
    """The path of a `mongod`, if there is one."""
    return shutil.which("mongod")


@contextlib.contextmanager
def single(folder: Path) -> Iterator[Server]:
    """One genuine server."""
    port = _free_port()
    url = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    with _running([_mongod(port, folder)]) as processes:
        _wait(url, _answers)
        yield Server(url, processes)


@contextlib.contextmanager
def replica_set(folder: Path) -> Iterator[Server]:
    """Three genuine servers that elect a primary."""
    ports = [_free_port() for _ in range(3)]
    hosts = [f"127.0.0.1:{port}" for port in ports]
    with _running([[*_mongod(port, folder), "--replSet", "vidctl"] for port in ports]) as processes:
        for host in hosts:
            _wait(f"mongodb://{host}/?directConnection=true", _answers)
        members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
        with pymongo.MongoClient[Any](f"mongodb://{hosts[0]}/?directConnection=true") as client:
            client.admin.command("replSetInitiate", {"_id": "vidctl", "members": members})
        url = f"mongodb://{','.join(hosts)}/?replicaSet=vidctl"
        _wait(url, _has_primary)
        yield Server(url, processes)


@contextlib.contextmanager
def stand_in(folder: Path) -> Iterator[Server]:
    """The program that speaks MongoDB's protocol, synced to disk on every write."""
    port = _free_port()
    storage = folder / f"stand-in-{port}"
    url = f"mongodb://127.0.0.1:{port}/?directConnection=true"
    address = ["--host", "127.0.0.1", "--port", str(port)]
    with _running(
        [[str(_stand_in_program()), *address, "--storage-path", str(storage), "--sync-on-commit"]]
    ) as processes:
        _wait(url, _answers)
        yield Server(url, processes)


def _mongod(port: int, folder: Path) -> list[str]:
    data = folder / f"mongod-{port}"
    data.mkdir(parents=True)
    where = ["--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(data), "--logpath", f"{data}.log"]
    return [str(genuine()), *where, "--wiredTigerCacheSizeGB", "0.25"]


def _stand_in_program() -> Path:
    venv = default_root() / "secantusdb"
    install_parts([Part(venv, "\n".join(_PINS), _make_venv)], default_root())
    return venv / "bin" / "secantusd-py"


def _make_venv(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", *_PINS]
    subprocess.run(install, check=True)


@contextlib.contextmanager
def _running(commands: Sequence[Sequence[str]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    with contextlib.ExitStack() as stack:
        processes = []
        for command in commands:
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.kill)
            processes.append(process)
        yield processes


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(client: pymongo.MongoClient[Any]) -> bool:
    return bool(client.admin.command("ping"))


def _has_primary(client: pymongo.MongoClient[Any]) -> bool:
    return client.primary is not None and len(client.secondaries) == 2


def _wait(url: str, ready: Callable[[pymongo.MongoClient[Any]], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with pymongo.MongoClient[Any](url, serverSelectionTimeoutMS=500) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(PyMongoError):
                if ready(client):
                    return
            time.sleep(0.1)
    raise TimeoutError(f"no server was ready at {url} within {_START_SECONDS:.0f} s")
