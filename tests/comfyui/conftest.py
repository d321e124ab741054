"""Tests against the genuine ComfyUI server, on a CPU with tiny models. The one command, on a cold machine too:

    python -m pytest -m comfyui -n 0

Asking for the marker installs what is missing (a few minutes and about 2 GB, once, in a cache outside the checkout:
$VIDCTL_TEST_CACHE, else vidctl-tests in the user's cache folder). Every test in this folder carries the marker.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.comfyui.kit import install
from tests.comfyui.kit.server import ComfyServer
from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import Studio

HERE = Path(__file__).resolve().parent


def _is_ours(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE)


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in filter(_is_ours, items):
        item.add_marker(pytest.mark.comfyui)
        item.add_marker(pytest.mark.xdist_group("comfyui"))  # one worker, hence one server


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install outside the tests: no single test's time limit has to allow for it."""
    if session.config.option.collectonly or not any(map(_is_ours, session.items)) or install.is_installed():
        return
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if reporter:
        reporter.write_line(f"Installing ComfyUI into {install.default_root()}, once; this takes some minutes")
    try:
        install.ensure()
    except install.InstallError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.INTERNAL_ERROR)


@pytest.fixture(scope="session")
def comfy() -> Iterator[ComfyServer]:
    """The server that all tests share: leave its queue empty, and start another one to break."""
    with ComfyServer.start() as server:
        yield server


@pytest.fixture
def seen(comfy: ComfyServer) -> Iterator[ServerView]:
    """What the shared server knows of the prompts of this test; it is idle again when the test ends."""
    with closing(ServerView(comfy.url)) as view:
        yield view
        view.make_idle()


@pytest.fixture
def studio(comfy: ComfyServer, seen: ServerView, tmp_path: Path) -> Iterator[Studio]:
    """An empty home folder for a film on the shared server."""
    with closing(Studio(tmp_path, comfy.url)) as studio:
        yield studio
