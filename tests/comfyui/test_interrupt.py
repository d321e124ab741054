"""Ctrl-C leaves a render where it is; whoever works next takes it up, and it is rendered once."""

from __future__ import annotations

import signal
import time

from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import ENDLESS, Running, Studio, until
from vidctl.domain.job import JobStatus

WORK = ("queue", "work", "--until-empty", "--no-animatic")
#: Long enough that the server still renders when Ctrl-C is pressed, however busy this machine is.
SLOW = ("--size", "64x64", "--frames", "81", "--steps", "200")


def begin(studio: Studio, seen: ServerView) -> Running:
    """`generate video` of a planned clip, in the middle of its render."""
    studio.plan("a")
    waiting = studio.start("generate", "video", "one/a", *SLOW)
    waiting.await_words("started on box")
    seen.await_running()
    return waiting


def assert_taken_up(studio: Studio, seen: ServerView) -> None:
    """The next worker brings the one render home."""
    assert "taken up again on box" in studio.vidctl(*WORK).err
    (job,), (take,) = studio.jobs(), studio.gallery("one/a").videos
    assert (job.status, job.take_ids) == (JobStatus.SUCCEEDED, [take.id])
    assert seen.prompts() == {job.prompt_id: "success"}


def test_ctrl_c_gives_the_render_back_to_the_queue(studio: Studio, seen: ServerView) -> None:
    waiting = begin(studio, seen)
    waiting.send(signal.SIGINT)
    assert "vidctl queue work --until-empty" in waiting.end(130).err
    (job,) = studio.jobs()
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    assert seen.prompts() == {job.prompt_id: "running"}
    assert_taken_up(studio, seen)


def test_ctrl_c_twice_ends_at_once_and_loses_nothing(studio: Studio, seen: ServerView) -> None:
    waiting = begin(studio, seen)
    waiting.send(signal.SIGINT)
    time.sleep(0.2)  # while it is giving the render back; two signals at once would count as one
    waiting.send(signal.SIGINT)
    assert waiting.end(None).code in (130, -signal.SIGINT)  # a shell calls both 130
    assert_taken_up(studio, seen)


def test_a_worker_finishes_what_runs_after_one_ctrl_c(studio: Studio, seen: ServerView) -> None:
    studio.plan("a", "b")
    first, second = studio.queue_image("a", "--size", "64x64", "--steps", "20"), studio.queue_image("b")
    worker = studio.start(*WORK)
    seen.await_running()
    worker.send(signal.SIGINT)
    worker.end(130)
    assert [studio.job(each).status for each in (first, second)] == [JobStatus.SUCCEEDED, JobStatus.QUEUED]
    assert seen.prompts() == {studio.job(first).prompt_id: "success"}


def test_a_worker_gives_back_what_runs_after_two(studio: Studio, seen: ServerView) -> None:
    studio.plan("a")
    job_id = studio.queue_image("a", *ENDLESS)
    worker = studio.start(*WORK)
    prompt_id = seen.await_running()
    worker.send(signal.SIGINT)
    worker.await_words("Ctrl-C again")
    worker.send(signal.SIGINT)
    assert "given back to the queue" in worker.end(130).err
    assert studio.job(job_id).status is JobStatus.QUEUED
    assert seen.prompts() == {prompt_id: "running"}


def test_sigterm_is_as_gentle_as_ctrl_c(studio: Studio, seen: ServerView) -> None:
    waiting = begin(studio, seen)
    waiting.send(signal.SIGTERM)
    waiting.end(130)
    until(lambda: studio.jobs()[0].status is JobStatus.QUEUED, "the job is queued again")
    assert_taken_up(studio, seen)
