"""What a model is taken for, what a preset holds, and that what a person says counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import House
from vidctl.domain.model_preset import PresetScope
from vidctl.dtos.model_dtos import PresetDTO, PresetUpdateDTO
from vidctl.errors import InvalidInput, NotFound, UnusedParameter
from vidctl.services.model_config import ModelConfig
from vidctl.services.own_models import OwnModels

MODEL = "SDXL/sd_xl_base_1.0.safetensors"
KEY = "sd_xl_base_1.0.safetensors"
MYSTERY = "mystery.safetensors"


@pytest.fixture
def config(tmp_path: Path) -> Iterator[ModelConfig]:
    with House(tmp_path) as house:
        yield house.app.model_config


def put(config: ModelConfig, subject: str, name: str = "quality", **settings: Any) -> PresetDTO:
    return config.set_preset(subject, PresetUpdateDTO(name=name, settings=settings))


# what a model is taken for


def test_a_family_is_told_with_the_words_that_tell_it(config: ModelConfig) -> None:
    found = config.detect(MODEL)
    assert (found.family, found.reason) == ("sdxl", f'"sd xl" in {KEY}')
    assert (found.presets, found.default_preset) == (["quality", "fast", "draft"], "quality")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SDXL/film.safetensors", '"sdxl" in SDXL'),
        ("film.safetensors", 'its words tell no family: "film"'),
        ("sdxl_lcm.safetensors", '"lcm" rules sdxl out'),
        ("....safetensors", "its words tell no family: nothing"),
    ],
)
def test_where_a_name_does_not_tell_the_reason_does(config: ModelConfig, name: str, reason: str) -> None:
    assert config.detect(name).reason == reason


def test_a_model_for_another_task_says_which(config: ModelConfig) -> None:
    assert config.detect("sd_xl_refiner_1.0.safetensors").other_task == "refining"


def test_what_a_person_says_counts_wherever_the_file_is_kept_until_it_is_taken_back(config: ModelConfig) -> None:
    assert config.choose_family(MYSTERY, "sd15").family == "sd15"
    assert config.choose_family(MYSTERY, "sdxl").reason == "you have said so"
    assert config.own().family_of("models\\Mystery.SAFETENSORS", "checkpoints") == "sdxl"
    assert config.forget_family(MYSTERY).family == "unknown"
    assert config.forget_family(MYSTERY).family == "unknown"


def test_what_a_person_says_does_not_move_a_file_to_where_its_workflows_cannot_load_it(config: ModelConfig) -> None:
    config.choose_family(MYSTERY, "sdxl")
    assert config.own().family_of(MYSTERY, "loras") == "unknown"


@pytest.mark.parametrize(("name", "family", "error"), [("mystery", "sdxl", InvalidInput), (MYSTERY, "sdxx", NotFound)])
def test_only_files_and_families_that_exist_can_be_told_of(
    config: ModelConfig, name: str, family: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        config.choose_family(name, family)
    assert config.own() == OwnModels()


def test_every_family_is_listed_with_its_presets(config: ModelConfig) -> None:
    put(config, "wan2.1", "calm", steps=40)
    listed = {family.name: family for family in config.list_families().items}
    assert listed["wan2.1"].presets == ["quality", "fast", "draft", "calm"]
    assert (listed["wan2.1"].frame_offset, listed["wan2.1"].frame_step, listed["sdxl"].fps) == (1, 4, None)


# presets


def test_a_shipped_preset_is_shown_with_where_its_values_come_from(config: ModelConfig) -> None:
    shown = config.get_preset("sdxl", "fast")
    assert (shown.values["steps"], shown.origins["steps"]) == (4, "family sdxl, preset fast")
    assert [lora.name for lora in shown.loras] == ["sdxl_lightning_4step_lora.safetensors"]
    assert (shown.shipped, shown.changed, shown.is_default) == (True, False, False)


def test_values_of_a_model_win_over_those_of_its_family_and_those_over_the_shipped(config: ModelConfig) -> None:
    put(config, "sdxl", steps=40, cfg=6)
    put(config, MODEL, steps=50)
    shown = config.get_preset(KEY.upper(), "quality")
    assert (shown.values["steps"], shown.values["cfg"], shown.values["sampler"]) == (50, 6, "dpmpp_2m")
    assert shown.origins["steps"] == f"your preset quality for {KEY}"
    assert shown.origins["cfg"] == "your preset quality for sdxl"
    assert config.get_preset("sdxl", "quality").values["steps"] == 40
    assert config.get_preset("other_sdxl.safetensors", "quality").values["steps"] == 40


def test_a_preset_of_a_new_name_stands_on_the_familys_default(config: ModelConfig) -> None:
    put(config, "sdxl", "soft", cfg=3)
    shown = config.get_preset("sdxl", "soft")
    assert (shown.values["steps"], shown.values["cfg"], shown.shipped) == (25, 3, False)
    with pytest.raises(NotFound) as missing:
        config.get_preset("sdxl", "hard")
    assert missing.value.fix.endswith("quality, fast, draft, soft")
    with pytest.raises(NotFound):
        config.get_preset("sd15", "soft")


def test_values_are_merged_and_taken_away_one_by_one(config: ModelConfig) -> None:
    put(config, "sdxl", steps=40)
    put(config, "sdxl", cfg=6)
    assert put(config, "sdxl", steps=None).values["steps"] == 25
    assert config.own().presets == {(PresetScope.FAMILY, "sdxl", "quality"): {"cfg": 6}}
    with pytest.raises(InvalidInput, match="nothing would be left"):
        put(config, "sdxl", cfg=None)


def test_a_reset_brings_back_what_is_shipped_and_shipped_ones_stay(config: ModelConfig) -> None:
    put(config, "sdxl", steps=40)
    assert config.reset_preset("sdxl", "quality").deleted == {"presets": 1}
    assert config.get_preset("sdxl", "quality").values["steps"] == 25
    with pytest.raises(NotFound, match="you have no preset quality for sdxl"):
        config.reset_preset("sdxl", "quality")
    assert len(config.list_presets("sdxl").items) == 3


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"stepz": 3}, InvalidInput), ({"steps": "many"}, InvalidInput), ({"steps": 0}, InvalidInput),
        ({"shift": 3.0}, InvalidInput), ({"loras": "x"}, InvalidInput), ({"prompt": "x"}, InvalidInput),
        ({"seed": 3}, InvalidInput), ({"preset": "fast"}, InvalidInput), ({"model": "x"}, InvalidInput),
        ({"steps": 30, "family": "sd15"}, InvalidInput),
    ],
)  # fmt: skip
def test_what_a_preset_cannot_hold_is_refused_and_not_stored(
    config: ModelConfig, settings: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        put(config, "sdxl", **settings)
    assert config.own() == OwnModels()


def test_a_value_that_only_another_familys_workflow_can_use_is_refused(config: ModelConfig) -> None:
    with pytest.raises(UnusedParameter, match="split_step"):
        put(config, "wan2.1", split_step=3)
    assert config.own() == OwnModels()


def test_a_preset_that_does_not_fit_a_model_cannot_be_changed_for_it(config: ModelConfig) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        put(config, "wan2.1_t2v_1.3B_fp16.safetensors", "fast", steps=2)
    assert config.own() == OwnModels()


@pytest.mark.parametrize("subject", ["sdxll", "sd_xl_base_1.0", ""])
def test_what_is_neither_a_family_nor_a_file_is_refused(config: ModelConfig, subject: str) -> None:
    with pytest.raises(NotFound):
        put(config, subject, steps=3)


def test_a_model_that_nobody_knows_can_have_presets_of_its_own(config: ModelConfig) -> None:
    put(config, MYSTERY, "mine", steps=9, loras=[{"name": "x.safetensors"}])
    shown = config.get_preset(MYSTERY, "mine")
    assert (shown.family, shown.values, [lora.model_dump() for lora in shown.loras]) == (
        "unknown",
        {"steps": 9},
        [{"name": "x.safetensors", "weight": 1}],
    )
    assert [preset.name for preset in config.list_presets(MYSTERY).items] == ["mine"]
    with pytest.raises(NotFound, match="no preset quality"):
        config.get_preset(MYSTERY, "quality")


def test_all_presets_are_those_of_all_families_and_of_models_that_have_some(config: ModelConfig) -> None:
    shipped = config.list_presets().total
    put(config, "sdxl", steps=40)
    put(config, MYSTERY, "mine", steps=9)
    listed = config.list_presets()
    assert listed.total == shipped + 1
    assert [(p.subject, p.name) for p in listed.items if p.changed] == [("sdxl", "quality"), (MYSTERY, "mine")]
