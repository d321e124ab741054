"""What stands between us and a server of OpenAI's videos API."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator

import pytest

from tests.fakes.video_http import Faults, VideoServer
from vidctl.dtos.openai_dtos import OpenAIRemixDTO, OpenAIVideoQueryDTO
from vidctl.errors import (
    AuthenticationFailed,
    ConfigurationError,
    Conflict,
    InvalidInput,
    NotFound,
    Unreachable,
    VidctlError,
)
from vidctl.services.openai_video_service import OpenAIVideoService, connect

KEY = "hunter2-is-the-key"


@pytest.fixture
def server() -> Iterator[VideoServer]:
    with VideoServer() as server:
        yield server


@pytest.fixture
def service(server: VideoServer) -> Iterator[OpenAIVideoService]:
    videos = connect(server.url, "", timeout=10)
    yield OpenAIVideoService(videos)
    videos.close()


def refusal(service: OpenAIVideoService) -> VidctlError:
    with pytest.raises(VidctlError) as refused:
        service.list_videos(OpenAIVideoQueryDTO())
    return refused.value


# what it can do


def test_pages_follow_one_another_until_there_are_no_more(server: VideoServer, service: OpenAIVideoService) -> None:
    ids = [server.add() for _ in range(5)]
    seen: list[str] = []
    after = None
    while True:
        page = service.list_videos(OpenAIVideoQueryDTO(limit=2, after=after, sort="created"))
        seen += [video.id for video in page.items]
        if (after := page.next_after) is None:
            break
    assert seen == ids
    assert [video.id for video in service.list_videos(OpenAIVideoQueryDTO()).items] == ids[::-1]


def test_a_page_without_its_last_id_is_followed_by_its_last_video(
    server: VideoServer, service: OpenAIVideoService
) -> None:
    video = {"id": "v1", "status": "queued"}
    server.faults = Faults(200, json.dumps({"data": [video], "has_more": True}).encode())
    page = service.list_videos(OpenAIVideoQueryDTO())
    assert (page.next_after, page.items[0].model) == ("v1", None)


def test_a_video_is_shown_with_what_was_asked_and_why_it_failed(
    server: VideoServer, service: OpenAIVideoService
) -> None:
    failed = server.add(status="failed", error={"code": "moderation_blocked", "message": "not this"}, progress=12)
    shown = service.get_video(failed)
    assert (shown.status, shown.error, shown.seconds) == ("failed", "moderation_blocked: not this", 8.0)
    assert shown.created_at
    assert shown.created_at.year == 2026


def test_a_remix_is_a_new_video_that_knows_its_source(server: VideoServer, service: OpenAIVideoService) -> None:
    source = server.add()
    remix = service.remix_video(source, OpenAIRemixDTO(prompt="in snow"))
    assert (remix.remixed_from, remix.prompt, remix.status) == (source, "in snow", "queued")
    with pytest.raises(InvalidInput, match="not ready yet"):
        service.remix_video(remix.id, OpenAIRemixDTO(prompt="in rain"))


def test_a_deleted_video_is_gone(server: VideoServer, service: OpenAIVideoService) -> None:
    video = server.add()
    assert service.delete_video(video).deleted == {"videos": 1}
    with pytest.raises(NotFound, match="not found"):
        service.get_video(video)


def test_a_delete_that_the_server_did_not_do_is_not_called_one(
    server: VideoServer, service: OpenAIVideoService
) -> None:
    server.faults = Faults(200, b'{"id": "v1", "deleted": false}')
    with pytest.raises(Conflict):
        service.delete_video("v1")


@pytest.mark.parametrize("video_id", ["", ".", "..", "a/b", "../models", "a b", "x" * 300, "a?b", "a\n"])
def test_what_is_no_id_never_reaches_the_server(
    server: VideoServer, service: OpenAIVideoService, video_id: str
) -> None:
    with pytest.raises(InvalidInput):
        service.delete_video(video_id)
    assert server.requests == []


# who we are


def test_a_key_is_sent_as_a_bearer_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_KEY", KEY)
    with VideoServer(KEY) as server:
        videos = connect(server.url, "env:VIDEO_KEY", timeout=10)
        assert videos.list({}).data == ()
        videos.close()


def test_a_wrong_key_is_refused_and_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEO_KEY", KEY)
    with VideoServer("another") as server:
        videos = connect(server.url, "env:VIDEO_KEY", timeout=10)
        with pytest.raises(AuthenticationFailed, match=r"Incorrect API key provided: Bearer \*\*\*") as refused:
            videos.list({})
        videos.close()
    assert KEY not in json.dumps(refused.value.as_dict())


def test_a_key_does_not_follow_a_redirect(server: VideoServer, service: OpenAIVideoService) -> None:
    with VideoServer() as elsewhere:
        server.faults = Faults(307, headers={"Location": f"{elsewhere.url}/videos"})
        assert isinstance(refusal(service), Unreachable)
        assert elsewhere.requests == []


def test_a_key_that_is_not_there_and_a_server_that_is_not_set_say_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="NO_SUCH_KEY"):
        connect("http://127.0.0.1:9/v1", "env:NO_SUCH_KEY", timeout=1)
    with pytest.raises(ConfigurationError) as unset:
        connect("", "", timeout=1)
    assert "vidctl config set openai_url" in unset.value.fix


# what goes wrong


@pytest.mark.parametrize(("wait", "told"), [("17", "in 17 s"), ("Wed, 25 Nov 2026", "after Wed"), ("", "later")])
def test_a_busy_server_is_unreachable_and_says_when_to_come_back(
    server: VideoServer, service: OpenAIVideoService, wait: str, told: str
) -> None:
    server.faults = Faults(429, b'{"error": {"message": "slow down"}}', {"Retry-After": wait} if wait else {})
    error = refusal(service)
    assert isinstance(error, Unreachable)
    assert (error.cause, told in error.fix, error.details["status"]) == ("slow down", True, 429)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthenticationFailed), (403, AuthenticationFailed), (404, NotFound), (405, NotFound), (501, NotFound),
     (400, InvalidInput), (422, InvalidInput), (500, Unreachable), (503, Unreachable), (302, Unreachable)],
)  # fmt: skip
def test_each_refusal_is_an_error_of_ours(
    server: VideoServer, service: OpenAIVideoService, status: int, kind: type[VidctlError]
) -> None:
    server.faults = Faults(status, b"<html>no</html>", {"Content-Type": "text/html"})
    error = refusal(service)
    assert type(error) is kind
    assert f"{status} " in error.cause


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>welcome</html>", b'{"data": [', b"[]", b"null", b"\xff\xfe\x00", b'{"data": 7}', b'{"data": [{}]}',
     b'{"object": "list"}', b'{"data": [{"id": "x", "status": "done", "created_at": "soon"}]}', b"[" * 200_000],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_answer_of_such_a_server_is_told_as_that(
    server: VideoServer, service: OpenAIVideoService, body: bytes
) -> None:
    server.faults = Faults(200, body)
    error = refusal(service)
    assert isinstance(error, Unreachable)
    assert error.problem.endswith("does not answer as a video API does")


def test_an_endless_answer_is_cut_off_also_where_it_is_compressed(
    server: VideoServer, service: OpenAIVideoService
) -> None:
    bomb = gzip.compress(b'{"data": [' + b" " * 50_000_000)
    server.faults = Faults(200, bomb, {"Content-Encoding": "gzip"})
    assert "larger than 8 MiB" in refusal(service).cause


def test_a_silent_server_and_one_that_is_not_there_are_unreachable(server: VideoServer) -> None:
    server.faults = Faults(delay=60)
    videos = connect(server.url, "", timeout=0.05)
    with pytest.raises(Unreachable, match=r"silent for 0.05 s"):
        videos.list({})
    videos.close()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        gone = connect(f"http://127.0.0.1:{one.getsockname()[1]}/v1", "", timeout=1)
        with pytest.raises(Unreachable, match="refused"):
            gone.list({})
        gone.close()
