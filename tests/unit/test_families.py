"""Detection reads file names as words and answers "unknown" rather than something wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vidctl.domain.families import UNKNOWN, detect, sampler_name
from vidctl.domain.model_names import NameRule, find_file, has_phrase, tokens
from vidctl.errors import InvalidInput, NotFound
from vidctl.presets.loader import load_families, load_family

NAMES = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "data" / "model_file_names.toml").read_text(encoding="utf-8")
)
CASES = [(family, name) for family, listed in NAMES.items() for name in listed["names"]]


@pytest.mark.parametrize(("family", "name"), CASES)
@pytest.mark.parametrize("extension", ["", ".safetensors", ".CKPT"])
def test_real_file_names_are_never_misrouted(family: str, name: str, extension: str) -> None:
    assert detect(name + extension, None, load_families()) == family


@given(st.text())
def test_any_text_can_be_asked_about(name: str) -> None:
    assert detect(name, None, load_families())


def test_detection_does_not_hang_on_the_order_in_which_families_are_given() -> None:
    for family, name in CASES:
        assert detect(name, None, reversed(load_families())) == family


def test_a_file_in_a_folder_for_something_else_is_no_main_model() -> None:
    families = load_families()
    assert detect("sdxl_detail.safetensors", "loras", families) == UNKNOWN
    assert detect("wan2.1_t2v_14B.safetensors", "checkpoints", families) == UNKNOWN
    assert detect("wan2.1_t2v_14B.safetensors", "diffusion_models", families) == "wan2.1"
    assert detect("sd_xl_base_1.0.safetensors", "checkpoints", families) == "sdxl"


def test_the_folder_it_was_sorted_into_never_overrules_a_foreign_name() -> None:
    assert detect("SDXL/flux1-dev.safetensors", None, load_families()) == UNKNOWN


@pytest.mark.parametrize(
    ("family", "name", "task"),
    [
        ("wan2.1", "wan2.1_i2v_480p_14B_fp16.safetensors", "image-to-video"),
        ("wan2.1", "tiny_wan_i2v.safetensors", "image-to-video"),
        ("wan2.1", "wan2.1_flf2v_720p_14B_fp16.safetensors", "image-to-video"),
        ("wan2.1", "wan2.1_vace_14B_fp16.safetensors", "controlled video"),
        ("wan2.1", "wan2.1_t2v_1.3B_fp16.safetensors", ""),
        ("wan2.2", "wan2.2_i2v_high_noise_14B_fp16.safetensors", "image-to-video"),
        ("wan2.2", "wan2.2_t2v_low_noise_14B_fp16.safetensors", "low noise"),
        ("wan2.2", "wan2.2_t2v_high_noise_14B_fp16.safetensors", ""),
        ("wan2.2", "wan2.2_s2v_14B_fp8_scaled.safetensors", "speech-to-video"),
        ("wan2.2_5b", "wan2.2_ti2v_5B_fp16.safetensors", ""),
        ("sdxl", "sd_xl_refiner_1.0.safetensors", "refining"),
        ("sd15", "sd15-inpainting.ckpt", "inpainting"),
    ],
)
def test_models_for_another_task_are_told_apart(family: str, name: str, task: str) -> None:
    assert load_family(family).other_task(name) == task


def test_only_models_that_the_workflow_can_take_are_usable() -> None:
    listed = ["wan2.1_i2v_480p_14B.safetensors", "wan/wan2.1_t2v_14B.safetensors", "flux1-dev.safetensors"]
    assert load_family("wan2.1").usable(listed) == ("wan/wan2.1_t2v_14B.safetensors",)
    experts = ["wan2.2_t2v_low_noise_14B.safetensors", "wan2.2_t2v_high_noise_14B.safetensors"]
    assert load_family("wan2.2").usable(experts) == ("wan2.2_t2v_high_noise_14B.safetensors",)


def test_the_low_noise_partner_is_that_of_the_chosen_high_noise_model() -> None:
    low = load_family("wan2.2").companions["model_low"]
    listed = ["wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors", "W22/Wan2_2-T2V-A14B-LOW_fp8.safetensors"]
    assert low.choose(listed, "W22/Wan2_2-T2V-A14B-HIGH_fp8.safetensors") == listed[1]
    assert low.choose(listed, "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors") == listed[0]
    assert (
        low.choose(["wan2.2_t2v_high_noise_14B_fp16.safetensors"], "wan2.2_t2v_high_noise_14B_fp16.safetensors") is None
    )


def test_companions_are_preferred_in_their_order_else_matched_else_none() -> None:
    encoder = load_family("wan2.1").companions["text_encoder"]
    assert encoder.choose(["umt5_xxl_fp16.safetensors", "t/UMT5_XXL_fp8_e4m3fn_scaled.safetensors"]) == (
        "t/UMT5_XXL_fp8_e4m3fn_scaled.safetensors"
    )
    assert encoder.choose(["clip_l.safetensors", "umt5-xxl-enc-bf16.safetensors"]) == "umt5-xxl-enc-bf16.safetensors"
    assert encoder.choose(["clip_l.safetensors", "t5xxl_fp16.safetensors"]) is None


def test_the_vaes_of_wan_are_not_mixed_up() -> None:
    vaes = ["ae.safetensors", "wan2.2_vae.safetensors", "Wan2_1_VAE_bf16.safetensors"]
    assert load_family("wan2.1").companions["vae"].choose(vaes) == "Wan2_1_VAE_bf16.safetensors"
    assert load_family("wan2.2").companions["vae"].choose(vaes) == "Wan2_1_VAE_bf16.safetensors"
    assert load_family("wan2.2_5b").companions["vae"].choose(vaes) == "wan2.2_vae.safetensors"
    assert load_family("wan2.1").companions["vae"].choose(["tiny_wan_vae.safetensors"]) == "tiny_wan_vae.safetensors"
    assert load_family("wan2.2_5b").companions["vae"].choose(["wan_2.1_vae.safetensors"]) is None


def test_a_lightning_checkpoint_gets_the_steps_of_its_name() -> None:
    family = load_family("sdxl_lightning")
    assert family.variant_values("sdxl_lightning_8step.safetensors") == {"steps": 8}
    assert family.variant_values("RealVisXL_Lightning.safetensors") == {}


def test_an_unknown_preset_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        load_family("wan2.2").preset("turbo")
    assert "fast" in caught.value.fix


def test_a_speed_lora_of_the_large_model_is_not_used_on_the_small_one() -> None:
    family = load_family("wan2.1")
    assert family.preset("fast", "wan2.1_t2v_14B_fp16.safetensors").loras
    with pytest.raises(InvalidInput, match=r"1\.3B"):
        family.preset("fast", "wan2.1_t2v_1.3B_fp16.safetensors")


def test_names_of_other_programs_become_comfyuis() -> None:
    assert sampler_name("euler_a") == sampler_name("Euler a") == "euler_ancestral"
    assert sampler_name("DPM++ 2M") == "dpmpp_2m"
    assert sampler_name("uni_pc") == "uni_pc"


def test_words_are_found_whole_only() -> None:
    assert tokens("models/ponyDiffusionV6XL.safetensors") == ("^", "pony", "diffusion", "v", "6", "xl", "$")
    assert not has_phrase("t5xxl_fp16", "xl")
    assert not has_phrase("umt5_xxl", "xl")
    assert has_phrase("wan2_1-T2V", "wan2.1")
    assert has_phrase("x_high.safetensors", "high $")
    assert not has_phrase("high_x.safetensors", "high $")


def test_a_servers_file_is_found_in_any_folder_and_case() -> None:
    assert find_file("a.safetensors", ["x/b.safetensors", "X\\A.safetensors"]) == "X\\A.safetensors"
    assert find_file("a.safetensors", ["aa.safetensors"]) is None


@pytest.mark.parametrize("phrases", [["-"], ["wan", ""], []])
def test_a_rule_that_would_hold_for_every_name_is_refused(phrases: list[str]) -> None:
    with pytest.raises(ValidationError):
        NameRule.model_validate({"all": phrases})
