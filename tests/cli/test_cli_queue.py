"""vidctl queue: list, show, status, cancel, retry, work."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl
from tests.fakes.comfy_wire import ComfyWire

ANIMATIC = ("--server", "animatic")


@pytest.fixture
def queued(vidctl: Vidctl, film: str) -> list[str]:
    """Two jobs that wait for a worker, the older first."""
    result = vidctl("generate", "image", "chorus/hero", "chorus/crowd", *ANIMATIC, "--no-wait", "--json").result()
    return [job["id"] for job in result["jobs"]]


def test_an_empty_queue_says_so(vidctl: Vidctl, film: str) -> None:
    assert vidctl("queue", "list").out == "no jobs\n"
    assert vidctl("queue", "list", "--json").json() == {"items": [], "total": 0, "next_after": None}


def test_jobs_are_listed_newest_first_and_page_by_page(vidctl: Vidctl, queued: list[str]) -> None:
    listed = vidctl("queue", "list", "--json").json()
    assert [job["id"] for job in listed["items"]] == queued[::-1]
    page = vidctl("queue", "list", "--limit", 1)
    assert page.rows()[1][:2] == [queued[1][:8], "queued"]
    assert "1 of 2 are shown: --after" in page.out


def test_jobs_are_listed_by_status_batch_and_project(vidctl: Vidctl, queued: list[str]) -> None:
    batch = vidctl("queue", "show", queued[0], "--json").json()["batch_id"]
    vidctl("project", "create", "Other")
    vidctl("queue", "cancel", queued[0])
    for options, count in (
        (("--status", "queued"), 1), (("--status", "cancelled"), 1), (("--status", "failed"), 0),
        (("--batch", batch[:8]), 2), (("--project", "other"), 0), (("-p", "neon-nights"), 2),
    ):  # fmt: skip
        assert vidctl("queue", "list", *options, "--json").json()["total"] == count, options


def test_an_unknown_status_or_batch_is_refused_with_those_there_are(vidctl: Vidctl, queued: list[str]) -> None:
    assert "queued, waiting, running" in vidctl("queue", "list", "--status", "done", code=2).err
    assert "batch" in vidctl("queue", "list", "--batch", "zzzz", code=3).err


def test_a_job_is_shown_with_its_recipe(vidctl: Vidctl, queued: list[str]) -> None:
    shown = vidctl("queue", "show", queued[0][:8], "--json").json()
    assert (shown["label"], shown["request"]["backend"]) == ("neon-nights/chorus/hero image", "animatic")
    assert vidctl("queue", "show", queued[0]).fields()["backend"] == "animatic"


def test_the_status_counts_every_state_and_server(vidctl: Vidctl, queued: list[str]) -> None:
    told = vidctl("queue", "status", "--json").json()
    assert told["counts"] == {
        "queued": 2, "waiting": 0, "running": 0, "succeeded": 0, "failed": 0, "cancelled": 0
    }  # fmt: skip
    assert {"name": "animatic", "running": 0, "queued": 2} in told["servers"]
    assert vidctl("queue", "status").rows()[0] == ["queued", "2"]


def test_the_worker_runs_what_is_queued_and_says_what_it_did(vidctl: Vidctl, queued: list[str]) -> None:
    run = vidctl("queue", "work", "--until-empty")
    assert run.out == "2 succeeded\n"
    assert "neon-nights/chorus/hero image: started on animatic" in run.err
    result = vidctl("queue", "work", "--until-empty", "--json").result()
    assert result["succeeded"] == 0


def test_an_idle_worker_says_that_there_was_nothing_to_do(vidctl: Vidctl, film: str) -> None:
    assert vidctl("queue", "work", "--until-empty").out == "nothing to do\n"


def test_a_worker_ends_after_as_many_jobs_as_it_was_given(vidctl: Vidctl, queued: list[str]) -> None:
    assert vidctl("queue", "work", "--max-jobs", 1).out == "1 succeeded\n"
    assert vidctl("queue", "list", "--status", "queued", "--json").json()["items"][0]["id"] == queued[1]


def test_a_higher_priority_goes_first(vidctl: Vidctl, queued: list[str]) -> None:
    vidctl("generate", "image", "verse/street", *ANIMATIC, "--no-wait", "--priority", 5)
    events = vidctl("queue", "work", "--max-jobs", 1, "--json").events()
    assert next(e for e in events if e["event"] == "job_started")["label"] == "neon-nights/verse/street image"


def test_a_worker_may_be_told_to_draw_no_cards(vidctl: Vidctl, queued: list[str]) -> None:
    assert vidctl("queue", "work", "--until-empty", "--no-animatic").out == "nothing to do\n"
    assert vidctl("queue", "status", "--json").json()["counts"]["queued"] == 2


def test_a_worker_for_an_unknown_server_is_refused(vidctl: Vidctl, film: str) -> None:
    assert vidctl("queue", "work", "--server", "studio", "--json", code=3).error()["code"] == "not_found"


def test_cancelled_jobs_are_not_rendered_and_can_be_queued_again(vidctl: Vidctl, queued: list[str]) -> None:
    changed = vidctl("queue", "cancel", queued[0][:8], "--json").json()
    assert changed["jobs"][0]["status"] == "cancelled"
    assert vidctl("queue", "work", "--until-empty").out == "1 succeeded\n"
    assert vidctl("queue", "retry", queued[0], "--json").json()["jobs"][0]["status"] == "queued"
    assert vidctl("queue", "work", "--until-empty").out == "1 succeeded\n"


def test_a_batch_or_everything_is_cancelled_at_once(vidctl: Vidctl, queued: list[str]) -> None:
    batch = vidctl("queue", "show", queued[0], "--json").json()["batch_id"]
    assert len(vidctl("queue", "cancel", "--batch", batch[:8], "--json").json()["jobs"]) == 2
    assert len(vidctl("queue", "retry", "--all", "--json").json()["jobs"]) == 2
    assert len(vidctl("queue", "cancel", "--all", "--json").json()["jobs"]) == 2


def test_a_job_that_has_ended_cannot_be_cancelled(vidctl: Vidctl, queued: list[str]) -> None:
    vidctl("queue", "work", "--until-empty")
    assert vidctl("queue", "cancel", queued[0], "--json", code=4).error()["code"] == "illegal_transition"
    assert vidctl("queue", "retry", queued[0], "--json", code=4).error()["code"] == "illegal_transition"


def test_of_several_jobs_those_that_cannot_be_cancelled_are_told(vidctl: Vidctl, queued: list[str]) -> None:
    vidctl("queue", "work", "--max-jobs", 1)
    changed = vidctl("queue", "cancel", *queued, "--json").json()
    assert [job["id"] for job in changed["jobs"]] == queued[1:]
    assert list(changed["refused"]) == queued[:1]


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_cancelling_or_retrying_nothing_in_particular_is_refused(vidctl: Vidctl, film: str, verb: str) -> None:
    assert "--all" in vidctl("queue", verb, code=2).err


def test_a_clip_that_is_deleted_takes_its_jobs_along(vidctl: Vidctl, queued: list[str]) -> None:
    vidctl("clip", "delete", "chorus/hero", "--yes")
    assert vidctl("queue", "work", "--until-empty").out == "1 succeeded\n"


def test_a_worker_that_waits_for_jobs_says_where(vidctl: Vidctl, queued: list[str]) -> None:
    with ComfyWire() as wire:
        vidctl("comfyui", "add", "studio", wire.url)
        vidctl("comfyui", "add", "cellar", f"{wire.url}/cellar")
        vidctl("comfyui", "update", "cellar", "--inactive")
        run = vidctl("queue", "work", "--max-jobs", 1)
        assert run.err.splitlines()[0] == "waiting for jobs on studio, animatic (Ctrl-C ends it)"
        assert "waiting" not in vidctl("queue", "work", "--until-empty").err
