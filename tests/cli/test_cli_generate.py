"""vidctl generate and the takes that come of it, on the built-in animatic: no server, no GPU, but real files."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from tests.cli.conftest import Vidctl

ANIMATIC = ("--server", "animatic")


def test_a_render_is_told_as_a_stream_that_ends_with_its_jobs(vidctl: Vidctl, film: str) -> None:
    events = vidctl("generate", "video", "chorus/hero", *ANIMATIC, "--json").events()
    names = [event["event"] for event in events]
    assert names[0] == "job_queued"
    assert names[1] == "job_started"
    assert set(names[2:-2]) <= {"job_progress"}
    assert names[-2:] == ["job_finished", "result"]
    result = events[-1]["result"]
    assert (result["total"], result["succeeded"], result["open"]) == (1, 1, 0)
    assert (result["jobs"][0]["status"], result["jobs"][0]["server"]) == ("succeeded", "animatic")


def test_a_render_is_told_to_people_on_both_streams(vidctl: Vidctl, film: str) -> None:
    run = vidctl("generate", "video", "chorus/hero", *ANIMATIC)
    assert run.err.splitlines()[0] == "neon-nights/chorus/hero video: started on animatic"
    header, job, total = run.rows()
    assert header == ["JOB", "STATUS", "DONE", "RENDER", "SERVER", "TRIES", "ERROR"]
    assert job[1:6] == ["succeeded", "", "neon-nights/chorus/hero video", "animatic", "1/3"]
    assert total == ["1 of 1 rendered"]


def test_the_take_is_in_the_gallery_selected_and_a_real_film(vidctl: Vidctl, film: str) -> None:
    vidctl("generate", "video", "chorus/hero", *ANIMATIC)
    (take,) = vidctl("clip", "gallery", "chorus/hero", "--json").json()["videos"]
    assert (take["content_type"], take["is_selected"], take["server_name"]) == ("video", True, "animatic")
    assert (take["width"], take["height"], take["frames"], take["fps"], take["duration"]) == (64, 64, 6, "12", 0.5)
    with av.open(take["file"]) as media:
        assert sum(1 for _ in media.decode(video=0)) == 6
    _, row = vidctl("clip", "gallery", "chorus/hero").rows()
    assert row[:5] == ["*", take["id"][:8], "video", "64x64", "0.50 s"]
    assert "1 video, selected" in vidctl("clip", "list").out


def test_the_first_take_stays_selected_until_another_is_chosen(vidctl: Vidctl, film: str) -> None:
    vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--count", 2)
    gallery = vidctl("clip", "gallery", "chorus/hero", "--json").json()
    second, first = gallery["images"]
    assert gallery["selected_image_id"] == first["id"]
    chosen = vidctl("clip", "select", "chorus/hero", second["id"][:8], "--json").json()
    assert chosen["selected_image_id"] == second["id"]
    assert vidctl("clip", "select", "chorus/hero", "--none", "image", "--json").json()["selected_image_id"] is None


def test_a_take_of_another_clip_cannot_be_selected(vidctl: Vidctl, film: str) -> None:
    vidctl("generate", "image", "chorus/hero", *ANIMATIC)
    take = vidctl("clip", "show", "chorus/hero", "--json").json()["selected_image_id"]
    assert "another clip" in vidctl("clip", "select", "chorus/crowd", take, code=3).err


def test_several_clips_are_one_batch(vidctl: Vidctl, film: str) -> None:
    clips = ("verse/street", "chorus/hero", "chorus/crowd")
    result = vidctl("generate", "image", *clips, *ANIMATIC, "--json").result()
    assert result["succeeded"] == 3
    assert {job["batch_id"] for job in result["jobs"]} == {result["batch_id"]}


def test_no_wait_only_queues_and_says_who_renders_it(vidctl: Vidctl, film: str) -> None:
    run = vidctl("generate", "video", "chorus/hero", *ANIMATIC, "--no-wait")
    assert "vidctl queue work" in run.out
    assert vidctl("queue", "list", "--status", "queued", "--json").json()["total"] == 1


def test_a_dry_run_shows_every_value_and_leaves_nothing_behind(vidctl: Vidctl, film: str, home: Path) -> None:
    (render,) = vidctl("generate", "video", "chorus/hero", *ANIMATIC, "--dry-run", "--json").json()["renders"]
    assert (render["backend"], render["frames"], render["fps"], render["width"]) == ("animatic", 6, "12", 64)
    assert vidctl("queue", "list", "--json").json()["total"] == 0
    assert not list(home.rglob("*.mp4"))


def test_a_flag_that_the_animatic_cannot_use_is_an_error(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("generate", "video", "chorus/hero", *ANIMATIC, "--steps", 3, "--json", code=2).error()
    assert refused["code"] == "unused_parameter"
    assert "steps" in refused["problem"]


def test_one_wrong_clip_leaves_no_job_behind(vidctl: Vidctl, film: str) -> None:
    vidctl("generate", "video", "chorus/hero", "chorus/nobody", *ANIMATIC, code=3)
    assert vidctl("queue", "list", "--json").json()["total"] == 0


def test_without_a_server_it_says_how_to_get_one_or_do_without(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("generate", "video", "chorus/hero", "--json", code=6).error()
    assert refused["code"] == "configuration"
    assert "vidctl comfyui add" in refused["fix"]
    assert "--server animatic" in refused["fix"]


@pytest.mark.parametrize(
    "options",
    [
        ("--size", "64"),
        ("--lora", "neon:much"),
        ("--set", "steps"),
        ("--set", "steps=2", "--steps", "3"),
        ("--count", "0"),
        ("--priority", "9999"),
        ("--seed", "-2"),
    ],
)
def test_an_option_that_cannot_be_read_is_a_usage_error(vidctl: Vidctl, film: str, options: tuple[str, ...]) -> None:
    assert vidctl("generate", "video", "chorus/hero", *options, code=2).err


def test_a_very_long_prompt_is_rendered_and_found_again_in_the_take(vidctl: Vidctl, film: str) -> None:
    prompt = ('a "neon" street\nat night ' * 5000)[:100_000].strip()
    Path("prompt.txt").write_text(prompt, encoding="utf-8")
    vidctl("clip", "prompt", "chorus/hero", "--video", "@prompt.txt")
    vidctl("generate", "video", "chorus/hero", *ANIMATIC)
    (take,) = vidctl("clip", "gallery", "chorus/hero", "--json").json()["videos"]
    assert take["frames"] == 6
    (job,) = vidctl("queue", "list", "--json").json()["items"]
    assert vidctl("queue", "show", job["id"], "--json").json()["request"]["card"]["prompt"] == prompt


def test_a_size_for_title_cards_is_refused_by_the_name_of_its_option(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("generate", "image", "chorus/hero", *ANIMATIC, "--size", "64x64", "--json", code=2).error()
    assert refused["problem"] == "the animatic has no --size"
