"""A server behind a proxy that wants to know who is there: on HTTP and on the websocket, and nothing of it is kept."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.comfyui.kit.server import ComfyServer
from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import QUICK, Done, Studio
from tests.fakes.gate import Gate

SECRET = "correct-horse-battery"
PAIR = base64.b64encode(f"ada:{SECRET}".encode()).decode()
LOGINS = {
    "basic": (("authorization", f"Basic {PAIR}"), ("--auth", "basic", "--user", "ada", "--secret", "env:BOX_SECRET")),
    "bearer": (("authorization", f"Bearer {SECRET}"), ("--auth", "bearer", "--secret", "env:BOX_SECRET")),
    "header": (("x-api-key", SECRET), ("--header", "X-Api-Key: env:BOX_SECRET")),
}


@pytest.fixture(params=LOGINS)
def login(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def gate(comfy: ComfyServer, login: str) -> Iterator[Gate]:
    with Gate(comfy.url, "/studio/one", *LOGINS[login][0]) as gate:
        yield gate


@pytest.fixture
def guarded(studio: Studio, gate: Gate, login: str) -> Studio:
    """A film whose server is reached through the gate."""
    studio.plan("a")
    studio.vidctl("comfyui", "update", "box", "--url", gate.url, *LOGINS[login][1])
    return studio


def assert_secret_is_nowhere(studio: Studio, *told: Done) -> None:
    """Not in the store, a sidecar, a setting, a log or what was printed; nor as the header carries it."""
    files = [path.read_bytes() for path in studio.folder.rglob("*") if path.is_file()]
    assert len(files) > 3
    for text in (SECRET.encode(), PAIR.encode()):
        assert not [content for content in files if text in content]
        assert not [done for done in told if text.decode() in done.out + done.err]


def test_the_secret_opens_the_gate_for_everything_and_stays_in_the_environment(
    guarded: Studio, seen: ServerView, gate: Gate
) -> None:
    told = [
        guarded.vidctl(*command, BOX_SECRET=SECRET)
        for command in (
            ("comfyui", "check"),
            ("generate", "image", "one/a", *QUICK, "--json"),
            ("comfyui", "info", "box", "--json"),
            ("export", "json", "film", "-o", "film.json"),
        )
    ]
    assert {"/system_stats", "/prompt", "/ws", "/view"} <= set(gate.passed)
    assert gate.refused == 0
    assert list(seen.prompts().values()) == ["success"]
    assert_secret_is_nowhere(guarded, *told)


def test_without_the_secret_the_variable_is_named(guarded: Studio, gate: Gate) -> None:
    refused = guarded.vidctl("generate", "image", "one/a", *QUICK, code=6)
    assert "export BOX_SECRET=" in refused.err
    assert guarded.jobs() == []
    assert (gate.passed, gate.refused) == ([], 0)


def test_a_wrong_secret_is_refused_and_not_repeated(guarded: Studio, gate: Gate) -> None:
    wrong = guarded.vidctl("generate", "image", "one/a", *QUICK, code=6, BOX_SECRET="wrong-secret-battery")
    assert "401 Unauthorized" in wrong.err
    assert "wrong-secret-battery" not in wrong.err
    assert guarded.jobs() == []
    assert gate.passed == []
