"""Layers: the later one wins, and every value remembers where it came from."""

from __future__ import annotations

import pytest

from vidctl.domain.recipe import Lora
from vidctl.domain.resolution import Layer, resolve
from vidctl.errors import UnusedParameter
from vidctl.presets.loader import load_workflow

IMAGE = load_workflow("checkpoint-text-to-image")
VIDEO = load_workflow("wan-text-to-video")


def lora(name: str, weight: float = 1.0) -> Lora:
    return Lora(name=name, weight=weight)


def test_the_later_layer_wins_and_is_named() -> None:
    resolved = resolve([Layer("style", {"steps": 20, "cfg": 5.0}), Layer("clip", {"cfg": 7.0})], IMAGE)
    assert resolved.values == {"steps": 20, "cfg": 7.0}
    assert resolved.origins == {"steps": "style", "cfg": "clip"}


def test_none_is_not_set() -> None:
    resolved = resolve([Layer("style", {"steps": 20}), Layer("clip", {"steps": None, "no_such": None})], IMAGE)
    assert (resolved.values, resolved.origins) == ({"steps": 20}, {"steps": "style"})


def test_false_zero_and_empty_are_set() -> None:
    resolved = resolve(
        [Layer("style", {"seed": 5, "negative": "x"}), Layer("clip", {"seed": 0, "negative": ""})], IMAGE
    )
    assert resolved.values == {"seed": 0, "negative": ""}


def test_what_only_a_preset_says_is_left_out_where_the_workflow_cannot_use_it() -> None:
    preset = Layer("family preset", {"steps": 20, "shift": 5.0}, chosen=False)
    assert resolve([preset], IMAGE).values == {"steps": 20}
    assert resolve([preset], VIDEO).values == {"steps": 20, "shift": 5.0}


def test_what_a_person_chose_is_an_error_where_the_workflow_cannot_use_it() -> None:
    with pytest.raises(UnusedParameter) as caught:
        resolve([Layer("scene", {"shift": 5.0})], IMAGE)
    assert "shift" in caught.value.problem
    assert "scene" in caught.value.cause


def test_a_chosen_value_is_refused_even_if_a_preset_has_it_too() -> None:
    with pytest.raises(UnusedParameter):
        resolve([Layer("family preset", {"shift": 5.0}, chosen=False), Layer("flag", {"shift": 3.0})], IMAGE)


def test_loras_pile_up_in_order() -> None:
    resolved = resolve([Layer("style", loras=(lora("a"),)), Layer("clip"), Layer("flag", loras=(lora("b"),))], IMAGE)
    assert resolved.loras == (lora("a"), lora("b"))
    assert resolved.origins == {"loras": "style, flag"}


def test_a_lora_named_again_has_its_last_weight_and_its_first_place() -> None:
    resolved = resolve([Layer("style", loras=(lora("a"), lora("b"))), Layer("flag", loras=(lora("a", 0.3),))], IMAGE)
    assert resolved.loras == (lora("a", 0.3), lora("b"))
    assert resolved.origins["loras"] == "flag, style"


def test_an_empty_list_takes_earlier_loras_away() -> None:
    layers = [Layer("style", loras=(lora("a"),)), Layer("clip", loras=()), Layer("flag", loras=(lora("b"),))]
    resolved = resolve(layers, IMAGE)
    assert (resolved.loras, resolved.origins) == ((lora("b"),), {"loras": "flag"})
    assert "loras" not in resolve(layers[:2], IMAGE).origins


def test_a_presets_lora_is_left_out_and_a_chosen_one_refused_without_a_chain() -> None:
    chainless = IMAGE.model_copy(update={"lora_chains": ()})
    assert resolve([Layer("family preset", loras=(lora("a"),), chosen=False)], chainless).loras == ()
    with pytest.raises(UnusedParameter) as caught:
        resolve([Layer("style", loras=(lora("a"),))], chainless)
    assert "style" in caught.value.cause


def test_samplers_get_comfyuis_names() -> None:
    assert resolve([Layer("clip", {"sampler": "euler_a"})], IMAGE).values == {"sampler": "euler_ancestral"}


def test_nothing_given_is_nothing_resolved() -> None:
    resolved = resolve([], IMAGE)
    assert (resolved.values, resolved.loras, resolved.origins) == ({}, (), {})
