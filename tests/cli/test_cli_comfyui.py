"""vidctl comfyui: registering servers, and asking a (recorded) one."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.fakes.comfy_wire import ComfyWire


@pytest.fixture
def wire() -> Iterator[ComfyWire]:
    with ComfyWire() as wire:
        yield wire


@pytest.fixture
def dead_url() -> str:
    """An address where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def test_a_server_is_registered_without_being_asked(vidctl: Vidctl, dead_url: str) -> None:
    told = vidctl("comfyui", "add", "My Studio", dead_url, "--slots", 2, "--json").json()
    assert (told["slug"], told["auth"], told["slots"], told["is_active"]) == ("my-studio", "none", 2, True)
    assert vidctl("comfyui", "list").rows() == [
        ["SERVER", "URL", "LOGIN", "SLOTS", "ACTIVE"],
        ["my-studio", dead_url, "none", "2", "yes"],
    ]
    listed = vidctl("comfyui", "list", "--json").json()
    assert (listed["total"], listed["items"]) == (1, [told])


def test_an_empty_list_says_how_to_add_one(vidctl: Vidctl) -> None:
    assert "vidctl comfyui add NAME URL" in vidctl("comfyui", "list").out


@pytest.mark.parametrize("url", ["studio", "ftp://studio", "http://", "http://u:secret@studio", "file:///etc/passwd"])
def test_what_is_no_servers_url_is_refused(vidctl: Vidctl, url: str) -> None:
    refused = vidctl("comfyui", "add", "studio", url, "--json", code=2)
    assert refused.error()["code"] == "invalid_input"
    assert ":secret@" not in refused.err + refused.out


def test_a_name_or_url_that_is_taken_is_a_conflict(vidctl: Vidctl, dead_url: str) -> None:
    vidctl("comfyui", "add", "studio", dead_url)
    assert vidctl("comfyui", "add", "studio", f"{dead_url}/other", "--json", code=4).error()["code"] == "duplicate_name"
    assert vidctl("comfyui", "add", "other", dead_url, code=4).err
    assert vidctl("comfyui", "add", "Animatic", f"{dead_url}/a", "--json", code=4).error()["code"] == "conflict"


def test_a_login_is_kept_by_reference_only(vidctl: Vidctl, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PASSWORD", "hunter2")
    with ComfyWire(wants={"Authorization": "Basic " + base64.b64encode(b"ada:hunter2").decode()}) as wire:
        login = ("--auth", "basic", "--user", "ada", "--secret", "env:STUDIO_PASSWORD")
        added = vidctl("comfyui", "add", "studio", wire.url, *login, "--header", "X-Key: env:STUDIO_PASSWORD", "--json")
        assert (added.json()["secret"], added.json()["header_names"]) == ("env:STUDIO_PASSWORD", ["X-Key"])
        shown = vidctl("comfyui", "info", "studio", "--json")
        assert shown.json()["check"]["is_online"] is True
        assert "hunter2" not in added.out + shown.out + shown.err
        assert not any(b"hunter2" in path.read_bytes() for path in home.rglob("*") if path.is_file())
        monkeypatch.setenv("STUDIO_PASSWORD", "wrong-one")
        refused = vidctl("comfyui", "models", "studio", "--json", code=6).error()
        assert refused["code"] == "authentication_failed"
        monkeypatch.delenv("STUDIO_PASSWORD")
        missing = vidctl("comfyui", "models", "studio", "--json", code=6).error()
        assert "STUDIO_PASSWORD" in missing["cause"]


@pytest.mark.parametrize("secret", ["hunter2", "env:", "file:/etc/passwd"])
def test_a_secret_itself_is_not_taken(vidctl: Vidctl, dead_url: str, secret: str) -> None:
    refused = vidctl("comfyui", "add", "studio", dead_url, "--auth", "bearer", "--secret", secret, "--json", code=2)
    assert "env:VARIABLE" in refused.error()["cause"]
    assert "hunter2" not in refused.out + refused.err


def test_a_secret_in_a_header_is_not_taken_nor_repeated(vidctl: Vidctl, dead_url: str) -> None:
    refused = vidctl("comfyui", "add", "studio", dead_url, "--header", "X-Api-Key: hunter2", "--json", code=2)
    assert "hunter2" not in refused.out + refused.err


def test_an_incomplete_login_is_refused(vidctl: Vidctl, dead_url: str) -> None:
    for login in (
        ("--auth", "bearer"),
        ("--auth", "basic", "--secret", "env:X"),
        ("--user", "ada"),
        ("--auth", "oauth"),
    ):
        vidctl("comfyui", "add", "studio", dead_url, *login, code=2)
    assert '"Name: value"' in vidctl("comfyui", "add", "studio", dead_url, "--header", "X-Key", code=2).err


def test_a_check_tells_what_every_server_says_of_itself(vidctl: Vidctl, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    told = vidctl("comfyui", "check", "--json").json()
    assert (told["items"][0]["is_online"], told["items"][0]["queued"]) == (True, 0)
    _, row = vidctl("comfyui", "check").rows()
    assert row[:3] == ["ok", "studio", wire.url]


def test_a_check_of_a_dead_server_shows_all_and_ends_with_unreachable(
    vidctl: Vidctl, wire: ComfyWire, dead_url: str
) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    vidctl("comfyui", "add", "attic", dead_url)
    run = vidctl("comfyui", "check", "--json", code=5)
    assert [item["is_online"] for item in run.json()["items"]] == [False, True]
    assert "attic" in run.err
    assert [row[0] for row in vidctl("comfyui", "check", code=5).rows()[1:]] == ["fail", "ok"]
    vidctl("comfyui", "check", "studio")


def test_a_check_that_fails_for_logins_only_ends_with_configuration(
    vidctl: Vidctl, dead_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ComfyWire(wants={"Authorization": "Bearer hunter2"}) as wire:
        vidctl("comfyui", "add", "studio", wire.url, "--auth", "bearer", "--secret", "env:STUDIO_TOKEN")
        missing = vidctl("comfyui", "check", "--json", code=6)
        assert (missing.json()["items"][0]["code"], "STUDIO_TOKEN" in missing.err) == ("configuration", True)
        monkeypatch.setenv("STUDIO_TOKEN", "wrong-one")
        refused = vidctl("comfyui", "check", "--json", code=6)
        assert refused.json()["items"][0]["code"] == "authentication_failed"
        vidctl("comfyui", "add", "attic", dead_url)
        vidctl("comfyui", "check", code=5)


def test_a_page_in_place_of_a_server_is_told(vidctl: Vidctl, wire: ComfyWire) -> None:
    wire.faults.html = True
    vidctl("comfyui", "add", "studio", wire.url)
    run = vidctl("comfyui", "check", "--json", code=5)
    assert run.json()["items"][0]["problem"]


def test_models_are_listed_by_folder_with_their_families(vidctl: Vidctl, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    told = vidctl("comfyui", "models", "studio", "--folder", "checkpoints", "--json").json()
    assert list(told["folders"]) == ["checkpoints"]
    assert vidctl("comfyui", "models", "studio").rows()[0] == ["FOLDER", "MODEL", "FAMILY"]


def test_a_folder_that_a_server_has_not_is_told_with_those_it_has(vidctl: Vidctl, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    assert "there are " in vidctl("comfyui", "models", "studio", "--folder", "nix", code=3).err
    near = vidctl("comfyui", "models", "studio", "--folder", "checkpoint", "--json", code=3).error()
    assert (near["code"], near["fix"]) == ("not_found", "did you mean checkpoints?")


def test_a_server_is_shown_with_its_check_and_models(vidctl: Vidctl, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    told = vidctl("comfyui", "info", "studio", "--json").json()
    assert told["models"]["checkpoints"] >= 1
    assert vidctl("comfyui", "info", "studio").fields()["is online"] == "yes"


def test_a_server_can_be_changed_switched_off_and_forgotten(vidctl: Vidctl, film: str, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    told = vidctl("comfyui", "update", "studio", "--name", "Attic", "--inactive", "--slots", 3, "--json").json()
    assert (told["slug"], told["is_active"], told["slots"], told["url"]) == ("attic", False, 3, wire.url)
    assert vidctl("generate", "image", "chorus/hero", code=6).err
    assert "--yes" in vidctl("comfyui", "remove", "attic", code=2).err
    gone = vidctl("comfyui", "remove", "attic", "--yes", "--json").json()
    assert (gone["name"], gone["deleted"]) == ("Attic", {"servers": 1})
    vidctl("comfyui", "info", "attic", code=3)


@pytest.mark.parametrize(("count", "told"), [(1, "1 open job"), (2, "2 open jobs")])
def test_a_server_with_open_jobs_is_kept_and_they_are_named(
    vidctl: Vidctl, film: str, wire: ComfyWire, count: int, told: str
) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    choice = ("--server", "studio", "--model", "tiny_sd15.safetensors", "--set", "family=sd15", "--no-wait")
    queued = vidctl("generate", "image", "chorus/hero", *choice, "--count", count, "--json").result()["jobs"]
    vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--no-wait")
    refused = vidctl("comfyui", "remove", "studio", "--yes", "--json", code=4).error()
    assert refused["problem"].endswith(f"still has {told}")
    advice = refused["fix"].partition(",")[0].removeprefix("vidctl ").split()
    assert {job[:8] for job in advice[2:]} == {job["id"][:8] for job in queued}
    vidctl(*advice)
    vidctl("comfyui", "remove", "studio", "--yes")
    assert vidctl("queue", "list", "--status", "queued", "--json").json()["total"] == 1


def test_a_render_on_a_dead_server_is_unreachable_and_leaves_no_job(vidctl: Vidctl, film: str, dead_url: str) -> None:
    vidctl("comfyui", "add", "attic", dead_url)
    refused = vidctl("generate", "image", "chorus/hero", "--json", code=5).error()
    assert refused["code"] == "unreachable"
    assert vidctl("queue", "list", "--json").json()["total"] == 0


def test_a_dry_run_on_a_server_prints_recipe_and_graph(vidctl: Vidctl, film: str, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    prompt = 'a "singer"\nat night ' * 5000
    Path("prompt.txt").write_text(prompt[:100_000].strip(), encoding="utf-8")
    vidctl("clip", "prompt", "chorus/hero", "--image", "@prompt.txt")
    model = vidctl("comfyui", "models", "studio", "--folder", "checkpoints", "--json").json()["folders"]["checkpoints"][
        0
    ]
    choice = ("--model", model["name"], "--set", "family=sd15", "--steps", 7, "--seed", 5)
    run = vidctl("generate", "image", "chorus/hero", *choice, "--dry-run", "--json")
    (render,) = run.json()["renders"]
    assert (render["seed"], render["values"]["steps"], render["origins"]["steps"]) == (5, 7, "flags")
    assert render["values"]["prompt"] == prompt[:100_000].strip()
    assert any(prompt[:100_000].strip() in node["inputs"].values() for node in render["graph"].values())
    shown = vidctl("generate", "image", "chorus/hero", *choice, "--dry-run")
    assert " ".join(prompt[:100_000].split()) in {cell for row in shown.rows() for cell in row}
    assert "steps\t7\tflags" in shown.out


def test_a_model_that_the_server_lacks_is_told_before_anything_is_sent(
    vidctl: Vidctl, film: str, wire: ComfyWire
) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    missing = ("--model", "sd15_nowhere.safetensors", "--set", "family=sd15")
    refused = vidctl("generate", "image", "chorus/hero", *missing, "--json", code=1).error()
    assert refused["code"] == "server_cannot_render"
    assert "sd15_nowhere.safetensors" in refused["problem"] + refused["cause"]
    assert vidctl("queue", "list", "--json").json()["total"] == 0


def test_a_parameter_that_the_workflow_lacks_is_named_with_those_it_has(
    vidctl: Vidctl, film: str, wire: ComfyWire
) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    options = ("--model", "sd15.safetensors", "--set", "family=sd15", "--set", "sparkle=3")
    refused = vidctl("generate", "image", "chorus/hero", *options, "--dry-run", "--json", code=2).error()
    assert refused["code"] == "unused_parameter"
    assert "sparkle" in refused["problem"]
    assert "steps" in refused["cause"] + refused["fix"]
