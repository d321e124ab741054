"""Binding: every declared parameter reaches the graph, nothing else does, and LoRAs are chained in order."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from vidctl.domain.parameter import Parameter, ParameterType
from vidctl.domain.recipe import Graph, Lora, MediaKind
from vidctl.domain.workflow import Workflow
from vidctl.errors import InvalidInput, UnusedParameter
from vidctl.presets.loader import list_workflows, load_workflow

EVERY_PARAMETER = [(name, parameter) for name in list_workflows() for parameter in load_workflow(name).parameters]
every_workflow = pytest.mark.parametrize("name", list_workflows())


def least(workflow: Workflow) -> dict[str, JsonValue]:
    """Values for what the workflow requires, and no more."""
    return {name: f"some {name}" for name, parameter in workflow.parameters.items() if parameter.required}


def another(parameter: Parameter, default: Any) -> Any:
    """A right value that is not the default."""
    match parameter.type:
        case ParameterType.INT | ParameterType.FLOAT:
            lower = default - 1
            return default + 1 if parameter.minimum is not None and lower < parameter.minimum else lower
        case ParameterType.BOOL:
            return not default
        case _:
            return f"not {default}"


def wrong(parameter: Parameter) -> JsonValue:
    return "seven" if parameter.type in (ParameterType.INT, ParameterType.FLOAT) else 7


def loras(*names: str) -> list[Lora]:
    return [Lora(name=name, weight=0.5) for name in names]


def chain_below(graph: Graph, node: str, field: str = "model") -> list[str]:
    """LoRA names between a node's input and the loader, the one next to the loader first."""
    names: list[str] = []
    while "lora_name" in graph[source := graph[node]["inputs"][field][0]]["inputs"]:
        names.insert(0, graph[source]["inputs"]["lora_name"])
        node = source
    return names


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_each_declared_parameter_changes_all_its_targets(name: str, parameter: str) -> None:
    workflow = load_workflow(name)
    declared = workflow.parameters[parameter]
    plain = workflow.bind(least(workflow), [], "p")
    value = another(declared, workflow.default_of(parameter))
    changed = workflow.bind({**least(workflow), parameter: value}, [], "p")
    assert changed != plain
    for target in declared.targets:
        assert changed[target.node]["inputs"][target.input] == value


@pytest.mark.parametrize(("name", "parameter"), EVERY_PARAMETER)
def test_a_value_of_a_wrong_type_is_refused(name: str, parameter: str) -> None:
    workflow = load_workflow(name)
    with pytest.raises(InvalidInput, match=parameter):
        workflow.bind({**least(workflow), parameter: wrong(workflow.parameters[parameter])}, [], "p")


@every_workflow
def test_an_undeclared_parameter_is_an_error_that_names_the_declared_ones(name: str) -> None:
    workflow = load_workflow(name)
    with pytest.raises(UnusedParameter) as caught:
        workflow.bind({**least(workflow), "motion_bucket": 127}, [], "p")
    assert "motion_bucket" in caught.value.problem
    assert all(parameter in caught.value.fix for parameter in workflow.parameters)


def test_a_misspelt_parameter_gets_the_right_one_suggested() -> None:
    workflow = load_workflow("wan-text-to-video")
    with pytest.raises(UnusedParameter) as caught:
        workflow.bind({**least(workflow), "stepz": 4}, [], "p")
    assert "did you mean steps?" in caught.value.fix


@every_workflow
def test_what_is_required_and_missing_is_named(name: str) -> None:
    workflow = load_workflow(name)
    for parameter in least(workflow):
        given_ = {key: value for key, value in least(workflow).items() if key != parameter}
        with pytest.raises(InvalidInput) as caught:
            workflow.bind(given_, [], "p")
        assert caught.value.details["missing"] == [parameter]


@every_workflow
def test_what_is_not_given_keeps_the_value_of_the_graph(name: str) -> None:
    workflow = load_workflow(name)
    graph = workflow.bind(least(workflow), [], "p")
    for parameter, declared in workflow.parameters.items():
        target = declared.targets[0]
        if not declared.required:
            assert graph[target.node]["inputs"][target.input] == workflow.default_of(parameter)


@every_workflow
def test_the_files_are_named_by_the_given_prefix(name: str) -> None:
    workflow = load_workflow(name)
    graph = workflow.bind(least(workflow), [], "vidctl/take-1")
    assert [graph[node]["inputs"]["filename_prefix"] for node in workflow.output_nodes] == ["vidctl/take-1"]


@every_workflow
def test_binding_shares_nothing_with_the_workflow_or_another_graph(name: str) -> None:
    workflow = load_workflow(name)
    before = copy.deepcopy(workflow.graph)
    first = workflow.bind(least(workflow), loras("a"), "p")
    second = workflow.bind(least(workflow), loras("a"), "p")
    for node in first.values():
        for value in node["inputs"].values():
            if isinstance(value, list):
                value.append("spoilt")
        node["inputs"]["spoilt"] = True
    assert workflow.graph == before
    assert second == workflow.bind(least(workflow), loras("a"), "p")


@every_workflow
@pytest.mark.parametrize("count", [0, 1, 3])
def test_loras_are_chained_in_their_order_before_all_consumers(name: str, count: int) -> None:
    workflow = load_workflow(name)
    names = [f"lora{number}.safetensors" for number in range(count)]
    graph = workflow.bind(least(workflow), loras(*names), "p")
    for chain in workflow.lora_chains:
        for field, socket in (("model", chain.model), ("clip", chain.clip)):
            users = [
                node
                for node, one in workflow.graph.items()
                for v in one["inputs"].values()
                if socket and v == socket.link
            ]
            assert all(chain_below(graph, node, field) == names for node in users)
            assert socket is None or users


@every_workflow
def test_inserted_loaders_have_ids_of_their_own_and_their_weights(name: str) -> None:
    workflow = load_workflow(name)
    graph = workflow.bind(least(workflow), loras("a", "b", "c"), "p")
    inserted = {node: graph[node] for node in graph.keys() - workflow.graph.keys()}
    assert len(inserted) == 3 * len(workflow.lora_chains)
    weights = [
        value for node in inserted.values() for key, value in node["inputs"].items() if key.startswith("strength")
    ]
    assert set(weights) == {0.5}
    assert len(weights) == sum(6 if chain.clip else 3 for chain in workflow.lora_chains)
    assert {node["class_type"] for node in graph.values()} == workflow.node_classes


def test_a_checkpoints_lora_works_on_its_text_encoder_too() -> None:
    workflow = load_workflow("checkpoint-text-to-image")
    graph = workflow.bind(least(workflow), loras("a", "b"), "p")
    assert chain_below(graph, "2", "clip") == chain_below(graph, "3", "clip") == ["a", "b"]
    assert graph["6"]["inputs"]["vae"] == ["1", 2]


def test_a_lora_made_for_one_expert_goes_to_that_one_and_any_other_to_both() -> None:
    workflow = load_workflow("wan2.2-text-to-video")
    given_ = loras(
        "x_high_noise.safetensors", "x_low_noise.safetensors", "style.safetensors", "Y_HIGH_fp16.safetensors"
    )
    graph = workflow.bind(least(workflow), given_, "p")
    assert chain_below(graph, "7") == ["x_high_noise.safetensors", "style.safetensors", "Y_HIGH_fp16.safetensors"]
    assert chain_below(graph, "8") == ["x_low_noise.safetensors", "style.safetensors"]


def test_no_lora_gets_lost_between_the_experts() -> None:
    workflow = load_workflow("wan2.2-text-to-video")
    for name in ("low_poly", "highlands", "high_noise_low_noise", "HIGH", "fast-LOW"):
        graph = workflow.bind(least(workflow), loras(name), "p")
        assert name in chain_below(graph, "7") + chain_below(graph, "8")


def test_loras_without_a_chain_are_an_error() -> None:
    workflow = load_workflow("wan-text-to-video").model_copy(update={"lora_chains": ()})
    with pytest.raises(UnusedParameter, match="takes no LoRA"):
        workflow.bind(least(workflow), loras("a"), "p")


@every_workflow
@given(text=st.text() | st.sampled_from(['a "quoted"\n\tline \\ {b|c}', "é" * 100_000]))
def test_a_prompt_arrives_to_the_letter(name: str, text: str) -> None:
    workflow = load_workflow(name)
    graph = workflow.bind({**least(workflow), "prompt": text}, [], "p")
    target = workflow.parameters["prompt"].targets[0]
    assert graph[target.node]["inputs"][target.input] == text


def test_the_low_noise_expert_takes_over_half_way() -> None:
    workflow = load_workflow("wan2.2-text-to-video")
    for steps, half in ((4, 2), (7, 3), (20, 10)):
        graph = workflow.bind({**least(workflow), "steps": steps}, [], "p")
        assert graph["10"]["inputs"]["end_at_step"] == graph["11"]["inputs"]["start_at_step"] == half


@pytest.mark.parametrize("values", [{"split_step": 4, "steps": 4}, {"split_step": 20}, {"split_step": 30, "steps": 4}])
def test_a_split_that_leaves_an_expert_no_steps_is_refused(values: dict[str, JsonValue]) -> None:
    workflow = load_workflow("wan2.2-text-to-video")
    with pytest.raises(InvalidInput, match="split_step must be below steps"):
        workflow.bind({**least(workflow), **values}, [], "p")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("steps", 0),
        ("steps", True),
        ("steps", 4.0),
        ("cfg", float("nan")),
        ("cfg", 10**400),
        ("cfg", -1),
        ("width", 15),
        ("fps", 0.5),
        ("fps", 121),
        ("sampler", ""),
        ("sampler", None),
        ("prompt", ["x"]),
    ],
)
def test_values_that_no_server_can_take_are_refused(parameter: str, value: JsonValue) -> None:
    workflow = load_workflow("wan-text-to-video")
    with pytest.raises(InvalidInput):
        workflow.bind({**least(workflow), parameter: value}, [], "p")


def test_a_whole_number_will_do_where_a_fraction_may_stand() -> None:
    workflow = load_workflow("wan-text-to-video")
    cfg = workflow.bind({**least(workflow), "cfg": 6}, [], "p")["8"]["inputs"]["cfg"]
    assert (cfg, type(cfg)) == (6.0, float)


def a_workflow(**changes: Any) -> Workflow:
    described: dict[str, Any] = {
        "name": "w",
        "summary": "s",
        "kind": MediaKind.IMAGE,
        "families": (),
        "graph": {
            "1": {"class_type": "Make", "inputs": {"text": "x"}},
            "s:1": {"class_type": "Save", "inputs": {"images": ["1", 0], "filename_prefix": "p"}},
        },
        "parameters": {"prompt": {"type": "text", "targets": ["1.text"], "description": "d"}},
        "output_nodes": ("s:1",),
        "proof": "none",
    }
    return Workflow.model_validate({**described, **changes})


def test_a_workflow_is_taken_as_it_should_be() -> None:
    assert a_workflow().bind({"prompt": "y"}, [], "q")["1"]["inputs"] == {"text": "y"}


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"prompt": {"type": "text", "targets": ["1.txt"], "description": "d"}}},
        {"parameters": {"prompt": {"type": "text", "targets": ["9.text"], "description": "d"}}},
        {"parameters": {"prompt": {"type": "text", "targets": ["text"], "description": "d"}}},
        {"parameters": {"prompt": {"type": "text", "targets": ["s:1.images"], "description": "d"}}},
        {"parameters": {"prompt": {"type": "text", "targets": [], "description": "d"}}},
        {"parameters": {"prompt": {"type": "model", "targets": ["1.text"], "description": "d"}}},
        {"parameters": {"n": {"type": "text", "targets": ["1.text"], "description": "d", "half_of": "m"}}},
        {"output_nodes": ("1",)},
        {"output_nodes": ()},
        {"lora_chains": [{"model": "9.0"}]},
        {"graph": {"s:1": {"class_type": "Save", "inputs": {"images": ["1", 0], "filename_prefix": "p"}}}},
    ],
)
def test_a_workflow_that_names_what_is_not_in_its_graph_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_workflow(**changes)


def test_lora_ids_never_meet_those_of_the_graph() -> None:
    workflow = a_workflow(
        graph={
            "7": {"class_type": "Load", "inputs": {"text": "x"}},
            "lora": {"class_type": "Save", "inputs": {"model": ["7", 0], "filename_prefix": "p"}},
        },
        parameters={},
        output_nodes=("lora",),
        lora_chains=[{"model": "7.0"}],
    )
    graph = workflow.bind({}, loras("a", "b"), "p")
    assert sorted(graph) == ["7", "8", "9", "lora"]
    assert [graph[node]["inputs"]["model"] for node in ("8", "9", "lora")] == [["7", 0], ["8", 0], ["9", 0]]


def test_every_pair_of_loras_keeps_the_order_it_was_given_in() -> None:
    workflow = load_workflow("checkpoint-text-to-image")
    for names in itertools.permutations(["a", "b", "c"]):
        assert chain_below(workflow.bind(least(workflow), loras(*names), "p"), "5") == list(names)
