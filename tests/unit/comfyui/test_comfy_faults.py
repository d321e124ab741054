"""What stands between us and a ComfyUI server: networks, proxies, logins, refusals."""

from __future__ import annotations

import logging
from contextlib import closing

import pytest

from tests.fakes.comfy_recordings import recording, refused
from tests.fakes.comfy_stage import ANY, QUICK, Connect, last, problem_of, render
from tests.fakes.comfy_wire import ComfyWire
from vidctl.domain.document import new_id
from vidctl.errors import (
    AuthenticationFailed,
    InvalidInput,
    RenderRejected,
    ServerCannotRender,
    Unreachable,
)
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.credentials import Credentials
from vidctl.gateways.render_backend import Whereabouts


def test_a_server_that_is_down_is_unreachable(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.stop()
    error = problem_of(backend.status)
    assert isinstance(error, Unreachable)
    assert "refused" in error.cause


def test_a_silent_server_is_unreachable(wire: ComfyWire, connect: Connect) -> None:
    wire.faults.delay = 60
    error = problem_of(connect(read_timeout=0.05).status)
    assert isinstance(error, Unreachable)
    assert error.cause == "silent for 0.05 s"


def test_a_web_page_is_not_taken_for_a_server(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.html = True
    error = problem_of(backend.status)
    assert isinstance(error, Unreachable)
    assert error.problem == f"{wire.url} is not a ComfyUI server"
    assert error.details == {"status": 200, "content_type": "text/html"}


def test_a_redirect_to_a_login_page_is_not_followed(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.login_page = True
    assert isinstance(problem_of(backend.status), Unreachable)
    assert wire.requests == ["GET /system_stats"]


@pytest.mark.parametrize("body", [{}, [], "text", {"system": {}}, {"queue_running": []}])
def test_another_programs_json_is_not_taken_for_a_server(wire: ComfyWire, backend: ComfyBackend, body: object) -> None:
    wire.faults.json = body
    error = problem_of(backend.status)
    assert isinstance(error, Unreachable)
    assert "is not a ComfyUI server" in error.problem


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "not a ComfyUI server"), (500, "not a ComfyUI server")]
    + [(busy, "cannot answer now") for busy in (429, 502, 503, 504)],
)
def test_a_broken_proxy_is_unreachable(wire: ComfyWire, backend: ComfyBackend, status: int, words: str) -> None:
    wire.faults.status = status
    error = problem_of(backend.status)
    assert isinstance(error, Unreachable)
    assert words in error.problem
    assert str(status) in error.cause


# Who we are


def test_credentials_go_with_requests_and_websocket_alike() -> None:
    secret = {"Authorization": "Bearer hunter2", "X-Gate": "open"}
    with ComfyWire(wants=secret) as wire:
        client = ComfyClient(wire.url, credentials=Credentials.bearer("hunter2", {"X-Gate": "open"}))
        with closing(ComfyBackend(client, lambda _: recording("png").graph, "gated", timing=QUICK)) as backend:
            render(backend, wire, "png")
        assert [headers for headers in wire.websocket_headers if secret.items() <= headers.items()]


def test_the_websocket_has_no_origin(wire: ComfyWire, backend: ComfyBackend) -> None:
    render(backend, wire, "png")
    assert ["Origin" in headers for headers in wire.websocket_headers] == [False]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_login_is_not_an_unreachable_server(wire: ComfyWire, backend: ComfyBackend, status: int) -> None:
    wire.faults.status = status
    assert isinstance(problem_of(backend.status), AuthenticationFailed)


def test_the_secret_is_in_no_message_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    credentials = Credentials.basic("ada", "hunter2")
    hidden = credentials.headers["Authorization"].removeprefix("Basic ")
    with ComfyWire(wants={"Authorization": "Basic somebody else"}) as wire:
        client = ComfyClient(wire.url, credentials=credentials)
        with closing(ComfyBackend(client, lambda _: {}, "gated", timing=QUICK)) as backend:
            error = problem_of(backend.status)
            with pytest.raises(Unreachable), client.socket("me"):
                pass
    spoken = f"{error.as_dict()} {credentials!r} {caplog.text}"
    assert "hunter2" not in spoken
    assert hidden not in spoken


def test_a_secret_that_cannot_be_sent_is_refused_unseen() -> None:
    with pytest.raises(InvalidInput) as caught:
        Credentials.bearer("hunter2\n")
    assert "hunter2" not in str(caught.value.as_dict())


def test_a_server_may_live_below_a_path() -> None:
    with ComfyWire(prefix="/gpu/one") as wire:
        client = ComfyClient(f"{wire.url}/")
        with closing(ComfyBackend(client, lambda _: recording("png").graph, "prefixed", timing=QUICK)) as backend:
            assert render(backend, wire, "png").files
        assert any(request == "GET /gpu/one/ws" for request in wire.requests)


# Submitting


@pytest.mark.parametrize(
    ("name", "node_id", "class_type", "field", "words"),
    [
        ("ckpt", "1", "CheckpointLoaderSimple", "ckpt_name", "'nope.safetensors' not in"),
        ("values", "5", "KSampler", "steps", "smaller than min"),
        ("type_mismatch", "7", "SaveImage", "images", "mismatch"),
        ("missing_node", "99", "NoSuchNode", "", "not found"),
        ("no_outputs", "", "", "", "no outputs"),
    ],
)
def test_a_refused_graph_says_where_and_why(
    wire: ComfyWire, backend: ComfyBackend, name: str, node_id: str, class_type: str, field: str, words: str
) -> None:
    wire.faults.refuse_prompt = refused(name)
    error = problem_of(lambda: backend.submit(ANY, new_id()))
    assert isinstance(error, RenderRejected)
    (node,) = [node for node in error.details["nodes"] if (node["node_id"], node["field"]) == (node_id, field)]
    assert node["class_type"] == class_type
    assert words in node["reason"]
    assert all(word in error.cause for word in (node_id, class_type, field, words))


@pytest.mark.parametrize(("name", "lacks"), [("ckpt", True), ("missing_node", True), ("type_mismatch", False)])
def test_only_what_another_server_may_have_is_a_lack(
    wire: ComfyWire, backend: ComfyBackend, name: str, lacks: bool
) -> None:
    wire.faults.refuse_prompt = refused(name)
    error = problem_of(lambda: backend.submit(ANY, new_id()))
    assert isinstance(error, ServerCannotRender) is lacks


def test_a_graph_that_is_accepted_in_part_is_cancelled_and_refused(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.hold = {"partly_valid"}
    prompt_id = new_id()
    wire.play = "partly_valid"
    error = problem_of(lambda: backend.submit(ANY, prompt_id))
    assert isinstance(error, RenderRejected)
    assert "node 3 (SaveImage)" in error.cause
    assert backend.locate(prompt_id) in (Whereabouts.UNKNOWN, Whereabouts.FINISHED)


def test_a_graph_that_is_too_large_is_rejected(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.prompt_too_large = True
    error = problem_of(lambda: backend.submit(ANY, new_id()))
    assert isinstance(error, RenderRejected)
    assert "413" in error.cause


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "half a pair: \ud83d"])
def test_a_value_that_json_cannot_hold_is_rejected(wire: ComfyWire, value: object) -> None:
    graph = {"1": {"class_type": "KSampler", "inputs": {"cfg": value}}}
    with closing(ComfyBackend(ComfyClient(wire.url), lambda _: graph, "fake")) as backend:
        assert isinstance(problem_of(lambda: backend.submit(ANY, new_id())), RenderRejected)


def test_a_prompt_of_any_letters_arrives_whole(wire: ComfyWire) -> None:
    text = 'a "quoted"\n\tprompt \\ in Ελληνικά 🎬 ' * 4000
    graph = {"1": {"class_type": "CLIPTextEncode", "inputs": {"text": text}}}
    wire.play = "slow"
    with closing(ComfyBackend(ComfyClient(wire.url), lambda _: graph, "fake")) as backend:
        backend.submit(ANY, new_id())
    assert [job[2] for jobs in wire.queue().values() for job in jobs] == [graph]


def test_a_lost_answer_leaves_a_render_that_can_be_found(wire: ComfyWire, connect: Connect) -> None:
    wire.faults.lose_answer = True
    prompt_id = new_id()
    assert isinstance(problem_of(lambda: connect().submit(ANY, prompt_id)), Unreachable)
    assert connect().locate(prompt_id) is not Whereabouts.UNKNOWN
    assert last(connect().watch(prompt_id)).files
