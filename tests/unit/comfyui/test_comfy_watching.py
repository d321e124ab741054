"""A render is followed to its true end, whatever becomes of the socket, the server or the watcher."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.fakes.comfy_stage import POLLING, QUICK, Connect, last, problem_of, render, submit
from tests.fakes.comfy_wire import ComfyWire
from tests.fakes.house import wait_until
from vidctl.errors import RenderFailed, Unreachable
from vidctl.gateways.comfyui import watching
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.progress import Preview
from vidctl.gateways.comfyui.watching import Timing
from vidctl.gateways.render_backend import RemoteFile, RenderCancelled, RenderLost, RenderProgress


def test_a_lost_socket_is_not_a_lost_render(wire: ComfyWire, backend: ComfyBackend) -> None:
    prompt_id = submit(backend, wire, "slow")
    events = backend.watch(prompt_id)
    next(events)
    wire.close_websockets()
    wire.release()
    assert last(events).files


def test_a_lost_socket_is_opened_again(wire: ComfyWire, backend: ComfyBackend) -> None:
    prompt_id = submit(backend, wire, "slow")
    with closing(backend.watch(prompt_id)) as events:
        next(events)
        wire.close_websockets()
        while len(wire.websocket_headers) < 2:
            next(events)
    backend.cancel(prompt_id)


@pytest.mark.parametrize("messages", range(0, 24, 4))
def test_a_socket_may_break_after_any_message(wire: ComfyWire, connect: Connect, messages: int) -> None:
    wire.faults.drop_websocket_after = messages
    assert render(connect(POLLING), wire, "t2i").files


def test_progress_is_told_while_it_runs(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.hold = {"t2i"}
    events = backend.watch(submit(backend, wire, "t2i"))
    next(events)
    wire.release()
    seen = [event for event in events if isinstance(event, RenderProgress)]
    assert seen[-1].fraction == pytest.approx(1)
    assert "KSampler" in {event.node for event in seen}


def test_without_a_websocket_the_history_tells(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.no_websocket = True
    assert render(backend, wire, "t2i").files


def test_a_silent_websocket_does_not_hang_the_watch(wire: ComfyWire, connect: Connect) -> None:
    wire.faults.silent_websocket = True
    assert render(connect(POLLING), wire, "t2i").files


def test_a_second_watcher_of_the_same_render_does_not_hang(wire: ComfyWire, connect: Connect) -> None:
    backend = connect(POLLING)
    prompt_id = submit(backend, wire, "slow")
    first, second = backend.watch(prompt_id), connect(POLLING).watch(prompt_id)
    next(first), next(second)
    first.close()
    wire.release()
    assert last(second).files


def test_news_of_others_do_not_pass_for_news_of_ours(wire: ComfyWire, connect: Connect) -> None:
    backend = connect(POLLING)
    events = backend.watch(submit(backend, wire, "slow"))
    next(events)
    wire.forget()
    silence = threading.Event()

    def chatter() -> None:
        while not silence.wait(0.002):
            wire.chatter()

    others = threading.Thread(target=chatter)
    others.start()
    try:
        with pytest.raises(RenderLost):
            list(events)
    finally:
        silence.set()
        others.join()


def test_a_watch_says_something_though_nothing_is_new(wire: ComfyWire, connect: Connect) -> None:
    backend = connect(replace(QUICK, beat=0.01))
    prompt_id = submit(backend, wire, "slow")
    with closing(backend.watch(prompt_id)) as events:
        before = None
        while (now := next(events)) != before:
            before = now
    backend.cancel(prompt_id)


def test_a_history_that_is_late_is_read_again(wire: ComfyWire, backend: ComfyBackend) -> None:
    prompt_id = submit(backend, wire, "slow")
    events = backend.watch(prompt_id)
    next(events)
    wire.faults.late_history = 5
    wire.release()
    assert last(events).files


def test_a_restarted_server_has_lost_the_render(wire: ComfyWire, connect: Connect) -> None:
    backend = connect(POLLING)
    events = backend.watch(submit(backend, wire, "slow"))
    next(events)
    wire.stop()
    wire.restart()
    with pytest.raises(RenderLost):
        list(events)


def test_a_server_that_stays_away_is_unreachable(wire: ComfyWire, backend: ComfyBackend) -> None:
    events = backend.watch(submit(backend, wire, "slow"))
    next(events)
    wire.stop()
    with pytest.raises(Unreachable):
        list(events)


def test_a_server_that_comes_back_in_time_goes_on(wire: ComfyWire, connect: Connect) -> None:
    backend = connect(Timing(quiet=0.02, pause=0.01, patience=30))
    events = backend.watch(submit(backend, wire, "slow"))
    next(events)
    wire.faults.status = 502
    wire.close_websockets()
    wire.requests.clear()
    while wire.requests.count("GET /queue") < 3:
        assert isinstance(next(events), RenderProgress)
    wire.faults.status = None
    wire.release()
    assert last(events).files


def test_a_reader_that_takes_its_time_uses_up_no_patience(
    wire: ComfyWire, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.faults.no_websocket = True
    events = connect(Timing(pause=0.01, patience=60)).watch(submit(connect(), wire, "slow"))
    next(events)
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + 3600, sleep=time.sleep)
    monkeypatch.setattr(watching, "time", later)
    wire.faults.status = 502
    wire.requests.clear()
    while not wire.requests:
        next(events)
    wire.faults.status = None
    wire.release()
    assert last(events).files


@pytest.mark.parametrize("play", ["oom", "cpu_oom"])
def test_memory_that_ran_out_is_known_on_any_device(wire: ComfyWire, backend: ComfyBackend, play: str) -> None:
    assert problem_of(lambda: render(backend, wire, play)).details["oom"] is True


def test_memory_that_ran_out_is_told_with_its_node(wire: ComfyWire, backend: ComfyBackend) -> None:
    error = problem_of(lambda: render(backend, wire, "oom"))
    assert isinstance(error, RenderFailed)
    assert (error.details["node_id"], error.details["class_type"]) == ("2", "VidctlFail")
    assert error.details["exception_type"] == "torch.OutOfMemoryError"


def test_a_failed_node_is_named_with_its_error(wire: ComfyWire, backend: ComfyBackend) -> None:
    error = problem_of(lambda: render(backend, wire, "runtime_error"))
    assert error.details["oom"] is False
    assert "VidctlFail" in error.problem
    assert "RuntimeError" in error.cause


def test_a_failure_is_known_without_a_websocket_too(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.no_websocket = True
    error = problem_of(lambda: render(backend, wire, "oom"))
    assert error.details["oom"] is True


def test_somebody_elses_interrupt_is_a_cancelled_render(wire: ComfyWire, backend: ComfyBackend) -> None:
    events = backend.watch(submit(backend, wire, "slow"))
    next(events)
    wire.interrupt(None)
    with pytest.raises(RenderCancelled):
        list(events)


def test_an_interrupted_render_is_cancelled_for_a_late_watcher_too(wire: ComfyWire, connect: Connect) -> None:
    prompt_id = submit(connect(), wire, "slow")
    while not connect().cancel(prompt_id):
        pass
    with pytest.raises(RenderCancelled):
        list(connect().watch(prompt_id))


def test_a_cached_render_gives_its_files(wire: ComfyWire, backend: ComfyBackend) -> None:
    assert render(backend, wire, "t2i_cached").files == (RemoteFile("t2i_00007_.png", "vidctl"),)


@pytest.mark.parametrize(
    ("play", "name"), [("t2v", "t2v_00001_.mp4"), ("webm", "clip_00002_.webm"), ("audio", "audio_00001.flac")]
)
def test_outputs_of_every_kind_are_found(wire: ComfyWire, backend: ComfyBackend, play: str, name: str) -> None:
    assert render(backend, wire, play).files == (RemoteFile(name, "vidctl"),)


def test_previews_are_handed_out(wire: ComfyWire, connect: Connect) -> None:
    seen: list[tuple[str, Preview]] = []
    backend = connect(on_preview=lambda prompt_id, preview: seen.append((prompt_id, preview)))
    wire.hold = {"t2i_previews"}
    prompt_id = submit(backend, wire, "t2i_previews")
    events = backend.watch(prompt_id)
    next(events)
    wire.release()
    last(events)
    assert {owner for owner, _ in seen} == {prompt_id}
    assert all(preview.image.startswith(b"\xff\xd8") for _, preview in seen)


@pytest.mark.parametrize(("wanted", "method"), [(True, "auto"), (False, "none")])
def test_previews_are_made_only_if_somebody_wants_them(
    wire: ComfyWire, connect: Connect, wanted: bool, method: str
) -> None:
    submit(connect(on_preview=(lambda *_: None) if wanted else None), wire, "slow")
    assert [job[3]["extra_data"] for jobs in wire.queue().values() for job in jobs] == [{"preview_method": method}]


def test_a_watch_that_is_closed_closes_its_socket(wire: ComfyWire, backend: ComfyBackend) -> None:
    prompt_id = submit(backend, wire, "slow")
    events = backend.watch(prompt_id)
    next(events)
    events.close()
    wait_until(lambda: not wire.sockets)
    backend.cancel(prompt_id)


def test_cancelling_what_runs_asks_before_it_interrupts(wire: ComfyWire, backend: ComfyBackend) -> None:
    finished = submit(backend, wire, "png")
    last(backend.watch(finished))
    running = submit(backend, wire, "slow")
    next(backend.watch(running))
    assert backend.cancel(finished) is False
    assert wire.interrupts == []
    backend.cancel(running)


def test_an_interrupt_names_its_prompt(wire: ComfyWire, backend: ComfyBackend) -> None:
    running = submit(backend, wire, "slow")
    next(backend.watch(running))
    backend.cancel(running)
    assert set(wire.interrupts) == {running}


def test_the_queue_is_told_in_the_order_in_which_it_runs(wire: ComfyWire, backend: ComfyBackend) -> None:
    first, second, third = (submit(backend, wire, "slow") for _ in range(3))
    next(backend.watch(first))
    assert [event.queue_position for event in places(backend, second, third)] == [1, 2]
    status = backend.status()
    assert (status.running, status.queued) == (1, 2)


def places(backend: ComfyBackend, *prompt_ids: str) -> Iterator[RenderProgress]:
    for prompt_id in prompt_ids:
        with closing(backend.watch(prompt_id)) as events:
            progress = next(events)
        assert isinstance(progress, RenderProgress)
        yield progress
