"""The packaged data is whole, and what it names exists on genuine servers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from vidctl.domain.families import SAMPLER_ALIASES
from vidctl.domain.recipe import Graph, Lora, MediaKind
from vidctl.errors import NotFound
from vidctl.gateways.comfyui.catalog import NodeInfo
from vidctl.gateways.comfyui.graph_check import check_graph
from vidctl.presets.loader import list_families, list_workflows, load_families, load_family, load_workflow

RECORDED = Path(__file__).resolve().parents[1] / "data" / "comfyui" / "recorded"
VERSIONS = ["0.3.75", "0.16.3", "0.30.0"]
PRESETS = [(family.name, preset) for family in load_families() for preset in family.presets]


def recorded_nodes(version: str) -> dict[str, Any]:
    nodes: dict[str, Any] = json.loads((RECORDED / version / "object_info.json").read_text(encoding="utf-8"))
    return nodes


def sampling_names(version: str, field: str) -> set[str]:
    return set(recorded_nodes(version)["KSampler"]["input"]["required"][field][0])


def bound(workflow_name: str, family_name: str, preset: str | None = None) -> Graph:
    """The graph of a workflow with everything that the family gives it, and stand-ins for the rest."""
    workflow, family = load_workflow(workflow_name), load_family(family_name)
    required = {name: f"some {name}" for name, each in workflow.parameters.items() if each.required}
    chosen = family.preset(preset)
    return workflow.bind({**required, **chosen.values}, [*chosen.loras, Lora(name="x")], "p")


@pytest.mark.parametrize("name", list_workflows())
def test_every_workflow_is_for_families_that_name_it_back(name: str) -> None:
    workflow = load_workflow(name)
    assert workflow.families
    for family in workflow.families:
        assert load_family(family).workflows[workflow.kind] == name


@pytest.mark.parametrize("name", list_families())
def test_every_family_names_workflows_that_are_there_and_of_that_kind(name: str) -> None:
    for kind, workflow in load_family(name).workflows.items():
        assert load_workflow(workflow).kind == kind
        assert name in load_workflow(workflow).families


@pytest.mark.parametrize("name", list_families())
def test_a_familys_companions_fill_all_that_its_workflow_requires_but_prompt_and_model(name: str) -> None:
    family = load_family(name)
    for workflow_name in family.workflows.values():
        declared = load_workflow(workflow_name).parameters
        required = {parameter for parameter, each in declared.items() if each.required}
        assert set(family.companions) == required - {"prompt", "model"}
        assert all(declared[name].folder == companion.folder for name, companion in family.companions.items())
        assert declared["model"].folder in family.folders


@pytest.mark.parametrize(("family_name", "preset"), PRESETS)
def test_every_preset_says_only_what_its_workflow_can_use(family_name: str, preset: str) -> None:
    family = load_family(family_name)
    for workflow_name in family.workflows.values():
        assert bound(workflow_name, family_name, preset)


@pytest.mark.parametrize(("family_name", "preset"), PRESETS)
def test_every_preset_has_a_size_and_a_length_that_the_family_can_make(family_name: str, preset: str) -> None:
    family = load_family(family_name)
    values = family.preset(preset).values
    for side in (values["width"], values["height"]):
        assert isinstance(side, int)
        assert side % family.multiple == 0
    if family.frame_grid:
        assert isinstance(values["frames"], int)
        assert family.frame_grid.contains(values["frames"])
    assert ("frames" in values) == (MediaKind.VIDEO in family.kinds)
    assert family.preset(preset).source


@pytest.mark.parametrize("version", VERSIONS)
def test_samplers_and_schedulers_are_comfyuis(version: str) -> None:
    samplers, schedulers = sampling_names(version, "sampler_name"), sampling_names(version, "scheduler")
    presets = [load_family(family).preset(preset).values for family, preset in PRESETS]
    assert {values["sampler"] for values in presets} <= samplers
    assert {values["scheduler"] for values in presets} <= schedulers
    assert set(SAMPLER_ALIASES.values()) <= samplers
    assert not set(SAMPLER_ALIASES) & samplers


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", list_workflows())
def test_a_genuine_server_lacks_nothing_but_the_model_files(name: str, version: str) -> None:
    recorded = recorded_nodes(version)
    nodes = {class_type: NodeInfo.from_wire(class_type, described) for class_type, described in recorded.items()}
    workflow = load_workflow(name)
    lacks = check_graph(bound(name, workflow.families[0]), nodes.get)
    model_fields = {target.input for each in workflow.parameters.values() if each.folder for target in each.targets}
    assert {lack.field for lack in lacks} == model_fields | {"lora_name"}


@pytest.mark.parametrize("name", list_workflows())
def test_every_workflow_tells_what_it_is_and_how_it_is_proven(name: str) -> None:
    workflow = load_workflow(name)
    assert workflow.name == name
    assert all((workflow.summary, workflow.proof, workflow.requirements))
    assert all(each.description for each in workflow.parameters.values())


def test_rates_are_fractions_above_zero() -> None:
    assert all(Fraction(family.fps) > 0 for family in load_families() if family.fps)


def test_what_is_not_there_is_answered_with_what_is() -> None:
    with pytest.raises(NotFound) as caught:
        load_workflow("../workflows/wan-text-to-video")
    assert all(name in caught.value.fix for name in list_workflows())
    with pytest.raises(NotFound) as caught:
        load_family("sora")
    assert all(name in caught.value.fix for name in list_families())


def test_each_is_read_once() -> None:
    assert load_workflow("wan-text-to-video") is load_workflow("wan-text-to-video")
    assert load_family("sdxl") is load_family("sdxl")
