"""Start-up is a feature: what each command may load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import vidctl

#: Modules that cost more than a few milliseconds, or open what a command does not need.
HEAVY = {
    "pydantic", "rich", "httpx", "pymongo", "bson", "websockets", "av", "PIL", "numpy", "keyring", "asyncio",
    "sqlite3", "imageio_ffmpeg",
}  # fmt: skip
OWN_ROOMS = ("services", "dtos", "domain", "repositories", "gateways", "exporters", "app", "settings")

_PROGRAM = """
import sys
from vidctl.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write("\\n".join(sys.modules))
raise SystemExit(code)
"""


def _loaded(tmp_path: Path, *arguments: str) -> set[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIDCTL_", "XDG_"))}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(Path(vidctl.__file__).parent.parent)}
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_load_nothing_but_the_command_line_itself(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    loaded = _loaded(tmp_path, *arguments)
    assert HEAVY & loaded == set()
    assert {name for name in loaded if name.split(".")[0] == "vidctl"} == {
        "vidctl", "vidctl.cli", "vidctl.cli.context", "vidctl.cli.main",
    }  # fmt: skip


@pytest.mark.parametrize("group", ["project", "clip", "queue", "generate", "comfyui", "config"])
def test_the_help_of_a_group_loads_no_room_behind_it(tmp_path: Path, group: str) -> None:
    loaded = _loaded(tmp_path, group, "--help")
    assert HEAVY & loaded == set()
    assert [room for room in OWN_ROOMS if f"vidctl.{room}" in loaded] == []


@pytest.fixture(scope="module")
def home_with_a_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    _loaded(home, "project", "create", "x")
    return home


@pytest.mark.parametrize("line", ["project list", "clip list --json -p x", "scene create Y -p x"])
def test_a_command_on_the_local_store_loads_no_driver_it_does_not_need(home_with_a_film: Path, line: str) -> None:
    assert HEAVY & _loaded(home_with_a_film, *line.split()) == {"pydantic", "sqlite3"}


@pytest.mark.parametrize("line", ["config show", "help"])
def test_a_command_without_a_store_opens_none(tmp_path: Path, line: str) -> None:
    assert HEAVY & _loaded(tmp_path, *line.split()) == {"pydantic"}
