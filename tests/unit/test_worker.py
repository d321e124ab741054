"""What a worker does with jobs: every way a render can end, and every way a worker can."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import Killed, Script
from tests.fakes.house import LEASE, House, told, wait_until
from vidctl.domain.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobReleased,
    JobRetrying,
    JobStarted,
    Notice,
)
from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.domain.server import Server
from vidctl.errors import (
    AuthenticationFailed,
    DiskFull,
    OutputInvalid,
    RenderFailed,
    RenderRejected,
    ServerCannotRender,
    StoreFailed,
    Unreachable,
)
from vidctl.gateways.render_backend import RenderCancelled
from vidctl.services.work_orders import Stop, WorkOrder
from vidctl.services.worker_names import owner_is_dead, owner_name


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


def notices(events: list[Event]) -> str:
    return "\n".join(notice.text for notice in told(events, Notice))


def crash(house: House, **order: Any) -> None:
    """Work until the worker dies of a scripted kill; its leases have run out since."""
    with pytest.raises(Killed):
        house.work(**order)
    house.die()


# success


def test_a_render_becomes_a_take(house: House) -> None:
    house.server()
    job = house.job()
    events = house.work()
    [take] = house.takes.list_by_clip(job.clip_id)
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert house.again(job).take_ids == [take.id]
    assert (take.server_name, take.job_id, take.seconds) == ("Box", job.id, 1.5)
    assert [type(event) for event in events if not isinstance(event, JobProgress)] == [JobStarted, JobFinished]


def test_the_first_take_of_a_clip_is_selected(house: House) -> None:
    house.server()
    clip = house.clip()
    first, second = house.job(clip), house.job(clip)
    house.work()
    assert len(house.takes.list_by_clip(clip.id)) == 2
    assert house.clips.find_by_id(clip.id).selected_image_id == house.again(first).take_ids[0]
    assert house.again(second).status is JobStatus.SUCCEEDED


def test_every_output_of_the_jobs_kind_becomes_a_take(house: House) -> None:
    house.server().plan(Script(files=("a.png", "sound.wav", "b.png")))
    job = house.job()
    house.work()
    assert len(house.again(job).take_ids) == 2


def test_what_a_backend_warns_of_is_told(house: House) -> None:
    house.server().plan(Script(warnings=("the still is not stored here",)))
    house.job()
    assert "job 0: the still is not stored here" in notices(house.work())


def test_progress_is_told_and_stored(house: House) -> None:
    hold = threading.Event()
    house.server().plan(Script(hold=hold))
    job = house.job()
    with house.working(until_empty=True) as shift:
        wait_until(lambda: house.again(job).progress == 0.5)
        hold.set()
        shift.join()
    fractions = [event.fraction for event in told(shift.events, JobProgress)]
    assert fractions == [0.5, 1.0]


# a worker that dies


def test_the_prompt_id_is_stored_before_the_render_is_sent(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=Killed(), received=False))
    job = house.job()
    crash(house)
    stored = house.again(job).prompt_id
    house.work()
    assert [stored] == box.submitted


def test_a_render_that_was_sent_is_adopted_after_a_crash(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=Killed()))
    job = house.job()
    crash(house)
    events = house.work()
    assert len(box.submitted) == 1
    assert [event.adopted for event in told(events, JobStarted)] == [True]
    assert house.again(job).status is JobStatus.SUCCEEDED


def test_a_crash_during_the_render_costs_no_second_render(house: House) -> None:
    box = house.server()
    box.plan(Script(ending=Killed()))
    house.job()
    crash(house)
    box._renders[box.submitted[0]].script.ending = None
    house.work()
    assert len(box.submitted) == 1


def test_a_crash_after_the_take_was_stored_gives_no_second_take(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    box = house.server()
    job = house.job()

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(house.queue, "succeed", die)
        crash(house)
    house.work()
    assert len(box.submitted) == 1
    assert [take.id for take in house.takes.list_by_clip(job.clip_id)] == house.again(job).take_ids


def test_a_render_that_another_server_has_is_adopted_there(house: House) -> None:
    one, two = house.server("One"), house.server("Two", active=False)
    one.plan(Script(broken_submit=Killed()))
    job = house.job()
    crash(house)
    house.servers.update_one({"slug": "two"}, {"$set": {"active": True}})
    house.work(servers=(house.servers.find_by_id(house.server_id("two")),))
    assert (len(one.submitted), two.submitted) == (1, [])
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert house.takes.list_by_clip(job.clip_id)[0].server_name == "One"


def begun_elsewhere(house: House, **job: Any) -> tuple[Any, Any]:
    """A server One that has begun a job and is away; the worker works on Two."""
    one, two = house.server("One"), house.server("Two")
    one.plan(Script(broken_submit=Killed()))
    begun = house.job(**job)
    crash(house, servers=(house.servers.find_by_id(house.server_id("one")),))
    one.away = True
    return begun, two


def test_a_server_that_is_away_with_a_render_is_asked_again_before_it_is_rendered_elsewhere(house: House) -> None:
    job, two = begun_elsewhere(house)
    events = house.work()
    assert len(told(events, JobRetrying)) == 1
    assert len(two.submitted) == 1
    assert "One is away" in notices(events)
    assert house.again(job).status is JobStatus.SUCCEEDED


def test_a_render_whose_server_was_removed_is_begun_anew(house: House) -> None:
    job, two = begun_elsewhere(house)
    house.servers.delete_by_id(house.server_id("one"))
    house.work()
    assert len(two.submitted) == 1
    assert house.again(job).prompt_id == two.submitted[0]


def test_a_cancelled_job_is_stopped_on_the_server_that_has_it(house: House) -> None:
    job, two = begun_elsewhere(house)
    one = house.farm.backends[house.server_id("one")]
    one.away = False
    house.queue.update_by_id(job.id, {"$set": {"cancel_requested": True}})
    house.work(servers=(house.servers.find_by_id(house.server_id("two")),))
    assert house.again(job).status is JobStatus.CANCELLED
    assert one.cancelled == one.submitted
    assert two.submitted == []


def test_a_cancelled_job_ends_though_the_server_that_has_it_is_away(house: House) -> None:
    job, two = begun_elsewhere(house)
    house.queue.update_by_id(job.id, {"$set": {"cancel_requested": True}})
    events = house.work()
    assert house.again(job).status is JobStatus.CANCELLED
    assert told(events, JobRetrying) == []
    assert "may go on" in notices(events)
    assert two.submitted == []


def test_a_render_that_was_sent_and_is_forgotten_gets_a_new_id(house: House) -> None:
    """The old id may still turn up on a server that was only slow to answer."""
    box = house.server()
    box.plan(Script(ending=Killed()))
    house.job()
    crash(house)
    box.forget()
    house.work()
    assert len(set(box.submitted)) == 2


def test_a_job_that_kills_every_worker_ends(house: House) -> None:
    house.server().plan(*(Script(broken_submit=Killed(), received=False) for _ in range(3)))
    job = house.job()
    for _ in range(3):
        crash(house)
    house.work()
    assert house.again(job).status is JobStatus.FAILED
    assert "3 times" in house.again(job).error["problem"]


def test_a_worker_of_this_machine_that_is_dead_is_not_waited_for(house: House) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    host, _, slot = owner_name("slot").split("/")
    dead = f"{host}/{process.pid}/{slot}"
    assert owner_is_dead(dead)
    assert not owner_is_dead(owner_name("slot"))
    assert not owner_is_dead(f"another-host/{process.pid}/{slot}")
    house.server()
    job = house.job()
    house.queue.claim(dead, ["*"], LEASE)
    house.work()
    assert house.again(job).status is JobStatus.SUCCEEDED


# ends other than success


def test_a_lost_render_is_sent_again_under_a_new_id(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobProgress)
        box.forget()
        shift.join()
    first, second = box.submitted
    assert first != second
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert "no longer knows it" in told(shift.events, JobRetrying)[0].problem


def test_a_render_that_somebody_interrupts_on_the_server_is_cancelled(house: House) -> None:
    house.server().plan(Script(ending=RenderCancelled("interrupted")))
    job = house.job()
    events = house.work()
    assert house.again(job).status is JobStatus.CANCELLED
    assert len(told(events, JobCancelled)) == 1


def test_a_failed_render_is_tried_again_with_longer_and_longer_waits(house: House) -> None:
    house.server().plan(*(Script(ending=RenderFailed("out of memory", cause="CUDA")) for _ in range(3)))
    job = house.job()
    events = house.work()
    assert [event.delay for event in told(events, JobRetrying)] == [2.0, 4.0]
    assert [event.attempt for event in told(events, JobStarted)] == [1, 2, 3]
    ended = house.again(job)
    assert (ended.status, ended.attempts) == (JobStatus.FAILED, 3)
    assert (ended.error["problem"], ended.error["cause"]) == ("out of memory", "CUDA")
    assert len(told(events, JobFailed)) == 1


def test_each_try_of_a_failed_render_has_its_own_id(house: House) -> None:
    box = house.server()
    box.plan(Script(ending=RenderFailed("out of memory")))
    house.job()
    house.work()
    assert len(set(box.submitted)) == 2


def test_a_rejected_graph_fails_at_once(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=RenderRejected("no such node"), received=False))
    job = house.job()
    events = house.work()
    assert house.again(job).status is JobStatus.FAILED
    assert told(events, JobRetrying) == []


def test_a_render_without_a_picture_fails(house: House) -> None:
    house.server().plan(*(Script(files=("latent.bin",)) for _ in range(3)))
    job = house.job()
    house.work()
    assert house.again(job).error["cause"] == "its outputs are latent.bin"


def test_a_video_job_takes_no_stills(house: House) -> None:
    house.server().plan(*(Script(files=("frame.png",)) for _ in range(3)))
    job = house.job(kind=MediaKind.VIDEO)
    house.work()
    assert house.again(job).error["code"] == "output_invalid"


def test_an_output_that_does_not_decode_is_rendered_again(house: House) -> None:
    box = house.server()
    box.plan(Script(content=b"\x89PNG rubbish"))
    job = house.job()
    events = house.work()
    assert "does not decode" in told(events, JobRetrying)[0].problem
    assert len(box.submitted) == 2
    assert len(house.takes.list_by_clip(job.clip_id)) == 1


def test_rubbish_leaves_no_file_behind(house: House) -> None:
    house.server().plan(*(Script(content=b"rubbish") for _ in range(3)))
    house.job()
    house.work()
    assert [path for path in house.files.root.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "passing", [DiskFull("no space left"), Unreachable("the network is down"), StoreFailed("the store hiccuped")]
)
def test_a_finished_render_is_not_rendered_again_for_what_passes(house: House, passing: Any) -> None:
    box = house.server()
    box.plan(Script(fetch_errors=[passing]))
    job = house.job()
    events = house.work()
    assert len(box.submitted) == 1
    assert [event.adopted for event in told(events, JobStarted)] == [False, True]
    assert house.again(job).status is JobStatus.SUCCEEDED


def test_an_output_that_is_gone_is_rendered_again(house: House) -> None:
    box = house.server()
    box.plan(Script(fetch_errors=[OutputInvalid("picture.png is gone")]))
    house.job()
    house.work()
    assert len(box.submitted) == 2


def test_an_answer_that_was_lost_is_asked_for_before_sending_again(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=Unreachable("no answer")))
    job = house.job()
    house.work()
    assert len(box.submitted) == 1
    assert house.again(job).status is JobStatus.SUCCEEDED


def test_a_workflow_that_is_not_there_is_an_error_and_no_deleted_clip(house: House) -> None:
    from vidctl.errors import NotFound

    house.server().plan(Script(broken_submit=NotFound("there is no workflow x"), received=False))
    job = house.job()
    house.work()
    assert house.again(job).status is JobStatus.FAILED
    assert house.again(job).error["problem"] == "there is no workflow x"


# another server


def lacking() -> Script:
    return Script(refusal=ServerCannotRender("Box lacks a model", cause="x.safetensors"))


def test_a_job_for_any_server_is_left_to_one_that_can_render_it(house: House) -> None:
    one, two, three = house.server("One"), house.server("Two"), house.server("Three")
    for box in (one, two):
        box.plan(lacking())
    hold = threading.Event()
    three.plan(Script(hold=hold))
    house.job()
    three_busy = house.job(target=house.server_id("three"), rank=-1)
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobRetrying, 2)
        hold.set()
        shift.join()
    assert {house.again(each).status for each in (three_busy, job)} == {JobStatus.SUCCEEDED}
    assert house.queue.count({"status": JobStatus.SUCCEEDED}) == 3


def test_a_server_that_cannot_render_a_job_costs_it_no_attempt(house: House) -> None:
    one, two = house.server("One"), house.server("Two")
    one.away = True
    two.plan(lacking())
    job = house.job()
    house.work()
    left = house.again(job)
    assert (left.status, left.attempts) == (JobStatus.QUEUED, 0)
    one.away = False
    house.work()
    assert (house.again(job).status, house.again(job).attempts) == (JobStatus.SUCCEEDED, 1)
    assert two.submitted == []


def test_a_job_fails_when_no_server_is_left(house: House) -> None:
    for name in ("One", "Two"):
        house.server(name).plan(lacking())
    job = house.job()
    house.work()
    assert house.again(job).status is JobStatus.FAILED
    assert house.again(job).error["code"] == "server_cannot_render"


def test_a_job_for_one_server_fails_there(house: House) -> None:
    one, two = house.server("One"), house.server("Two")
    one.plan(lacking())
    job = house.job(target=house.server_id("one"))
    house.work()
    assert house.again(job).status is JobStatus.FAILED
    assert two.submitted == []


def test_a_retried_job_may_run_anywhere_again(house: House) -> None:
    one = house.server("One")
    one.plan(lacking())
    job = house.job()
    house.work()
    house.queue.requeue(job.id)
    house.work()
    assert house.again(job).status is JobStatus.SUCCEEDED


# servers that are away


def test_jobs_of_a_server_that_is_away_stay_queued(house: House) -> None:
    house.server().away = True
    job = house.job()
    events = house.work(patience=0.05)
    assert (house.again(job).status, house.again(job).attempts) == (JobStatus.QUEUED, 0)
    assert len(told(events, Notice)) == 1


def test_a_server_that_comes_back_gets_its_jobs(house: House) -> None:
    box = house.server()
    box.away = True
    job = house.job()
    with house.working() as shift:
        shift.until(Notice)
        box.away = False
        shift.until(JobFinished)
    assert house.again(job).status is JobStatus.SUCCEEDED


def test_a_server_that_does_not_let_us_in_is_no_reason_to_stop_the_others(house: House) -> None:
    house.server("One")
    house.server("Two")
    house.farm.locked[house.server_id("one")] = AuthenticationFailed("wrong password")
    job = house.job()
    events = house.work()
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert "wrong password" in notices(events)


def test_a_render_whose_server_goes_away_is_taken_up_when_it_is_back(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job(max_attempts=100)
    with house.working() as shift:
        shift.until(JobProgress)
        box.away = True
        shift.until(JobRetrying)
        box._renders[box.submitted[0]].script.hold = None
        box.away = False
        shift.until(JobFinished)
    assert len(box.submitted) == 1
    assert house.again(job).status is JobStatus.SUCCEEDED


# cancelling


def test_a_queued_job_is_cancelled_at_once(house: House) -> None:
    box = house.server()
    job = house.job()
    house.app.queue.cancel([job.id])
    assert house.again(job).status is JobStatus.CANCELLED
    house.work()
    assert box.submitted == []


@pytest.mark.parametrize("waiting", [False, True])
def test_a_render_is_cancelled_on_its_server(house: House, waiting: bool) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event(), waiting=waiting))
    job = house.job()
    with house.working() as shift:
        shift.until(JobProgress)
        changed = house.app.queue.cancel([job.id])
        assert changed.jobs[0].status is JobStatus.CANCELLED
    assert box.cancelled == box.submitted
    assert len(told(shift.events, JobCancelled)) == 1


def test_a_pending_render_that_somebody_else_has_taken_out_of_the_queue_is_cancelled(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event(), waiting=True))
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobProgress)
        house.queue.update_by_id(job.id, {"$set": {"cancel_requested": True}})
        box.forget()
        shift.join()
    assert house.again(job).status is JobStatus.CANCELLED
    assert told(shift.events, JobRetrying) == []


def test_a_job_is_cancelled_though_its_server_is_away(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobProgress)
        box.cancel = lambda _: (_ for _ in ()).throw(Unreachable("no answer"))  # type: ignore[method-assign]
        house.queue.cancel(job.id)
        shift.join()
    assert shift.error is None
    assert house.again(job).status is JobStatus.CANCELLED
    assert "may go on" in notices(shift.events)


def test_a_job_that_was_given_back_is_stopped_on_its_server_when_it_is_cancelled(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working() as shift:
        shift.until(JobProgress)
    assert house.again(job).status is JobStatus.QUEUED
    house.app.queue.cancel([job.id])
    assert house.again(job).status is JobStatus.CANCELLED
    assert box.cancelled == box.submitted


def test_cancelling_tells_of_a_server_that_could_not_be_told(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working() as shift:
        shift.until(JobProgress)
    box.away = True
    changed = house.app.queue.cancel([job.id])
    assert changed.jobs[0].status is JobStatus.CANCELLED
    assert "may go on" in changed.refused[job.id]


def test_a_job_whose_worker_is_dead_is_cancelled_in_its_place(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=Killed()))
    job = house.job()
    crash(house)
    house.app.queue.cancel([job.id])
    assert house.again(job).status is JobStatus.CANCELLED
    assert box.cancelled == box.submitted


def test_a_job_that_its_worker_gives_back_meanwhile_is_cancelled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.job()
    held = house.queue.claim("live", ["*"], LEASE)
    assert held
    asked = house.queue.cancel

    def cancel_and_give_back(job_id: str) -> Any:
        answer = asked(job_id)
        monkeypatch.setattr(house.queue, "cancel", asked)
        house.queue.release(held)
        return answer

    monkeypatch.setattr(house.queue, "cancel", cancel_and_give_back)
    house.app.queue.cancel([job.id])
    assert house.again(job).status is JobStatus.CANCELLED


# clips that are deleted


def test_a_clip_that_is_deleted_while_it_renders_leaves_nothing(house: House) -> None:
    hold = threading.Event()
    box = house.server()
    box.plan(Script(hold=hold))
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobProgress)
        house.clips.delete_by_id(job.clip_id)
        hold.set()
        shift.join()
    assert house.again(job).status is JobStatus.CANCELLED
    assert house.takes.list_by_clip(job.clip_id) == []
    assert "is dropped" in notices(shift.events)


def test_deleting_a_clip_stops_its_render(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobProgress)
        house.app.clips.delete_clips([job.clip_id])
        shift.join()
    assert box.cancelled == box.submitted
    left = house.queue.find_one({"id": job.id})  # None if the worker was quicker than the delete
    assert left is None or left.status is JobStatus.CANCELLED


def test_a_clip_that_is_gone_is_not_rendered(house: House) -> None:
    box = house.server()
    job = house.job()
    house.clips.delete_by_id(job.clip_id)
    house.work()
    assert box.submitted == []
    assert house.again(job).status is JobStatus.CANCELLED


def test_a_render_whose_clip_is_gone_is_stopped(house: House) -> None:
    box = house.server()
    box.plan(Script(ending=Killed()))
    job = house.job()
    crash(house)
    house.clips.delete_by_id(job.clip_id)
    house.work()
    assert box.cancelled == box.submitted


# losing a lease


def test_a_job_that_another_worker_has_taken_over_is_left_alone(house: House) -> None:
    hold = threading.Event()
    box = house.server()
    box.plan(Script(hold=hold))
    job = house.job()
    with house.working() as shift:
        shift.until(JobProgress)
        house.queue.update_by_id(job.id, {"$inc": {"fence": 1}, "$set": {"owner": "another"}})
        shift.until(Notice)
    stored = house.again(job)
    assert (stored.status, stored.owner, stored.take_ids) == (JobStatus.RUNNING, "another", [])
    assert box.cancelled == []
    assert "no longer ours" in notices(shift.events)


def test_a_job_that_is_lost_during_the_download_gives_no_take(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    box = house.server()
    job = house.job()
    fetch = box.fetch

    def slow(file: Any, destination: Path) -> None:
        fetch(file, destination)
        house.queue.update_by_id(job.id, {"$inc": {"fence": 1}, "$set": {"owner": "another"}})
        shift.stop.drain.set()

    monkeypatch.setattr(box, "fetch", slow)
    with house.working() as shift:
        shift.join()
    assert house.takes.find_many({}) == []
    assert house.again(job).owner == "another"


def test_two_workers_that_finish_the_same_render_give_one_take(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    box = house.server()
    job = house.job()
    succeed = house.queue.succeed

    def slow(held: Any, takes: Any) -> Any:
        """The first worker sleeps for longer than its lease before its last write; a second does it all."""
        monkeypatch.setattr(house.queue, "succeed", succeed)
        house.die()
        house.queue.return_expired()
        house.work()
        return succeed(held, takes)

    monkeypatch.setattr(house.queue, "succeed", slow)
    events = house.work()
    assert len(box.submitted) == 1
    assert len(house.takes.list_by_clip(job.clip_id)) == 1
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert "no longer ours" in notices(events)


# ending


def test_a_worker_that_is_stopped_gives_back_what_runs(house: House) -> None:
    box = house.server()
    box.plan(Script(hold=threading.Event()))
    job = house.job()
    with house.working() as shift:
        shift.until(JobProgress)
        shift.stop.now.set()
        shift.join()
    stored = house.again(job)
    assert (stored.status, stored.attempts, stored.owner) == (JobStatus.QUEUED, 0, "")
    assert stored.prompt_id == box.submitted[0]
    assert len(told(shift.events, JobReleased)) == 1
    box._renders[box.submitted[0]].script.hold = None
    house.work()
    assert len(box.submitted) == 1


def test_a_worker_that_is_drained_finishes_what_runs_and_begins_nothing(house: House) -> None:
    hold = threading.Event()
    house.server().plan(Script(hold=hold))
    first, second = house.job(), house.job()
    with house.working() as shift:
        shift.until(JobProgress)
        shift.stop.drain.set()
        shift.until(Notice)  # people are told at once, however long the render keeps silent
        hold.set()
        shift.join()
    assert "what runs is finished first" in notices(shift.events)
    assert [house.again(job).status for job in (first, second)] == [JobStatus.SUCCEEDED, JobStatus.QUEUED]


def test_an_idle_worker_ends_when_it_is_drained(house: House) -> None:
    house.server().away = True
    with house.working() as shift:
        shift.until(Notice)
        shift.stop.drain.set()
        shift.join()
    assert shift.error is None


def test_leaving_the_events_gives_back_what_runs(house: House) -> None:
    house.server().plan(Script(hold=threading.Event()))
    job = house.job()
    events = house.worker().run(WorkOrder(animatic=False), Stop())
    assert next(event for event in events if isinstance(event, JobProgress))
    events.close()
    assert house.again(job).status is JobStatus.QUEUED


def test_a_worker_ends_after_as_many_jobs_as_it_was_told(house: House) -> None:
    house.server("One", slots=4)
    jobs = [house.job() for _ in range(6)]
    events = house.work(max_jobs=3, until_empty=False)
    assert len(told(events, JobStarted)) == 3
    assert sum(house.again(job).status is JobStatus.SUCCEEDED for job in jobs) == 3


def test_only_the_batch_that_was_ordered_is_rendered(house: House) -> None:
    house.server()
    ours, other = house.job(batch_id="ours"), house.job(batch_id="other")
    house.work(batch_id="ours")
    assert [house.again(job).status for job in (ours, other)] == [JobStatus.SUCCEEDED, JobStatus.QUEUED]


def test_a_worker_without_slots_ends(house: House) -> None:
    assert house.work() == []


def test_the_slots_of_a_server_render_at_the_same_time(house: House) -> None:
    hold = threading.Event()
    house.server(slots=2).plan(Script(hold=hold), Script(hold=hold))
    house.job(), house.job()
    with house.working(until_empty=True) as shift:
        shift.until(JobStarted, 2)
        hold.set()
        shift.join()
    assert shift.count(JobFinished) == 2


def test_two_workers_share_the_jobs(house: House) -> None:
    house.server(slots=2)
    jobs = [house.job() for _ in range(12)]
    with house.working(until_empty=True) as one, house.working(until_empty=True) as two:
        one.join()
        two.join()
    assert one.count(JobFinished) + two.count(JobFinished) == 12
    assert {house.again(job).status for job in jobs} == {JobStatus.SUCCEEDED}
    assert {house.again(job).attempts for job in jobs} == {1}


# what should never happen


def test_a_bug_in_a_slot_surfaces_and_ends_the_worker(house: House) -> None:
    house.server("One").plan(Script(ending=ZeroDivisionError()))
    house.server("Two").plan(Script(hold=threading.Event()))
    house.job(target=house.server_id("two"))
    with house.working() as shift:
        shift.until(JobProgress)
        house.job(target=house.server_id("one"))
        shift.join()
    assert isinstance(shift.error, ZeroDivisionError)
    assert house.queue.count({"status": JobStatus.QUEUED, "target": house.server_id("two")}) == 1


def test_a_bug_in_the_keeper_surfaces_and_ends_the_worker(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise ZeroDivisionError

    house.server()
    monkeypatch.setattr(house.queue, "wake_due", fail)
    with house.working() as shift:
        shift.join()
    assert isinstance(shift.error, ZeroDivisionError)


def test_a_store_that_is_away_for_a_moment_stops_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    hold, away = threading.Event(), threading.Event()
    box = house.server()
    box.plan(Script(hold=hold))
    job = house.job()
    take, find, count = house.store.take, house.store.find, house.store.count

    def failing(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            if away.is_set():
                raise Unreachable("the store does not answer")
            return original(*args, **kwargs)

        return call

    for name, original in (("take", take), ("find", find), ("count", count)):
        monkeypatch.setattr(house.store, name, failing(original), raising=False)
    with house.working() as shift:
        shift.until(JobProgress)
        away.set()
        hold.set()
        shift.until(Notice, 2)
        away.clear()
        shift.until(JobFinished)
    assert shift.error is None
    assert len(box.submitted) == 1
    assert house.again(job).status is JobStatus.SUCCEEDED
    assert len(told(shift.events, Notice)) == 2  # one of the slot, one of the keeper


# servers that come and go


def test_a_server_that_is_added_while_the_worker_waits_gets_jobs(house: House) -> None:
    job = house.job()
    with house.working() as shift:
        house.server("Late")
        shift.until(JobFinished)
    assert house.again(job).server_name == "Late"


def test_a_server_that_is_taken_out_of_service_gets_no_more_jobs_until_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, find_one = [], house.servers.find_one

    def look(where: Any) -> Server | None:
        looks.append(where)
        return find_one(where)

    def wait_for_looks() -> None:
        """Until the slot has looked at its server once more, from beginning to end."""
        before = len(looks)
        wait_until(lambda: len(looks) > before + 1)

    monkeypatch.setattr(house.servers, "find_one", look)
    house.server()
    server = house.servers.find_by_id(house.server_id("Box"))
    with house.working() as shift:
        first = house.job()
        wait_until(lambda: house.again(first).status is JobStatus.SUCCEEDED)
        house.servers.update_by_id(server.id, {"$set": {"active": False}})
        wait_for_looks()  # one that has begun before may still end with a claim
        second = house.job()
        wait_for_looks()
        assert house.again(second).status is JobStatus.QUEUED
        house.servers.update_by_id(server.id, {"$set": {"active": True}})
        shift.until(JobFinished, 2)


def test_a_server_out_of_service_does_not_keep_a_worker_from_ending(house: House) -> None:
    house.server(active=False)
    order = (house.servers.find_by_id(house.server_id("Box")),)
    job = house.job(target=house.server_id("Box"))
    house.work(servers=order)
    assert house.again(job).status is JobStatus.QUEUED


def test_a_killed_workers_render_is_taken_up_before_a_new_one_is_begun(house: House) -> None:
    box = house.server()
    box.plan(Script(broken_submit=Killed()))
    first, second = house.job(), house.job()
    crash(house, max_jobs=1)
    started = told(house.work(), JobStarted)
    assert [event.job_id for event in started] == [first.id, second.id]
    assert [event.adopted for event in started] == [True, False]


@pytest.mark.parametrize("order", [{"max_jobs": 1, "until_empty": False}, {"until_empty": True}])
def test_a_server_that_is_away_does_not_keep_a_worker_that_has_nothing_for_it(
    house: House, order: dict[str, Any]
) -> None:
    house.server("Away").away = True
    job = house.job(target=house.server_id("Away"), status=JobStatus.SUCCEEDED)
    house.server("Here")
    mine = house.job(target=house.server_id("Here"))
    with house.working(patience=60.0, **order) as shift:
        shift.until(JobFinished)
        shift.join()
    assert house.again(mine).status is JobStatus.SUCCEEDED
    assert house.again(job).status is JobStatus.SUCCEEDED
