"""vidctl comfyui detect, families, presets, sync and workflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.fakes.comfy_wire import ComfyWire
from vidctl.app import App
from vidctl.dtos.comfyui_dtos import ComfyUIServerCreateDTO
from vidctl.settings import load_settings


@pytest.fixture
def wire() -> Iterator[ComfyWire]:
    with ComfyWire() as wire:
        yield wire


def test_a_model_is_detected_with_the_reason(vidctl: Vidctl) -> None:
    told = vidctl("comfyui", "detect", "sd_xl_base_1.0.safetensors", "--json").json()
    assert (told["family"], told["reason"]) == ("sdxl", '"sd xl" in sd_xl_base_1.0.safetensors')
    assert vidctl("comfyui", "detect", "film.safetensors").fields()["family"] == "unknown"


def test_a_person_can_say_what_a_model_is_and_take_it_back(vidctl: Vidctl) -> None:
    assert vidctl("comfyui", "detect", "film.safetensors", "--as", "sd15").fields()["family"] == "sd15"
    assert vidctl("comfyui", "detect", "film.safetensors").fields()["reason"] == "you have said so"
    assert vidctl("comfyui", "detect", "film.safetensors", "--as", "auto").fields()["family"] == "unknown"
    vidctl("comfyui", "detect", "film.safetensors", "--as", "sd14", code=3)
    vidctl("comfyui", "detect", "film", "--as", "sd15", code=2)


def test_families_are_listed(vidctl: Vidctl) -> None:
    told = vidctl("comfyui", "families", "--json").json()
    assert "sdxl" in [family["name"] for family in told["items"]]
    rows = vidctl("comfyui", "families").rows()
    assert rows[0] == ["FAMILY", "MAKES", "PRESETS", "FOLDER", "TITLE"]
    assert ["wan2.1", "video", "quality, fast, draft", "diffusion_models", "Wan 2.1"] in rows


def test_a_preset_is_changed_shown_and_reset(vidctl: Vidctl) -> None:
    values = ("--set", "steps=40", "--lora", "soft.safetensors:0.5")
    told = vidctl("comfyui", "presets", "set", "sdxl", "quality", *values, "--json").json()
    assert (told["values"]["steps"], told["changed"]) == (40, True)
    rows = vidctl("comfyui", "presets", "show", "sdxl", "quality").rows()
    assert ["steps", "40", "your preset quality for sdxl"] in rows
    assert ["lora", "soft.safetensors:0.5", "your preset quality for sdxl"] in rows
    listed = vidctl("comfyui", "presets", "list", "sdxl").rows()
    assert listed[1][:4] == ["sdxl", "quality", "shipped, changed by you", "default"]
    assert "--yes" in vidctl("comfyui", "presets", "reset", "sdxl", "quality", code=2).err
    vidctl("comfyui", "presets", "reset", "sdxl", "quality", "--yes")
    assert vidctl("comfyui", "presets", "list", "sdxl").rows()[1][2] == "shipped"
    vidctl("comfyui", "presets", "reset", "sdxl", "quality", "--yes", code=3)


@pytest.mark.parametrize(
    ("words", "code"),
    [(("set", "sdxl", "Quality!", "--set", "steps=3"), 2), (("set", "sdxl", "quality"), 2),
     (("set", "sdxl", "quality", "--set", "stepz=3"), 2), (("set", "sdxx", "quality", "--set", "steps=3"), 3),
     (("show", "sdxl", "nix"), 3), (("list", "nix"), 3)],
)  # fmt: skip
def test_what_no_preset_can_be_is_refused(vidctl: Vidctl, words: tuple[str, ...], code: int) -> None:
    vidctl("comfyui", "presets", *words, code=code)


def test_a_render_uses_a_persons_preset_and_says_so(vidctl: Vidctl, film: str, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    stored = vidctl("comfyui", "models", "studio", "--folder", "checkpoints", "--json").json()
    model = stored["folders"]["checkpoints"][0]["name"]
    vidctl("comfyui", "detect", model, "--as", "sd15")
    vidctl("comfyui", "presets", "set", model, "quality", "--set", "steps=11")
    run = vidctl("generate", "image", "chorus/hero", "--model", model, "--dry-run", "--json")
    (render,) = run.json()["renders"]
    assert (render["family"], render["values"]["steps"]) == ("sd15", 11)
    assert render["origins"]["steps"].startswith("your preset quality for ")


def test_workflows_are_listed_and_shown_with_what_a_server_needs(vidctl: Vidctl) -> None:
    told = vidctl("comfyui", "workflows", "--json").json()
    assert told["total"] == len(told["items"]) >= 4
    detail = vidctl("comfyui", "workflows", "wan2.2-text-to-video", "--json").json()
    assert detail["models"]["model_low"] == "diffusion_models"
    assert "LoraLoaderModelOnly" in detail["node_classes"]
    assert all(detail[name] for name in ("requirements", "proof", "summary"))
    defaults = {parameter["name"]: parameter["default"] for parameter in detail["parameters"]}
    assert (defaults["steps"], defaults["prompt"], defaults["split_step"]) == (20, None, None)
    shown = vidctl("comfyui", "workflows", "wan2.2-text-to-video")
    assert "needs\tboth experts of one release" in shown.out
    assert "vae\tfile in vae\tmust be given" in shown.out
    assert "wan-text-to-video" in vidctl("comfyui", "workflows", "wan", code=3).err


def test_a_synced_server_can_be_read_while_it_is_away(vidctl: Vidctl, wire: ComfyWire) -> None:
    vidctl("comfyui", "add", "studio", wire.url)
    assert "vidctl comfyui sync studio" in vidctl("comfyui", "models", "studio", "--offline", code=3).err
    synced = vidctl("comfyui", "sync", "studio", "--json").json()
    assert len(synced["added"]) == synced["total"] > 0
    assert vidctl("comfyui", "sync", "studio").out.endswith("nothing has changed\n")
    wire.stop()
    vidctl("comfyui", "sync", "studio", code=5)
    told = vidctl("comfyui", "models", "studio", "--offline", "--folder", "checkpoints", "--json").json()
    assert {model["folder"] for model in told["items"]} == {"checkpoints"}
    rows = vidctl("comfyui", "models", "studio", "--offline").rows()
    assert rows[0] == ["FOLDER", "MODEL", "FAMILY", "STATE", "LAST SEEN"]
    assert {row[3] for row in rows[1:]} == {"there"}


def test_a_sync_asks_the_server_each_time(home: Path, wire: ComfyWire) -> None:
    with App(load_settings(start=home)) as app:
        app.comfyui.add_server(ComfyUIServerCreateDTO(name="studio", url=wire.url))
        for _ in range(2):
            wire.requests.clear()
            app.model_catalogue.sync("studio")
            assert "GET /models" in wire.requests
