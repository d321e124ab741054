"""Ctrl-C once and twice, a reader that leaves, several processes at once: as real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

import vidctl.__main__
from tests.cli.conftest import Vidctl
from tests.cli.running import VIDCTL, Run, environment, finish, run_process, start

ANIMATIC = ("--server", "animatic")


@pytest.fixture
def long_film(vidctl: Vidctl) -> list[str]:
    """A film whose first clip takes a moment to draw: the paths of all."""
    vidctl("project", "create", "Long", "--size", "320x180", "--fps", "24")
    vidctl("project", "use", "long")
    vidctl("scene", "create", "Verse")
    for number, length in enumerate([8, 1, 1]):
        vidctl("clip", "create", "verse", f"Clip {number}", "--length", length)
    return [f"verse/clip-{number}" for number in range(3)]


def _interrupted(*arguments: object, times: int) -> Run:
    """A run that gets Ctrl-C as soon as its first render has started."""
    process = start(*arguments, "--json")
    told = ""
    assert process.stdout is not None
    for line in process.stdout:
        told += line
        if json.loads(line)["event"] == "job_started":
            break
    for _ in range(times):
        process.send_signal(signal.SIGINT)
    ended = finish(process)
    return Run(ended.code, told + ended.out, ended.err)


def _finish_the_rest(vidctl: Vidctl, total: int) -> None:
    """However it ended, the queue is whole: another worker does the rest, and each clip has one take."""
    run = vidctl("queue", "work", "--until-empty", "--json")
    assert run.result()["failed"] == 0
    jobs = vidctl("queue", "list", "--json").json()["items"]
    assert Counter(job["status"] for job in jobs) == {"succeeded": total}
    assert [clip["videos"] for clip in vidctl("clip", "list", "--json").json()["items"]] == [1] * total


def test_ctrl_c_once_lets_the_worker_finish_what_it_renders(vidctl: Vidctl, long_film: list[str]) -> None:
    vidctl("generate", "video", *long_film, *ANIMATIC, "--no-wait")
    run = _interrupted("queue", "work", "--until-empty", times=1)
    assert run.code == 130
    names = Counter(event["event"] for event in run.events())
    assert names["job_released"] == 0
    assert names["job_finished"] == names["job_started"] < len(long_film)
    assert any("Ctrl-C again" in event.get("text", "") for event in run.events())
    _finish_the_rest(vidctl, len(long_film))


def test_ctrl_c_twice_gives_the_render_back(vidctl: Vidctl, long_film: list[str]) -> None:
    vidctl("clip", "update", long_film[-1], "--length", "30")
    vidctl("generate", "video", *reversed(long_film), *ANIMATIC, "--no-wait")
    process = start("queue", "work", "--until-empty", "--json")
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if json.loads(line)["event"] == "job_started":
            process.send_signal(signal.SIGINT)
        if "Ctrl-C again" in line:
            process.send_signal(signal.SIGINT)
            break
    ended = finish(process)
    run = Run(ended.code, told + ended.out, ended.err)
    assert run.code == 130
    assert [event["event"] for event in run.events()].count("job_released") == 1
    assert vidctl("queue", "status", "--json").json()["counts"]["running"] == 0
    _finish_the_rest(vidctl, len(long_film))


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_generate_leaves_its_jobs_to_the_queue(vidctl: Vidctl, long_film: list[str], times: int) -> None:
    run = _interrupted("generate", "video", *long_film, *ANIMATIC, times=times)
    assert run.code in ({130} if times == 1 else {130, -signal.SIGINT})
    if times == 1:
        assert run.error()["code"] == "interrupted"
        assert "vidctl queue work" in run.error()["fix"]
        assert vidctl("queue", "status", "--json").json()["counts"]["running"] == 0
    _finish_the_rest(vidctl, len(long_film))


def test_an_interrupted_demo_goes_on_where_it_was_left(vidctl: Vidctl) -> None:
    run = _interrupted("demo", "made", *ANIMATIC, "--size", "64x36", times=1)
    assert run.code == 130
    assert not Path("made/film.mp4").exists()
    again = vidctl("demo", "made", *ANIMATIC, "--size", "64x36", "--json")
    assert again.result()["film"]["missing"] == []
    counts = vidctl("queue", "status", "--json").json()["counts"]
    assert counts["running"] == counts["queued"] == 0
    assert vidctl("clip", "list", "-p", "neon-nights", "--json").json()["items"][0]["videos"] == 1


def test_sigterm_ends_as_cleanly_as_ctrl_c(vidctl: Vidctl, long_film: list[str]) -> None:
    process = start("generate", "video", *long_film, *ANIMATIC, "--json")
    assert process.stdout is not None
    assert any("job_started" in line for line in process.stdout)
    process.terminate()
    ended = finish(process)
    assert ended.code == 130
    assert vidctl("queue", "status", "--json").json()["counts"]["running"] == 0


def test_ctrl_c_while_vidctl_is_still_being_loaded_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def main(arguments: list[str]) -> int:
        raise KeyboardInterrupt

    loading = ModuleType("vidctl.cli.main")
    loading.main = main  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vidctl.cli.main", loading)
    with pytest.raises(SystemExit) as ended:
        vidctl.__main__.main()
    assert ended.value.code == 130


def _without_reader(*arguments: object) -> Run:
    """A run whose standard output nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*VIDCTL, *map(str, arguments)], stdout=writing, stderr=subprocess.PIPE, encoding="utf-8",
            env=environment(), check=False,
        )  # fmt: skip
    finally:
        os.close(writing)
    return Run(done.returncode, "", done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [("project", "list"), ("project", "list", "--json"), ("config", "show"), ("help", "queue"), ("--help",)],
)
def test_a_reader_that_has_left_is_no_error(film: str, arguments: tuple[str, ...]) -> None:
    run = _without_reader(*arguments)
    assert run.err == ""
    assert run.code == (1 if arguments == ("--help",) else 0)


def test_an_error_is_told_though_nobody_reads_standard_output(film: str) -> None:
    run = _without_reader("project", "show", "nothing", "--json")
    assert run.err.startswith("error: there is no project 'nothing'")


def test_a_stream_that_nobody_reads_is_stopped_and_its_jobs_stay(vidctl: Vidctl, film: str) -> None:
    run = _without_reader("generate", "video", "chorus/hero", "chorus/crowd", "verse/street", *ANIMATIC, "--json")
    assert (run.code, run.err) == (130, "")
    counts = vidctl("queue", "status", "--json").json()["counts"]
    assert (counts["running"], counts["failed"]) == (0, 0)
    vidctl("queue", "work", "--until-empty")


def test_head_shows_its_line_and_nothing_is_complained_of(vidctl: Vidctl, film: str) -> None:
    for options in ("", "--json"):
        command = f'"{VIDCTL[0]}" -m vidctl clip list {options} | head -1'
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment(), check=True)
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == ""


def test_of_several_processes_that_create_the_same_film_exactly_one_wins(vidctl: Vidctl) -> None:
    runs = [finish(process) for process in [start("project", "create", "Same", "--json") for _ in range(3)]]
    assert sorted(run.code for run in runs) == [0, 4, 4]
    assert {run.error()["code"] for run in runs if run.code} == {"duplicate_name"}
    assert vidctl("project", "list", "--json").json()["total"] == 1


def test_the_module_and_the_working_folder_need_nothing_else(film: str) -> None:
    assert run_process("project", "list", "--json").json()["total"] == 1
