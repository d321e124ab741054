"""From a clip and people's wishes to a recipe: every value, and where it came from."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vidctl.domain.clip import Clip
from vidctl.domain.model_preset import PresetScope
from vidctl.domain.project import Project
from vidctl.domain.prompts import CharacterWords, StyleWords
from vidctl.domain.recipe import Lora, MediaKind, RenderRequest
from vidctl.domain.wishes import Wishes
from vidctl.domain.wording import word_prompts
from vidctl.errors import InvalidInput, NotFound, ServerCannotRender, Unreachable, UnusedParameter
from vidctl.presets.loader import load_family
from vidctl.services.own_models import OwnModels
from vidctl.services.recipes import Models, resolve_request

SDXL = "sdxl_base_1.0.safetensors"
SD15 = "v1-5-pruned-emaonly.safetensors"
WAN = "wan2.1_t2v_1.3B_fp16.safetensors"
WAN_FILES = {
    "diffusion_models": [WAN],
    "text_encoders": ["umt5_xxl_fp8_e4m3fn_scaled.safetensors", "clip_l.safetensors"],
    "vae": ["wan_2.1_vae.safetensors", "ae.safetensors"],
}
RATES = ["24", "25", "30", "24000/1001", "30000/1001", "60", "12.5"]


def project(**fields: Any) -> Project:
    return Project(**{"name": "Film", "slug": "film", "width": 1280, "height": 720, **fields})


def clip(**fields: Any) -> Clip:
    values = {"project_id": "p", "scene_id": "s", "name": "Hero", "slug": "hero", "length": 48, **fields}
    return Clip(**{"image_prompt": "a singer", **values})


def wishes(kind: MediaKind = MediaKind.IMAGE, **layers: dict[str, Any]) -> Wishes:
    return Wishes(kind, tuple(layers.items()))


def image(
    models: Models, film: Project | None = None, shot: Clip | None = None, **layers: dict[str, Any]
) -> RenderRequest:
    return recipe(wishes(**layers), models, film, shot)


def video(
    models: Models = WAN_FILES, film: Project | None = None, shot: Clip | None = None, **layers: dict[str, Any]
) -> RenderRequest:
    return recipe(wishes(MediaKind.VIDEO, **layers), models, film, shot)


def recipe(
    wanted: Wishes,
    models: Models,
    film: Project | None = None,
    shot: Clip | None = None,
    own: OwnModels | None = None,
) -> RenderRequest:
    """The recipe of a clip where the first seed that is drawn is 7."""
    shot = shot or clip()
    words = word_prompts(shot, wanted, wanted.seed(iter(range(7, 99)).__next__), "film/verse/hero")
    return resolve_request(film or project(), shot, wanted, words, models, own or OwnModels())


ONE = {"checkpoints": [SDXL]}


# layers


def test_the_particular_wins_over_the_general_and_is_named() -> None:
    request = image(ONE, project={"steps": 30, "cfg": 4.0}, clip={"cfg": 5.0}, flags={"cfg": 6.0})
    assert (request.values["steps"], request.origins["steps"]) == (30, "project")
    assert (request.values["cfg"], request.origins["cfg"]) == (6.0, "flags")
    assert (request.values["sampler"], request.origins["sampler"]) == ("dpmpp_2m", "family sdxl, preset quality")
    assert request.origins["model"] == "the server's only fitting model"
    assert request.origins["prompt"] == "clip"


def test_every_value_has_an_origin() -> None:
    for request in (image(ONE), video()):
        assert set(request.values) <= set(request.origins)


def test_characters_and_style_write_into_the_prompt() -> None:
    wanted = Wishes(
        MediaKind.IMAGE, (), (CharacterWords("Mara", negative="hat", slug="mara"),), StyleWords("film noir", "colour")
    )
    request = recipe(wanted, ONE, shot=clip(negative_prompt="blurry"))
    assert request.values["prompt"] == "Mara. a singer, film noir"
    assert request.values["negative"] == "blurry, hat, colour"


def test_a_video_without_a_prompt_of_its_own_has_the_stills() -> None:
    assert video().values["prompt"] == "a singer"
    assert video(shot=clip(video_prompt="she turns")).values["prompt"] == "she turns"


def test_a_preset_is_taken_whole() -> None:
    request = image(ONE, flags={"preset": "fast"})
    assert (request.values["steps"], request.values["cfg"]) == (4, 1.0)
    assert [lora.name for lora in request.loras] == ["sdxl_lightning_4step_lora.safetensors"]
    assert request.origins["loras"] == "family sdxl, preset fast"


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(NotFound) as refused:
        image(ONE, flags={"preset": "finest"})
    assert "quality, fast, draft" in refused.value.fix


def test_a_preset_of_a_model_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnusedParameter) as refused:
        image(ONE, flags={"preset": "fast", "model": "mystery.safetensors", "workflow": "checkpoint-text-to-image"})
    assert "fast" in refused.value.problem


# what a person has said of models


def own(families: dict[str, str] | None = None, **presets: dict[str, Any]) -> OwnModels:
    """Presets by name, those of the family sdxl."""
    return OwnModels(families or {}, {(PresetScope.FAMILY, "sdxl", name): given for name, given in presets.items()})


def test_a_persons_preset_lies_over_the_shipped_one_and_under_all_else() -> None:
    mine = own(quality={"steps": 40, "cfg": 6.0, "width": 960})
    request = recipe(wishes(project={"cfg": 5.0}), ONE, own=mine)
    assert (request.values["steps"], request.origins["steps"]) == (40, "your preset quality for sdxl")
    assert (request.values["cfg"], request.origins["cfg"]) == (5.0, "project")
    assert (request.values["sampler"], request.origins["sampler"]) == ("dpmpp_2m", "family sdxl, preset quality")
    assert request.values["width"] == 960


def test_a_models_preset_wins_over_its_familys() -> None:
    both = replace(own(), presets={
        (PresetScope.FAMILY, "sdxl", "quality"): {"steps": 40, "cfg": 6.0},
        (PresetScope.MODEL, SDXL, "quality"): {"steps": 50},
    })  # fmt: skip
    request = recipe(wishes(), ONE, own=both)
    assert (request.values["steps"], request.values["cfg"]) == (50, 6.0)
    assert request.origins["steps"] == f"your preset quality for {SDXL}"


def test_a_preset_of_the_persons_own_name_stands_on_the_default_one() -> None:
    mine = own(soft={"cfg": 3.0, "loras": [{"name": "soft.safetensors", "weight": 0.5}]})
    request = recipe(wishes(flags={"preset": "soft"}), ONE, own=mine)
    assert (request.values["cfg"], request.values["steps"]) == (3.0, 25)
    assert request.origins["steps"] == "family sdxl, preset quality"
    assert request.loras == (Lora(name="soft.safetensors", weight=0.5),)
    assert recipe(wishes(), ONE, own=mine).values["cfg"] == 7.0
    with pytest.raises(NotFound) as refused:
        recipe(wishes(flags={"preset": "hard"}), ONE, own=mine)
    assert refused.value.fix.endswith("quality, fast, draft, soft")


def test_a_persons_preset_that_the_workflow_cannot_use_is_named() -> None:
    with pytest.raises(UnusedParameter) as refused:
        recipe(wishes(), ONE, own=own(quality={"shift": 3.0}))
    assert refused.value.cause == "shift is set by your preset quality for sdxl"


def test_the_rate_of_a_persons_preset_decides_how_many_frames_cover_the_clip() -> None:
    mine = OwnModels({}, {(PresetScope.FAMILY, "wan2.1", "quality"): {"fps": 8.0}})
    request = recipe(wishes(MediaKind.VIDEO), WAN_FILES, own=mine)
    assert (request.fps, request.frames) == ("8", 17)


def test_a_companion_that_a_persons_preset_names_is_not_looked_for() -> None:
    files = {**WAN_FILES, "vae": ["a.safetensors", "b.safetensors"]}
    mine = OwnModels({}, {(PresetScope.FAMILY, "wan2.1", "quality"): {"vae": "b.safetensors"}})
    assert recipe(wishes(MediaKind.VIDEO), files, own=mine).values["vae"] == "b.safetensors"


def test_a_file_is_of_the_family_that_the_person_says() -> None:
    said = own({"mystery.safetensors": "sdxl"})
    there = {"checkpoints": ["films/Mystery.safetensors"]}
    request = recipe(wishes(), there, own=said)
    assert (request.family, request.values["model"]) == ("sdxl", "films/Mystery.safetensors")
    assert recipe(wishes(flags={"family": "sd15"}), there, own=said).family == "sd15"
    with pytest.raises(ServerCannotRender):
        recipe(wishes(), there)


def test_a_model_that_nobody_knows_takes_the_preset_that_was_made_for_it() -> None:
    mine = OwnModels({}, {(PresetScope.MODEL, "mystery.safetensors", "mine"): {"steps": 9}})
    named = {"preset": "mine", "model": "mystery.safetensors", "workflow": "checkpoint-text-to-image"}
    assert recipe(wishes(flags=named), ONE, own=mine).values["steps"] == 9


# what a workflow cannot use


def test_a_setting_that_the_workflow_cannot_use_is_refused_by_name() -> None:
    with pytest.raises(UnusedParameter) as refused:
        image(ONE, project={"shift": 5.0})
    assert refused.value.problem == "workflow checkpoint-text-to-image has no parameter shift"
    assert refused.value.cause == "shift is set by project"
    assert "steps" in refused.value.fix


def test_a_negative_prompt_is_refused_by_a_workflow_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from vidctl.services import model_choice

    whole = model_choice.load_workflow("checkpoint-text-to-image")
    without = whole.model_copy(
        update={"parameters": {name: each for name, each in whole.parameters.items() if name != "negative"}}
    )
    monkeypatch.setattr(model_choice, "load_workflow", lambda name: without)
    assert "negative" not in image(ONE).values
    with pytest.raises(UnusedParameter) as refused:
        image(ONE, shot=clip(negative_prompt="blurry"))
    assert refused.value.cause == "negative is set by clip"


@pytest.mark.parametrize(
    ("settings", "field"),
    [({"width": 100_032}, "width"), ({"height": 0}, "height"), ({"seed": 2**65}, "seed"), ({"seed": -2}, "seed")],
)
def test_a_number_out_of_range_is_the_persons_error(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        image(ONE, flags=settings)
    assert field in f"{refused.value.problem} {refused.value.cause}"


@pytest.mark.parametrize(
    "settings", [{"model": 5}, {"workflow": True}, {"preset": 1}, {"loras": ["x"]}, {"loras": [{"name": ""}]}]
)
def test_a_setting_of_the_wrong_kind_is_the_persons_error(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        image(ONE, project=settings)
    assert "project" in str(refused.value)


# size


@given(st.integers(16, 4000), st.integers(16, 4000), st.sampled_from([SDXL, SD15]))
def test_a_still_has_the_films_shape_at_the_familys_size(width: int, height: int, model: str) -> None:
    assume(max(width, height) <= 6 * min(width, height))
    family = load_family("sdxl" if model == SDXL else "sd15")
    request = image({"checkpoints": [model]}, project(width=width, height=height))
    trained = (family.preset().values["width"], family.preset().values["height"])
    assert (request.width, request.height) == (request.values["width"], request.values["height"])
    assert request.width % family.multiple == request.height % family.multiple == 0
    scale = min(1.0, (trained[0] * trained[1] / (width * height)) ** 0.5)  # type: ignore[operator]
    for side, wanted in ((request.width, width * scale), (request.height, height * scale)):
        assert abs(side - wanted) <= family.multiple / 2 + 1 or side == family.multiple


def test_a_full_hd_film_is_rendered_near_the_trained_size() -> None:
    request = image(ONE, project(width=1920, height=1080))
    assert (request.width, request.height) == (1344, 768)
    assert request.origins["width"] == "the project's shape at the family's size"


def test_a_size_that_a_person_sets_is_kept_or_refused() -> None:
    assert image(ONE, flags={"width": 512, "height": 768}).width == 512
    with pytest.raises(InvalidInput) as refused:
        image(ONE, clip={"width": 500})
    assert refused.value.cause == "it is set by clip and must be a multiple of 64"
    assert refused.value.fix == "use 512"


# length


@given(st.integers(1, 2000), st.sampled_from(RATES))
def test_a_video_covers_its_clip_and_no_more_than_it_must(length: int, rate: str) -> None:
    film = project(fps=rate)
    request = video(film=film, shot=clip(length=length))
    grid = load_family("wan2.1").frame_grid
    assert grid
    wanted = length / film.rate
    assert grid.contains(request.frames)
    assert request.frames / request.rate >= wanted
    assert request.frames == 1 or (request.frames - grid.step) / request.rate < wanted
    assert request.values["frames"] == request.frames
    assert request.origins["frames"] == "the clip's length"


@given(st.integers(1, 500), st.sampled_from([8, 16, 24, 30, 23.976, 12.5]))
def test_a_rate_that_a_person_sets_counts_for_the_length(length: int, fps: float) -> None:
    request = video(shot=clip(length=length), flags={"fps": fps})
    assert request.frames / request.rate >= length / Fraction(24)
    assert request.origins["fps"] == "flags"


@pytest.mark.parametrize(("fps", "rate"), [(24, "24"), (23.976, "24000/1001"), (29.97, "30000/1001"), (12.5, "25/2")])
def test_a_rate_is_exact(fps: float, rate: str) -> None:
    assert video(flags={"fps": fps}).fps == rate


@pytest.mark.parametrize("fps", [0, -1, 241, "24", True])
def test_a_rate_that_is_none_is_refused(fps: Any) -> None:
    with pytest.raises(InvalidInput, match="fps"):
        video(flags={"fps": fps})


def test_a_number_of_frames_off_the_grid_is_refused_with_the_next_on_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        video(flags={"frames": 50})
    assert refused.value.fix == "use 53"


def test_a_still_is_one_frame() -> None:
    assert image(ONE).frames == 1


# seeds


def test_a_seed_is_drawn_if_nobody_sets_one() -> None:
    request = image(ONE)
    assert (request.seed, request.values["seed"], request.origins["seed"]) == (7, 7, "drawn")


def test_a_seed_that_is_set_is_kept() -> None:
    request = image(ONE, clip={"seed": 0})
    assert (request.seed, request.origins["seed"]) == (0, "clip")


def test_minus_one_draws_a_seed_whatever_the_film_says() -> None:
    request = image(ONE, project={"seed": 5}, flags={"seed": -1})
    assert request.seed > 6
    assert request.origins["seed"] == "drawn"


# LoRAs


def test_loras_of_all_layers_are_piled_up() -> None:
    one, two = ({"name": name, "weight": 0.5} for name in ("one.safetensors", "two.safetensors"))
    request = image(ONE, project={"loras": [one]}, flags={"loras": [two, {**one, "weight": 1.0}]})
    assert request.loras == (Lora(name="one.safetensors", weight=1.0), Lora(name="two.safetensors", weight=0.5))


def test_an_empty_list_takes_loras_away() -> None:
    assert image(ONE, project={"loras": [{"name": "one"}]}, clip={"loras": []}).loras == ()


# which model


def test_of_several_models_a_person_must_choose() -> None:
    with pytest.raises(InvalidInput) as refused:
        image({"checkpoints": [SDXL, SD15]})
    assert refused.value.details["candidates"] == [SDXL, SD15]
    assert "--model" in refused.value.fix


def test_models_of_other_kinds_are_no_candidates() -> None:
    assert image({"checkpoints": [SDXL, "mystery.safetensors"], "diffusion_models": [WAN]}).values["model"] == SDXL


def test_a_workflow_narrows_the_candidates() -> None:
    request = image({"checkpoints": [SDXL], "diffusion_models": [WAN]}, flags={"workflow": "checkpoint-text-to-image"})
    assert request.values["model"] == SDXL


def test_a_server_without_a_model_cannot_render() -> None:
    with pytest.raises(ServerCannotRender):
        image({"checkpoints": ["mystery.safetensors"]})


def test_a_model_that_nobody_knows_asks_for_its_family() -> None:
    there = {"checkpoints": [SDXL, "mystery.safetensors"]}
    with pytest.raises(InvalidInput) as refused:
        image(there, flags={"model": "mystery.safetensors"})
    assert "family" in refused.value.fix
    request = image(there, flags={"model": "mystery.safetensors", "family": "sd15"})
    assert (request.family, request.values["model"]) == ("sd15", "mystery.safetensors")


def test_a_mistyped_model_is_told_with_the_file_that_it_looks_like() -> None:
    with pytest.raises(ServerCannotRender) as refused:
        image({"checkpoints": ["portrait_mix.safetensors", SD15]}, flags={"model": "potrait_mix.safetensors"})
    assert refused.value.fix == "did you mean portrait_mix.safetensors?"


def test_a_named_workflow_makes_do_without_a_family() -> None:
    request = image(ONE, flags={"model": "mystery.safetensors", "workflow": "checkpoint-text-to-image"})
    assert (request.family, request.width, request.height) == ("unknown", 1280, 720)
    assert "steps" not in request.values


def test_a_model_for_videos_makes_no_still() -> None:
    with pytest.raises(InvalidInput) as refused:
        image(WAN_FILES, flags={"model": WAN})
    assert "makes videos" in refused.value.cause


def test_a_workflow_for_stills_makes_no_video() -> None:
    with pytest.raises(InvalidInput) as refused:
        video(flags={"workflow": "checkpoint-text-to-image"})
    assert refused.value.fix == "use vidctl generate image"


def test_a_model_for_another_task_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        video(flags={"model": "wan2.1_i2v_480p_14B_fp16.safetensors"})
    assert "image-to-video" in refused.value.problem


# the files beside the model


def test_the_preferred_companions_are_taken() -> None:
    request = video()
    assert request.values["vae"] == "wan_2.1_vae.safetensors"
    assert request.values["text_encoder"] == "umt5_xxl_fp8_e4m3fn_scaled.safetensors"
    assert request.origins["vae"] == "the server's files"


def test_the_only_file_in_a_folder_is_taken() -> None:
    assert video({**WAN_FILES, "vae": ["renamed.safetensors"]}).values["vae"] == "renamed.safetensors"


@pytest.mark.parametrize("there", [[], ["one.safetensors", "two.safetensors"]])
def test_without_a_companion_that_fits_nothing_is_guessed(there: list[str]) -> None:
    with pytest.raises(ServerCannotRender) as refused:
        video({**WAN_FILES, "vae": there})
    assert "--set vae=FILE" in refused.value.fix


def test_a_companion_that_a_person_names_is_not_looked_for() -> None:
    assert video({**WAN_FILES, "vae": []}, flags={"vae": "mine.safetensors"}).values["vae"] == "mine.safetensors"


# with no server to ask


def test_with_no_server_to_ask_a_model_must_be_named() -> None:
    with pytest.raises(Unreachable) as refused:
        image(None)
    assert "--model" in refused.value.fix


def test_with_no_server_to_ask_the_usual_companions_are_assumed() -> None:
    request = video(None, flags={"model": WAN})
    assert request.values["vae"] == "wan_2.1_vae.safetensors"
    assert request.family == "wan2.1"


# the value as a whole


def test_the_same_wishes_give_the_same_fingerprint() -> None:
    assert image(ONE, flags={"seed": 1}).fingerprint() == image(ONE, clip={"seed": 1}).fingerprint()


@given(st.sampled_from([{"seed": 2}, {"steps": 26}, {"width": 512}, {"loras": [{"name": "x"}]}]))
def test_whatever_decides_the_picture_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert image(ONE, flags={"seed": 1}).fingerprint() != image(ONE, flags={"seed": 1, **change}).fingerprint()
