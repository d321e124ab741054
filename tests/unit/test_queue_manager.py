"""The queue in people's hands: which jobs they mean, what a worker's run amounts to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import Script, ScriptedBackend
from tests.fakes.house import LEASE, House
from vidctl.domain.events import Event, Result
from vidctl.domain.job import ANIMATIC, JobStatus
from vidctl.errors import (
    AmbiguousReference,
    IllegalTransition,
    InvalidInput,
    NotFound,
    PartlyDone,
    RenderRejected,
    Unreachable,
)
from vidctl.services.queue_manager import QueueManager
from vidctl.services.work_orders import Stop


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, server_patience=0.5) as house:
        yield house


@pytest.fixture
def queue(house: House) -> QueueManager:
    house.app.__dict__["_worker"] = lambda: house.worker(patience=0.05)
    return house.app.queue


def work(queue: QueueManager, **order: Any) -> tuple[Any, BaseException | None]:
    """The summary of a run, and what it raised at its end."""
    wanted = {"until_empty": True, "servers": (), "max_jobs": None, "animatic": False, "stop": Stop(), **order}
    events: list[Event] = []
    raised = None
    try:
        for event in queue.work(**wanted):
            events.append(event)
    except (PartlyDone, Unreachable) as error:
        raised = error
    assert isinstance(events[-1], Result)
    return events[-1].value, raised


# a worker's run


def test_a_run_that_does_all_says_what_it_did(house: House, queue: QueueManager) -> None:
    house.server()
    house.job(), house.job()
    summary, raised = work(queue)
    assert (summary.succeeded, summary.failed, raised) == (2, 0, None)


def test_jobs_that_failed_are_the_runs_failure(house: House, queue: QueueManager) -> None:
    house.server().plan(Script(broken_submit=RenderRejected("no"), received=False))
    house.job(), house.job()
    summary, raised = work(queue)
    assert (summary.succeeded, summary.failed) == (1, 1)
    assert isinstance(raised, PartlyDone)


def test_jobs_that_are_left_are_told(house: House, queue: QueueManager) -> None:
    house.server().away = True
    house.job()
    summary, raised = work(queue)
    assert summary.succeeded == 0
    assert isinstance(raised, Unreachable)
    assert raised.problem == "1 jobs are left in the queue"


@pytest.mark.parametrize("order", [{"max_jobs": 1}, {"servers": ("two",)}, {"until_empty": True}])
def test_jobs_that_the_run_was_not_for_are_no_failure(house: House, queue: QueueManager, order: dict[str, Any]) -> None:
    house.server("One"), house.server("Two")
    for target in ("one", "two", "two"):
        house.job(target=house.server_id(target))
    house.job(target=ANIMATIC)
    assert work(queue, **order)[1] is None


def test_a_run_that_is_asked_to_end_leaves_jobs_without_a_complaint(house: House, queue: QueueManager) -> None:
    house.server()
    house.job()
    stop = Stop()
    stop.drain.set()
    assert work(queue, stop=stop)[1] is None


def test_a_run_that_ends_by_itself_leaves_its_stop_alone(house: House, queue: QueueManager) -> None:
    stop = Stop()
    work(queue, stop=stop)
    assert not stop.is_ending()


# which jobs are meant


@pytest.mark.parametrize("verb", ["cancel", "retry"])
@pytest.mark.parametrize(
    ("references", "options"),
    [
        ((), {}),
        (("abcd",), {"batch": "b"}),
        (("abcd",), {"everything": True}),
        ((), {"batch": "b", "everything": True}),
    ],
)
def test_jobs_are_named_in_one_way(
    queue: QueueManager, verb: str, references: tuple[str, ...], options: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        getattr(queue, verb)(references, **options)


def test_a_batch_is_named_by_its_beginning(house: House, queue: QueueManager) -> None:
    ours, other = house.job(batch_id="aa11"), house.job(batch_id="bb22")
    assert [job.id for job in queue.cancel((), batch="AA").jobs] == [ours.id]
    assert house.again(other).status is JobStatus.QUEUED


def test_a_beginning_of_two_batches_cancels_neither(house: House, queue: QueueManager) -> None:
    jobs = [house.job(batch_id=batch) for batch in ("aa11", "aa11", "aa22")]
    with pytest.raises(AmbiguousReference) as refused:
        queue.cancel((), batch="aa")
    assert refused.value.details["candidates"] == ["aa11", "aa22"]
    assert {house.again(job).status for job in jobs} == {JobStatus.QUEUED}


@pytest.mark.parametrize("batch", ["", "zz", "aa3"])
def test_a_batch_that_is_not_there_is_not_found(house: House, queue: QueueManager, batch: str) -> None:
    house.job(batch_id="aa11")
    with pytest.raises(NotFound):
        queue.cancel((), batch=batch)


def test_everything_means_every_open_job(house: House, queue: QueueManager) -> None:
    done = house.job(status=JobStatus.SUCCEEDED)
    waiting, queued = house.job(status=JobStatus.WAITING), house.job()
    assert {job.id for job in queue.cancel((), everything=True).jobs} == {waiting.id, queued.id}
    assert house.again(done).status is JobStatus.SUCCEEDED


def test_one_job_that_cannot_is_an_error_and_one_of_many_a_reason(house: House, queue: QueueManager) -> None:
    done, queued = house.job(status=JobStatus.SUCCEEDED), house.job()
    with pytest.raises(IllegalTransition):
        queue.cancel([done.id])
    changed = queue.cancel([done.id, queued.id])
    assert [job.id for job in changed.jobs] == [queued.id]
    assert "a succeeded job cannot cancel" in changed.refused[done.id]


def test_retry_takes_failed_and_cancelled_jobs(house: House, queue: QueueManager) -> None:
    failed, cancelled = house.job(status=JobStatus.FAILED, attempts=3), house.job(status=JobStatus.CANCELLED)
    house.job(status=JobStatus.SUCCEEDED)
    again = queue.retry((), everything=True).jobs
    assert [(job.id, job.status, job.attempts) for job in again] == [
        (failed.id, JobStatus.QUEUED, 0),
        (cancelled.id, JobStatus.QUEUED, 0),
    ]


def test_jobs_are_listed_newest_first_and_a_page_at_a_time(house: House, queue: QueueManager) -> None:
    jobs = [house.job() for _ in range(5)]
    page = queue.list_jobs(status=None, project=None, batch=None, limit=2, after=jobs[4].id)
    assert [job.id for job in page.items] == [jobs[3].id, jobs[2].id]
    assert (page.total, page.next_after) == (5, jobs[2].id)
    assert queue.list_jobs(status=JobStatus.FAILED, project=None, batch=None, limit=9).total == 0


def test_the_status_counts_by_state_and_server(house: House, queue: QueueManager) -> None:
    house.server()
    oldest = house.job(target=house.server_id("box"))
    house.job(), house.job(status=JobStatus.WAITING)
    house.job(status=JobStatus.FAILED)
    found = queue.get_status()
    assert (found.counts[JobStatus.QUEUED], found.counts[JobStatus.WAITING], found.counts[JobStatus.FAILED]) == (
        2,
        1,
        1,
    )
    assert {server.name: server.queued for server in found.servers} == {"Box": 1, "any server": 2, ANIMATIC: 0}
    assert found.oldest_queued == oldest.created_at


def test_cancelling_does_not_wait_for_a_job_that_is_deleted_meanwhile(
    house: House, queue: QueueManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.job()
    house.queue.claim("live", ["*"], LEASE)
    waits: list[float] = []
    find = house.queue.find_many
    monkeypatch.setattr("vidctl.services.queue_manager.time.sleep", waits.append)

    def delete_and_find(where: Any, **options: Any) -> list[Any]:
        house.queue.delete_by_id(job.id)
        return find(where, **options)

    jobs = house.queue.find_many({})
    monkeypatch.setattr(house.queue, "find_many", delete_and_find)
    monkeypatch.setattr(queue, "_chosen", lambda *_: jobs)
    monkeypatch.setattr(house.queue, "cancel", lambda _: jobs[0])
    assert queue.cancel((), everything=True).jobs == []
    assert len(waits) == 1


def test_what_an_interrupted_run_has_left_is_worked_off(house: House, queue: QueueManager) -> None:
    box: ScriptedBackend = house.server()
    project = house.project("mine")
    jobs = [house.job(house.clip(house.scene(project, slug)), batch_id=slug) for slug in ("a", "b")]
    other = house.job()
    list(queue.work_off("mine"))
    assert {house.again(job).status for job in jobs} == {JobStatus.SUCCEEDED}
    assert house.again(other).status is JobStatus.QUEUED
    assert len(box.submitted) == 2
