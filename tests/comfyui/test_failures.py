"""Servers that die, models that are broken, disks that are full: a job is finished later or fails with its reason."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.comfyui.kit.server import ComfyServer, free_port
from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import QUICK, Running, Studio
from tests.fakes import halted_vidctl
from vidctl.domain.job import JobStatus

WORK = ("queue", "work", "--until-empty", "--no-animatic")
#: Some seconds for the server, so that it is still rendering when it dies.
SLOW = ("--size", "64x64", "--steps", "40")


# the server dies


@pytest.fixture(scope="module")
def breakable() -> Iterator[ComfyServer]:
    """A server of this module's own, to be killed."""
    with ComfyServer.start() as server:
        yield server


def prompts(server: ComfyServer) -> list[str]:
    """What became of all prompts since the server was started."""
    with closing(ServerView(server.url, since_start=True)) as view:
        return list(view.prompts().values())


def begin(server: ComfyServer, folder: Path, **variables: str) -> tuple[Studio, Running]:
    """A film, and `generate image` in the middle of its render."""
    studio = Studio(folder, server.url, **variables)
    studio.plan("a")
    waiting = studio.start("generate", "image", "one/a", *SLOW)
    with closing(ServerView(server.url, since_start=True)) as view:
        view.await_running()
    return studio, waiting


def test_a_render_that_died_with_its_server_is_submitted_again_once(breakable: ComfyServer, tmp_path: Path) -> None:
    studio, waiting = begin(breakable, tmp_path)
    with closing(studio):
        (lost,) = {job.prompt_id for job in studio.jobs()}
        breakable.kill()
        breakable.restart()
        assert "is lost" in waiting.end().err
        (job,) = studio.jobs()
        assert (job.status, job.attempts, job.prompt_id == lost) == (JobStatus.SUCCEEDED, 2, False)
        assert prompts(breakable) == ["success"]
        assert len(studio.gallery("one/a").images) == 1


def test_a_job_waits_for_a_server_that_stays_away(breakable: ComfyServer, tmp_path: Path) -> None:
    studio, waiting = begin(breakable, tmp_path, VIDCTL_SERVER_PATIENCE="1")
    with closing(studio):
        breakable.kill()
        assert "vidctl queue work" in waiting.end(5).err
        (job,) = studio.jobs()
        assert (job.status, (job.error or {})["code"]) == (JobStatus.WAITING, "unreachable")
        breakable.restart()
        studio.vidctl(*WORK)
        assert studio.job(job.id).status is JobStatus.SUCCEEDED
        assert prompts(breakable) == ["success"]


# the server is not there


@pytest.fixture
def away(studio: Studio, comfy: ComfyServer) -> Studio:
    """A film whose server is away."""
    studio.url = f"http://127.0.0.1:{free_port()}"
    studio.plan("a")
    studio.url = comfy.url
    return studio


def test_nothing_is_queued_for_a_server_that_is_away(away: Studio) -> None:
    refused = away.ask("generate", "image", "one/a", *QUICK, code=5)
    assert refused["error"]["code"] == "unreachable"
    assert away.jobs() == []


def test_with_no_wait_a_render_is_queued_until_the_server_is_back(away: Studio, seen: ServerView) -> None:
    away.vidctl("generate", "image", "one/a", *QUICK, "--model", "tiny_sd15.safetensors", "--no-wait")
    assert [job.status for job in away.jobs()] == [JobStatus.QUEUED]
    away.vidctl("comfyui", "update", "box", "--url", away.url)
    away.vidctl(*WORK)
    assert [job.status for job in away.jobs()] == [JobStatus.SUCCEEDED]
    assert list(seen.prompts().values()) == ["success"]


# the render fails


@pytest.fixture
def broken_model(comfy: ComfyServer) -> Iterator[str]:
    """A checkpoint that is none, though its name says SD 1.5."""
    file = comfy.base / "models" / "checkpoints" / "broken_sd15.safetensors"
    file.write_bytes(b"not a model")
    yield file.name
    file.unlink()


def test_a_node_that_fails_is_named_with_its_reason(studio: Studio, seen: ServerView, broken_model: str) -> None:
    studio.plan("a")
    failed = studio.vidctl("generate", "image", "one/a", *QUICK, "--model", broken_model, code=1)
    assert "node 1 (CheckpointLoaderSimple) failed" in failed.err
    (job,) = studio.jobs()
    error = job.error or {}
    assert (job.status, job.attempts, error["code"]) == (JobStatus.FAILED, 3, "render_failed")
    assert (error["details"]["node_id"], error["details"]["class_type"]) == ("1", "CheckpointLoaderSimple")
    assert error["cause"].partition(":")[0] == error["details"]["exception_type"]
    assert error["details"]["message"]
    assert list(seen.prompts().values()) == ["error"] * 3


def test_a_failed_render_is_tried_again_and_succeeds_if_the_server_was_mended(
    studio: Studio, comfy: ComfyServer, seen: ServerView, broken_model: str
) -> None:
    studio.plan("a")
    waiting = studio.start("generate", "image", "one/a", *QUICK, "--model", broken_model)
    waiting.await_words("trying again in 2 s")
    checkpoints = comfy.base / "models" / "checkpoints"
    (checkpoints / broken_model).unlink()
    (checkpoints / broken_model).symlink_to((checkpoints / "tiny_sd15.safetensors").resolve())
    waiting.end()
    (job,) = studio.jobs()
    assert (job.status, job.attempts) == (JobStatus.SUCCEEDED, 2)
    assert sorted(seen.prompts().values()) == ["error", "success"]


# what was rendered is spoilt


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file.unlink(), id="gone"),
        pytest.param(lambda file: file.write_bytes(b"\x89PNG"), id="cut off"),
    ],
)
def test_a_file_that_was_spoilt_on_the_server_is_rendered_again(
    studio: Studio, comfy: ComfyServer, seen: ServerView, spoil: Callable[[Path], None]
) -> None:
    studio.plan("a")
    job_id = studio.queue_image("a")
    download = ("before", "vidctl.gateways.comfyui.client:ComfyClient.view")
    worker = studio.start_python(halted_vidctl.__file__, "hold", *download, *WORK)
    worker.await_words("halted")
    (first,) = seen.prompts()
    spoil(comfy.base / "output" / seen.output(first))
    worker.send(signal.SIGUSR1)
    worker.end()
    assert studio.job(job_id).status is JobStatus.SUCCEEDED
    assert len(seen.prompts()) == 2
    assert len(studio.gallery("one/a").images) == 1


# the disk is full

_IN_SMALL_SPACE = 'mount -t tmpfs -o size=8k tmpfs "$0" && "$@"; code=$?; find "$0" -type f > left; exit $code'


@pytest.fixture
def cramped(studio: Studio) -> Studio:
    """A film whose assets folder is two pages large for what runs `in_small_space`, a picture being three."""
    studio.assets.mkdir()
    studio.plan("a")
    if shutil.which("unshare") is None or in_small_space(studio, "true").end(None).code:
        pytest.skip("this system lets us mount no small file system")
    return studio


def in_small_space(studio: Studio, *command: object) -> Running:
    """Run it with a view of the file system in which little space is left in the assets folder."""
    shell = ("unshare", "--map-root-user", "--mount", "sh", "-c", _IN_SMALL_SPACE)
    return studio.start_program(*shell, studio.assets, *command)


def left_behind(studio: Studio) -> str:
    """The files in the small space when the last command in it had ended."""
    return (studio.folder / "left").read_text()


def test_a_render_that_found_no_space_is_fetched_when_there_is_some(cramped: Studio, seen: ServerView) -> None:
    job_id = cramped.queue_image("a", "--size", "128x128", "--steps", "1")
    once = ("-m", "vidctl", "queue", "work", "--no-animatic", "--max-jobs", 1)
    assert "no space left" in in_small_space(cramped, sys.executable, *once).end().err
    job = cramped.job(job_id)
    assert (job.status, (job.error or {})["code"]) == (JobStatus.WAITING, "disk_full")
    assert (left_behind(cramped), cramped.gallery("one/a").images) == ("", [])
    cramped.vidctl(*WORK)
    assert cramped.job(job_id).status is JobStatus.SUCCEEDED
    assert seen.prompts() == {job.prompt_id: "success"}
    assert len(cramped.stored_files()) == 2


def test_a_job_that_failed_for_want_of_space_needs_no_second_render(cramped: Studio, seen: ServerView) -> None:
    command = ("generate", "image", "one/a", "--size", "128x128", "--steps", "1")
    assert "no space left" in in_small_space(cramped, sys.executable, "-m", "vidctl", *command).end(1).err
    (job,) = cramped.jobs()
    assert (job.status, (job.error or {})["code"], left_behind(cramped)) == (JobStatus.FAILED, "disk_full", "")
    cramped.vidctl("queue", "retry", job.id)
    cramped.vidctl(*WORK)
    assert cramped.job(job.id).status is JobStatus.SUCCEEDED
    assert seen.prompts() == {job.prompt_id: "success"}
