"""vidctl batch, and jobs that are added to the queue and forgotten."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl

ANIMATIC = ("--server", "animatic")
STILLS = ("--kind", "image", *ANIMATIC)


def test_a_batch_of_all_clips_that_fit_a_selector_is_left_to_the_workers(vidctl: Vidctl, film: str) -> None:
    run = vidctl("batch", "run", "scene:chorus", *STILLS, "--title", "first look")
    assert run.rows()[1][1:3] == ["queued", "2 open"]
    assert run.rows()[1][4] == "first look"
    vidctl("queue", "work", "--until-empty")
    told = vidctl("batch", "status", "--json").json()
    assert (told["status"], told["succeeded"], told["open"], told["progress"]) == ("succeeded", 2, 0, 1.0)
    assert vidctl("batch", "status", told["id"][:8], "--watch", "--json").result()["status"] == "succeeded"


def test_a_batch_that_is_waited_for_ends_with_its_counts(vidctl: Vidctl, film: str) -> None:
    told = vidctl("batch", "run", "verse/street", "chorus/hero", *STILLS, "--wait", "--json").result()
    assert (told["total"], told["succeeded"]) == (2, 2)
    assert [job["status"] for job in told["jobs"]] == ["succeeded"] * 2


def test_clips_for_a_batch_are_read_from_another_command(vidctl: Vidctl, film: str) -> None:
    told = vidctl("batch", "run", "-", *STILLS, "--json", stdin="verse/street\nchorus/crowd\n").result()
    assert told["asked"] == 2


def test_a_batch_of_which_renders_were_cancelled_is_told_as_partly_done(vidctl: Vidctl, film: str) -> None:
    told = vidctl("batch", "run", "scene:chorus", *STILLS, "--json").result()
    vidctl("queue", "cancel", told["jobs"][0]["id"])
    vidctl("queue", "work", "--until-empty")
    run = vidctl("batch", "status", "--watch", code=7)
    assert run.rows()[1][1:3] == ["partly", "1 done, 1 cancelled"]
    assert "vidctl queue retry --batch" in run.err


def test_batches_are_listed_newest_first(vidctl: Vidctl, film: str) -> None:
    assert vidctl("batch", "list").out == "no batches yet\n"
    for title in ("one", "two"):
        vidctl("batch", "run", "chorus/hero", *STILLS, "--title", title)
    vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--no-wait")
    page = vidctl("batch", "list", "--limit", 2, "--json").json()
    assert [item["title"] for item in page["items"]] == ["neon-nights/chorus/hero image", "two"]
    rest = vidctl("batch", "list", "--after", page["next_after"], "-p", film, "--json").json()
    assert ([item["title"] for item in rest["items"]], rest["total"]) == (["one"], 3)
    assert "--after" in vidctl("batch", "list", "--limit", 2).out


def test_an_unknown_batch_and_a_kind_that_is_none_are_refused(vidctl: Vidctl, film: str) -> None:
    assert "batch" in vidctl("batch", "status", "abcd", code=3).err
    assert "image" in vidctl("batch", "run", "chorus/hero", "--kind", "poem", *ANIMATIC, code=2).err


def test_a_job_is_added_without_waiting(vidctl: Vidctl, film: str) -> None:
    added = vidctl("queue", "add", "chorus/hero", *STILLS, "--attempts", 5, "--json").json()
    assert (added["ahead"], added["jobs"][0]["max_attempts"], added["jobs"][0]["status"]) == (0, 5, "queued")
    again = vidctl("queue", "add", "chorus/hero", "chorus/crowd", *STILLS)
    assert "2 queued as batch" in again.out
    assert "behind 1 other" in again.out


def test_jobs_that_have_ended_are_forgotten_and_their_takes_stay(vidctl: Vidctl, film: str) -> None:
    vidctl("generate", "image", "chorus/hero", "chorus/crowd", *ANIMATIC)
    first, second = vidctl("queue", "list", "--json").json()["items"]
    assert vidctl("queue", "delete", first["id"], "--json").json() == {"deleted": 1}
    assert vidctl("batch", "status", "--json").json()["total"] == 1
    assert vidctl("queue", "clear", "--status", "failed", "--yes").out == "no job forgotten; their takes stay\n"
    assert vidctl("queue", "clear", "--yes").out == "1 job forgotten; their takes stay\n"
    assert vidctl("batch", "list", "--json").json()["total"] == 0
    assert vidctl("take", "show", second["take_ids"][0], "--json").json()["id"] == second["take_ids"][0]


@pytest.mark.parametrize("status", ["queued", "running"])
def test_open_jobs_are_not_forgotten(vidctl: Vidctl, film: str, status: str) -> None:
    job = vidctl("queue", "add", "chorus/hero", *STILLS, "--json").json()["jobs"][0]["id"]
    assert "vidctl queue cancel" in vidctl("queue", "delete", job, code=4).err
    assert "have not ended" in vidctl("queue", "clear", "--status", status, "--yes", code=2).err
    vidctl("queue", "clear", "--yes")
    assert vidctl("queue", "list", "--json").json()["total"] == 1


def test_one_prompt_is_not_for_title_cards(vidctl: Vidctl, film: str) -> None:
    assert "parameter prompt" in vidctl("batch", "run", "chorus/hero", *STILLS, "--prompt", "rain", code=2).err
