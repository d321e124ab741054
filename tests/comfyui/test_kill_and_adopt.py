"""A worker dies or freezes at the worst moments; the next one finishes every job, and nothing is rendered twice."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import QUICK, Running, Studio
from tests.fakes import halted_vidctl
from vidctl.domain.job import JobStatus

#: Some seconds of work for the server: longer than it takes to kill a process.
SLOW = ("--size", "64x64", "--steps", "40")
WORK = ("queue", "work", "--until-empty", "--no-animatic")

CLIENT = "vidctl.gateways.comfyui.client:ComfyClient"
GALLERY = "vidctl.services.gallery_manager:GalleryManager"
QUEUE = "vidctl.repositories.queue_repository:QueueRepository"


def halted_worker(studio: Studio, how: str, when: str, place: str) -> Running:
    return studio.start_python(halted_vidctl.__file__, how, when, place, *WORK)


def assert_each_was_rendered_once(studio: Studio, seen: ServerView) -> None:
    """Every job has its one prompt, every clip its one take, every take its sidecar."""
    jobs = studio.jobs()
    assert {job.status for job in jobs} == {JobStatus.SUCCEEDED}
    assert seen.prompts() == {job.prompt_id: "success" for job in jobs}
    for job in jobs:
        (take,) = studio.gallery(job.clip_id).images
        assert (job.take_ids, take.is_selected) == ([take.id], True)
        sidecar = json.loads(Path(f"{take.file}.json").read_text())
        assert (sidecar["take_id"], sidecar["prompt_id"]) == (take.id, job.prompt_id)


@pytest.fixture
def three_jobs(studio: Studio) -> list[str]:
    studio.plan("a", "b", "c")
    return [studio.queue_image("a", *SLOW), studio.queue_image("b"), studio.queue_image("c")]


def test_a_worker_killed_in_the_middle_of_a_render_costs_no_render(
    studio: Studio, seen: ServerView, three_jobs: list[str]
) -> None:
    killed = studio.start(*WORK)
    prompt_id = seen.await_running()
    killed.kill()
    assert seen.prompts() == {prompt_id: "running"}
    second = studio.vidctl(*WORK)
    assert "film/one/a image: taken up again on box" in second.err
    assert_each_was_rendered_once(studio, seen)


def test_a_render_that_ended_while_nobody_watched_is_fetched(
    studio: Studio, seen: ServerView, three_jobs: list[str]
) -> None:
    killed = studio.start(*WORK)
    prompt_id = seen.await_running()
    killed.kill()
    seen.await_state(prompt_id, "success")
    studio.vidctl(*WORK)
    assert_each_was_rendered_once(studio, seen)


@pytest.mark.parametrize(
    ("when", "place"),
    [
        pytest.param("before", f"{CLIENT}.prompt", id="with the prompt id stored but not submitted"),
        pytest.param("after", f"{CLIENT}.prompt", id="submitted but not noted"),
        pytest.param("before", f"{CLIENT}.view", id="rendered but not downloaded"),
        pytest.param("after", f"{CLIENT}.view", id="downloaded but not stored"),
        pytest.param("after", f"{GALLERY}.store_file", id="stored but in no gallery"),
        pytest.param("before", f"{QUEUE}.succeed", id="in the gallery but not done"),
        pytest.param("after", f"{QUEUE}.succeed", id="done but not told"),
    ],
)
def test_a_worker_killed_at_any_moment_costs_no_render(studio: Studio, seen: ServerView, when: str, place: str) -> None:
    studio.plan("a")
    studio.queue_image("a")
    halted_worker(studio, "kill", when, place).end(-signal.SIGKILL)
    studio.vidctl(*WORK)
    assert_each_was_rendered_once(studio, seen)


def test_two_workers_share_a_queue(studio: Studio, seen: ServerView) -> None:
    studio.plan(*"abcdef")
    clips = [f"one/{name}" for name in "abcdef"]
    studio.vidctl("generate", "image", *clips, *QUICK, "--no-wait")
    both = [studio.start(*WORK, "--json") for _ in range(2)]
    shares = [worker.end().document["succeeded"] for worker in both]
    assert sum(shares) == 6
    assert_each_was_rendered_once(studio, seen)


@pytest.fixture
def impatient(studio: Studio) -> Studio:
    """A worker that falls silent loses its job after two seconds here."""
    studio.environ["VIDCTL_LEASE_SECONDS"] = "2"
    studio.plan("a")
    return studio


def test_a_frozen_workers_job_is_taken_over(impatient: Studio, seen: ServerView) -> None:
    impatient.queue_image("a", *SLOW)
    frozen = impatient.start(*WORK)
    seen.await_running()
    impatient.freeze(frozen)
    assert "taken up again" in impatient.vidctl(*WORK).err
    assert_each_was_rendered_once(impatient, seen)


@pytest.mark.parametrize(
    ("when", "place"),
    [
        pytest.param("after", f"{CLIENT}.prompt", id="submitting"),
        pytest.param("after", f"{CLIENT}.view", id="downloading"),
        pytest.param("after", f"{GALLERY}.store_file", id="storing"),
        pytest.param("before", f"{QUEUE}.succeed", id="finishing"),
    ],
)
def test_a_worker_that_thaws_after_losing_its_job_changes_nothing(
    impatient: Studio, seen: ServerView, when: str, place: str
) -> None:
    job_id = impatient.queue_image("a")
    frozen = halted_worker(impatient, "hold", when, place)
    frozen.await_words("halted")
    impatient.freeze(frozen)
    impatient.vidctl(*WORK)
    impatient.vidctl("clip", "select", "one/a", "--none", "image")
    before = impatient.job(job_id), impatient.gallery("one/a")
    frozen.send(signal.SIGCONT)
    frozen.send(signal.SIGUSR1)
    assert "no longer ours" in frozen.end().err
    assert (impatient.job(job_id), impatient.gallery("one/a")) == before
    assert list(seen.prompts().values()) == ["success"]
