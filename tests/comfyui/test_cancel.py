"""Cancelling stops exactly the render that was meant, wherever it is, and the states say what happened."""

from __future__ import annotations

import pytest

from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import ENDLESS, QUICK, Running, Studio, until
from vidctl.domain.job import OPEN, JobStatus

WORK = ("queue", "work", "--until-empty", "--no-animatic")


def cancel(studio: Studio, job_id: str) -> JobStatus:
    """What becomes of the job. A server stops between two nodes or steps only: loading a model can outlast the moment
    that the command waits for it."""
    (told,) = studio.ask("queue", "cancel", job_id)["jobs"]
    until(lambda: studio.job(job_id).status not in OPEN, f"a job that was {told['status']} ends")
    return studio.job(job_id).status


@pytest.fixture
def two_slots(studio: Studio) -> Studio:
    """A film on a server that gets two renders at a time: one runs there, one is pending there."""
    studio.plan("a", "b", slots=2)
    return studio


@pytest.fixture
def endless(two_slots: Studio, seen: ServerView) -> tuple[str, Running]:
    """A render that runs, with its worker."""
    job_id = two_slots.queue_image("a", *ENDLESS)
    worker = two_slots.start(*WORK)
    seen.await_running()
    return job_id, worker


def test_cancelling_a_running_job_interrupts_its_prompt_only(
    two_slots: Studio, seen: ServerView, endless: tuple[str, Running]
) -> None:
    (cancelled, worker), another = endless, two_slots.queue_image("b")
    until(lambda: len(seen.prompts()) == 2, "the other job is pending on the server")
    foreign = seen.submit()
    assert cancel(two_slots, cancelled) is JobStatus.CANCELLED
    assert "film/one/a image: cancelled" in worker.end().err
    seen.await_state(foreign, "success")
    jobs = {job.id: job for job in two_slots.jobs()}
    assert jobs[cancelled].status is JobStatus.CANCELLED
    assert jobs[another].status is JobStatus.SUCCEEDED
    assert seen.prompts() == {
        jobs[cancelled].prompt_id: "interrupted",
        jobs[another].prompt_id: "success",
        foreign: "success",
    }
    assert two_slots.gallery("one/a").images == []


def test_cancelling_a_job_that_is_pending_on_the_server_leaves_what_runs_there(
    two_slots: Studio, seen: ServerView
) -> None:
    foreign = seen.submit("steps", steps=400, seconds=0.1)
    seen.await_state(foreign, "running")
    job_id = two_slots.queue_image("a")
    worker = two_slots.start(*WORK)
    until(lambda: len(seen.prompts()) == 2, "the job is pending on the server")
    assert cancel(two_slots, job_id) is JobStatus.CANCELLED
    worker.end()
    assert seen.prompts() == {foreign: "running"}
    assert two_slots.job(job_id).status is JobStatus.CANCELLED


def test_a_queued_job_that_is_cancelled_is_never_sent(studio: Studio, seen: ServerView) -> None:
    studio.plan("a", "b")
    first, second = studio.queue_image("a"), studio.queue_image("b")
    assert cancel(studio, first) is JobStatus.CANCELLED
    studio.vidctl(*WORK)
    assert [studio.job(each).status for each in (first, second)] == [JobStatus.CANCELLED, JobStatus.SUCCEEDED]
    assert seen.prompts() == {studio.job(second).prompt_id: "success"}


def test_what_a_killed_worker_left_running_is_interrupted(
    two_slots: Studio, seen: ServerView, endless: tuple[str, Running]
) -> None:
    job_id, worker = endless
    worker.kill()
    assert cancel(two_slots, job_id) is JobStatus.CANCELLED
    seen.await_state(two_slots.job(job_id).prompt_id or "", "interrupted")
    assert list(seen.prompts().values()) == ["interrupted"]


def test_a_cancelled_render_is_no_success_for_who_waits_for_it(studio: Studio, seen: ServerView) -> None:
    studio.plan("a")
    waiting = studio.start("generate", "image", "one/a", *ENDLESS)
    seen.await_running()
    studio.vidctl("queue", "cancel", "--all")
    assert "1 of 1 renders did not succeed" in waiting.end(7).err


def test_a_render_that_somebody_stops_at_the_server_is_cancelled(
    two_slots: Studio, seen: ServerView, endless: tuple[str, Running]
) -> None:
    job_id, worker = endless
    seen.interrupt(seen.await_running())
    worker.end()
    assert two_slots.job(job_id).status is JobStatus.CANCELLED


def test_a_job_that_has_ended_cannot_be_cancelled(studio: Studio) -> None:
    studio.plan("a")
    studio.vidctl("generate", "image", "one/a", *QUICK)
    (job,) = studio.jobs()
    refused = studio.ask("queue", "cancel", job.id, code=4)
    assert refused["error"]["code"] == "illegal_transition"
    assert studio.job(job.id).status is JobStatus.SUCCEEDED


def test_a_cancelled_job_can_be_queued_again(two_slots: Studio, seen: ServerView, endless: tuple[str, Running]) -> None:
    job_id, worker = endless
    cancel(two_slots, job_id)
    worker.end()
    stopped = two_slots.job(job_id).prompt_id
    two_slots.vidctl("queue", "retry", job_id)
    again = two_slots.start(*WORK)
    prompt_id = seen.await_running()
    cancel(two_slots, job_id)
    again.end()
    assert prompt_id != stopped
    assert seen.prompts() == {stopped: "interrupted", prompt_id: "interrupted"}
