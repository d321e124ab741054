"""vidctl openai, against a server of the published contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.fakes.video_http import VideoServer

KEY = "hunter2-is-the-key"


@pytest.fixture
def server(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> Iterator[VideoServer]:
    """A server that wants a key, and settings that name both."""
    monkeypatch.setenv("VIDEO_KEY", KEY)
    with VideoServer(KEY) as server:
        vidctl("config", "set", "openai_url", server.url)
        vidctl("config", "set", "openai_key", "env:VIDEO_KEY")
        yield server


def test_videos_are_listed_in_pages(vidctl: Vidctl, server: VideoServer) -> None:
    first, second, third = (server.add() for _ in range(3))
    page = vidctl("openai", "list", "--limit", 2, "--json").json()
    assert ([item["id"] for item in page["items"]], page["next_after"]) == ([third, second], second)
    rest = vidctl("openai", "list", "--after", second)
    assert [row[0] for row in rest.rows()] == ["VIDEO", first]
    more = vidctl("openai", "list", "--sort", "created", "--limit", 1).rows()[-1]
    assert more == [f"1 are shown: --after {first} goes on"]


def test_a_video_is_shown_remixed_and_deleted(vidctl: Vidctl, server: VideoServer) -> None:
    video = server.add()
    assert vidctl("openai", "show", video).fields()["prompt"] == "street 1"
    Path("prompt.txt").write_text("the same in snow\n", encoding="utf-8")
    remix = vidctl("openai", "remix", video, "--prompt", "@prompt.txt", "--json").json()
    assert (remix["prompt"], remix["remixed_from"], remix["status"]) == ("the same in snow", video, "queued")
    assert "--yes" in vidctl("openai", "delete", video, code=2).err
    assert vidctl("openai", "delete", video, "--yes", "--json").json()["deleted"] == {"videos": 1}
    assert vidctl("openai", "show", video, "--json", code=3).error()["code"] == "not_found"


@pytest.mark.parametrize("wrong", [("--limit", 0), ("--limit", 101), ("--sort", "up"), ("--after", "")])
def test_a_page_that_cannot_be_asked_for_is_refused(
    vidctl: Vidctl, server: VideoServer, wrong: tuple[str, object]
) -> None:
    vidctl("openai", "list", *wrong, code=2)
    assert server.requests == []


def test_an_empty_prompt_asks_for_nothing(vidctl: Vidctl, server: VideoServer) -> None:
    vidctl("openai", "remix", server.add(), "--prompt", " ", code=2)
    assert server.requests == []


def test_without_a_server_it_is_said_how_to_name_one(vidctl: Vidctl) -> None:
    refused = vidctl("openai", "list", "--json", code=6).error()
    assert (refused["code"], "openai_url" in refused["fix"]) == ("configuration", True)


def test_a_key_is_kept_by_reference_and_never_shown(
    vidctl: Vidctl, server: VideoServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = vidctl("config", "show", "--json")
    assert (shown.json()["openai_key"], KEY in shown.out) == ("env:VIDEO_KEY", False)
    monkeypatch.setenv("VIDEO_KEY", f"{KEY}-wrong")
    refused = vidctl("openai", "list", "--json", code=6)
    assert refused.error()["code"] == "authentication_failed"
    assert KEY not in refused.out + refused.err
    assert not any(KEY.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_key_itself_is_not_taken_as_a_setting_nor_said_back(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = vidctl("config", "set", "openai_key", KEY, "--json", code=2)
    assert ("env:VARIABLE" in refused.error()["cause"], KEY in refused.out + refused.err) == (True, False)
    monkeypatch.setenv("VIDCTL_OPENAI_KEY", KEY)
    refused = vidctl("config", "show", "--json", code=6)
    assert KEY not in refused.out + refused.err


@pytest.mark.parametrize("url", ["ftp://host/v1", "file:///etc/passwd", "host:8000", "http://u:hunter2@host/v1"])
def test_only_web_addresses_without_passwords_are_taken(vidctl: Vidctl, url: str) -> None:
    refused = vidctl("config", "set", "openai_url", url, code=2)
    assert "hunter2" not in refused.out + refused.err
