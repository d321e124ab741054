"""How vidctl speaks: data on standard output, talk on standard error, one exit code for each kind of end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.cli.running import run_process
from vidctl import __version__, open_app
from vidctl.services.project_service import ProjectService

ANIMATIC = ("--server", "animatic")


def test_the_version_is_told(vidctl: Vidctl) -> None:
    assert vidctl("--version").out == f"vidctl {__version__}\n"


@pytest.mark.parametrize("arguments", [(), ("project",), ("-h",), ("project", "create", "-h")])
def test_help_is_shown_where_it_is_asked_for_or_nothing_is_said(vidctl: Vidctl, arguments: tuple[str, ...]) -> None:
    run = vidctl(*arguments, code=0 if "-h" in arguments else 2)
    assert "Usage: vidctl" in run.out + run.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("project", "list"), 0),
        (("project", "create", "X", "--size", "1x1"), 2),
        (("project", "create"), 2),
        (("project", "paint"), 2),
        (("nonsense",), 2),
        (("project", "list", "--limit", "many"), 2),
        (("project", "list", "--loud"), 2),
        (("project", "show", "nothing"), 3),
        (("project", "create", "Neon Nights"), 4),
        (("generate", "image", "chorus/hero"), 6),
    ],
)
def test_exit_codes_tell_kinds_of_ends_apart(vidctl: Vidctl, film: str, arguments: tuple[str, ...], code: int) -> None:
    run = vidctl(*arguments, code=code)
    assert bool(run.err) is (code != 0)
    assert bool(run.out) is (code == 0)


def test_a_worker_some_of_whose_jobs_fail_ends_with_7(vidctl: Vidctl, film: str) -> None:
    jobs = vidctl("generate", "image", "chorus/hero", "verse/street", *ANIMATIC, "--no-wait", "--json").result()["jobs"]
    with open_app() as app:
        stored = app.store.find("jobs", {"id": jobs[0]["id"]})[0]
        without_card = json.dumps({**json.loads(stored["request"]), "card": None})
        app.store.take("jobs", {"id": stored["id"]}, {"$set": {"request": without_card}})
    run = vidctl("queue", "work", "--until-empty", "--json", code=7)
    assert (run.result()["succeeded"], run.result()["failed"]) == (1, 1)
    assert "vidctl queue list --status failed" in run.err
    assert vidctl("queue", "list", "--status", "failed", "--json").json()["items"][0]["error"]["problem"]


def test_an_error_is_problem_cause_and_fix(vidctl: Vidctl, film: str) -> None:
    run = vidctl("clip", "move", "chorus/crowd", "--at", "0.25", code=4)
    problem, cause, fix = run.err.splitlines()
    assert problem == "error: Crowd would overlap Hero"
    assert cause.startswith("  cause: hero is there from 0 s to 0.5 s")
    assert fix.startswith("  fix:   ")
    assert run.out == ""


def test_with_json_an_error_is_a_document_too(vidctl: Vidctl, film: str) -> None:
    run = vidctl("clip", "move", "chorus/crowd", "--at", "0.25", "--json", code=4)
    assert run.json().keys() == {"error"}
    assert run.error().keys() == {"code", "problem", "cause", "fix", "details"}
    assert run.err.startswith("error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("project", "create"),
        ("project", "paint"),
        ("clip", "list", "--loud"),
        ("queue", "list", "--limit", "x"),
        ("x",),
    ],
)
def test_with_json_a_usage_error_is_a_document_too(vidctl: Vidctl, arguments: tuple[str, ...]) -> None:
    run = vidctl(*arguments, "--json", code=2)
    assert run.error().keys() == {"code", "problem", "cause", "fix", "details"}
    assert run.error()["code"] == "invalid_input"
    assert "--help" in run.error()["fix"]
    assert run.err


def test_in_a_stream_an_error_is_the_last_event(vidctl: Vidctl, film: str) -> None:
    Path("film.mp4").touch()
    run = vidctl("export", "video", "-o", "film.mp4", "--json", code=4)
    assert run.events()[-1]["event"] == "error"
    assert run.error()["code"] == "conflict"


def test_a_bug_is_told_in_a_line_with_the_place_of_its_report(
    vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a wire is loose")

    monkeypatch.setattr(ProjectService, "list_projects", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    run = vidctl("project", "list", "--json", code=70)
    assert run.error().keys() == {"code", "problem", "cause", "fix", "details"}
    assert run.error()["code"] == "bug"
    assert "a wire is loose" in run.err
    report = re.search(r"a report is in (\S+)", run.err)
    assert report is not None
    assert "in broken" in Path(report[1]).read_text()


def test_quiet_leaves_results_and_errors_only(vidctl: Vidctl, film: str) -> None:
    for place in (
        ("-q", "generate", "video", "chorus/hero", *ANIMATIC),
        ("generate", "video", "chorus/hero", *ANIMATIC, "-q"),
    ):
        run = vidctl(*place)
        assert run.err == ""
        assert "1 of 1 rendered" in run.out
    assert vidctl("-q", "project", "show", "nothing", code=3).err.startswith("error: ")


def test_global_flags_stand_before_or_behind_the_command(vidctl: Vidctl, film: str) -> None:
    assert vidctl("--no-color", "-q", "project", "list", "--json").json()["total"] == 1
    assert vidctl("project", "list", "--quiet", "--json").json()["total"] == 1


def test_talk_goes_to_standard_error_and_data_to_standard_output(vidctl: Vidctl, film: str) -> None:
    run = vidctl("export", "video", "-o", "film.mp4")
    assert len(run.out.splitlines()) == 1
    assert run.out.startswith("film.mp4: ")
    assert run.err.count("warning: ") == 3


def test_what_is_piped_has_no_colour_and_one_line_a_row(vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "two\nlines\tand a tab")
    for arguments in (("clip", "list"), ("clip", "show", "chorus/hero"), ("queue", "status"), ("doctor",)):
        run = vidctl(*arguments)
        assert "\x1b" not in run.out + run.err
    assert len(vidctl("clip", "list").rows()) == 4


def test_json_keeps_letters_as_they_are(vidctl: Vidctl) -> None:
    run = vidctl("project", "create", "Größe 夜 🌃", "--json")
    assert "Größe 夜 🌃" in run.out
    assert json.loads(run.out)["slug"]


def test_other_letters_survive_a_terminal_that_cannot_show_them(
    vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("project", "update", film, "--name", "夜 🌃")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("PYTHONUTF8", "0")
    for arguments in (("project", "list"), ("project", "list", "--json")):
        run = run_process(*arguments)
        assert run.code == 0, run
        assert "neon-nights" in run.out
    assert json.loads(run.out)["items"][0]["name"] == "夜 🌃"
