"""Graphs against what a genuine 0.30.0 server says that it has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.comfy_recordings import object_info, recording
from tests.fakes.comfy_stage import ANY
from tests.fakes.comfy_wire import ComfyWire
from vidctl.domain.recipe import Graph
from vidctl.errors import ServerCannotRender
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.catalog import Catalog, NodeInfo
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.graph_check import Lack, LackKind, check_graph

#: A node class with every way to describe an input; the recorded ones have no INT with the default float bounds.
MADE_UP: dict[str, Any] = {
    "input": {
        "required": {
            "old": [["auto", "mp4"], {}],
            "new": ["COMBO", {"options": ["auto", "mp4"]}],
            "many": ["COMBO", {"options": ["a", "b"], "multiselect": True}],
            "flag": ["BOOLEAN", {"default": True}],
            "text": ["STRING", {"multiline": True}],
            "growing": ["COMFY_AUTOGROW_V3", {"template": {}}],
            "anything": ["*", {}],
            "either": ["IMAGE,MASK", {}],
        },
        "optional": {
            "strength": ["FLOAT", {"min": 0.0, "max": 1.0}],
            "fetched": ["COMBO", {"options": [], "remote": {"route": "/x"}}],
        },
    },
    "output": ["IMAGE", "LATENT"],
    "output_node": True,
}
MADE_UP_VALUES = {"old": "auto", "new": "mp4", "many": {"__value__": ["a", "b"]}, "flag": False, "text": "x"}
MADE_UP_VALUES |= {"anything": ["1", 1], "either": ["1", 0]}


def describe(class_type: str) -> NodeInfo | None:
    described = MADE_UP if class_type == "MadeUp" else object_info().get(class_type)
    return NodeInfo.from_wire(class_type, described) if described else None


def changed(name: str, class_type: str, **inputs: Any) -> Graph:
    """The graph of a recorded run, with other inputs on the node of a class; None takes an input away."""
    graph: Graph = recording(name).graph
    node = next(node for node in graph.values() if node["class_type"] == class_type)
    node["inputs"] = {key: value for key, value in (node["inputs"] | inputs).items() if value is not None}
    return graph


def only_lack(graph: Graph) -> Lack:
    (lack,) = check_graph(graph, describe)
    return lack


def made_up(**inputs: Any) -> Graph:
    return {"1": {"class_type": "MadeUp", "inputs": MADE_UP_VALUES | inputs}}


@pytest.mark.parametrize("name", ["t2i", "t2i_lora", "t2v", "t2v_lora", "i2v", "png", "mp4"])
def test_a_graph_that_the_server_ran_lacks_nothing(name: str) -> None:
    assert check_graph(recording(name).graph, describe) == []


def test_every_form_of_input_is_understood() -> None:
    assert check_graph(made_up(), describe) == []


def test_an_unknown_node_class_is_named() -> None:
    graph = recording("png").graph | {"9": {"class_type": "NoSuchNode", "inputs": {}}}
    lack = only_lack(graph)
    assert (lack.kind, lack.node_id, lack.value) == (LackKind.NODE_CLASS, "9", "NoSuchNode")
    assert str(lack) == "node 9 (NoSuchNode): the server has no such node class"


def test_a_link_from_an_unknown_node_class_is_no_second_lack() -> None:
    graph = recording("png").graph
    graph["1"]["class_type"] = "NoSuchNode"
    assert only_lack(graph).kind is LackKind.NODE_CLASS


def test_a_missing_input_is_named() -> None:
    lack = only_lack(changed("t2i", "KSampler", seed=None))
    assert (lack.kind, lack.field, lack.class_type) == (LackKind.INPUT, "seed", "KSampler")


@pytest.mark.parametrize(
    ("wanted", "suggested"),
    [
        ("tiny_sd15", ("tiny_sd15.safetensors",)),
        ("SD/TINY_SD15.CKPT", ("tiny_sd15.safetensors",)),
        ("a\\very\\deep\\folder\\of\\checkpoints\\tiny-sd15.safetensors", ("tiny_sd15.safetensors",)),
        ("something else entirely", ()),
    ],
)
def test_a_missing_model_comes_with_those_that_look_like_it(wanted: str, suggested: tuple[str, ...]) -> None:
    lack = only_lack(changed("t2i", "CheckpointLoaderSimple", ckpt_name=wanted))
    assert (lack.kind, lack.value, lack.suggestions) == (LackKind.CHOICE, wanted, suggested)


@pytest.mark.parametrize("field", ["old", "new"])
def test_both_ways_to_list_values_are_read(field: str) -> None:
    lack = only_lack(made_up(**{field: "mp5"}))
    assert (lack.kind, lack.suggestions) == (LackKind.CHOICE, ("mp4",))


def test_each_of_several_choices_is_looked_up() -> None:
    assert only_lack(made_up(many={"__value__": ["a", "c"]})).value == "c"


def test_a_list_that_only_the_browser_knows_is_not_judged() -> None:
    assert check_graph(made_up(fetched="whatever"), describe) == []


def test_a_file_to_be_uploaded_need_not_be_there_yet() -> None:
    assert check_graph(changed("i2v", "LoadImage", image="vidctl-0123.png"), describe) == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"steps": 0}, LackKind.TOO_SMALL),
        ({"steps": 10001}, LackKind.TOO_LARGE),
        ({"seed": 2**64}, LackKind.TOO_LARGE),
        ({"cfg": -0.1}, LackKind.TOO_SMALL),
        ({"steps": "twenty"}, LackKind.WRONG_TYPE),
        ({"steps": 4.5}, LackKind.WRONG_TYPE),
        ({"cfg": float("nan")}, LackKind.WRONG_TYPE),
        ({"cfg": {"a": 1}}, LackKind.WRONG_TYPE),
    ],
)
def test_a_number_that_cannot_be_is_refused(values: dict[str, Any], kind: LackKind) -> None:
    assert only_lack(changed("t2i", "KSampler", **values)).kind is kind


@pytest.mark.parametrize("values", [{"steps": 1}, {"steps": "20"}, {"seed": 2**64 - 1}, {"cfg": 7}, {"steps": 20.0}])
def test_a_number_at_the_limit_is_fine(values: dict[str, Any]) -> None:
    assert check_graph(changed("t2i", "KSampler", **values), describe) == []


@pytest.mark.parametrize("values", [{"flag": "false"}, {"text": None}])
def test_a_scalar_of_the_wrong_type_is_refused(values: dict[str, Any]) -> None:
    assert only_lack(made_up(**values)).kind is LackKind.WRONG_TYPE


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (["99", 0], "node 99, which is not in the graph"),
        (["1", 3], "output 3 of CheckpointLoaderSimple, which has 3"),
        (["1", -1], "output -1"),
        (["1", 1], "wants MODEL, but is linked to CLIP of CheckpointLoaderSimple"),
        (["1"], "a node id and a slot number"),
        (["1", "MODEL"], "a node id and a slot number"),
    ],
)
def test_a_broken_link_is_told(link: list[Any], words: str) -> None:
    lack = only_lack(changed("t2i", "KSampler", model=link))
    assert (lack.kind, lack.field) == (LackKind.LINK, "model")
    assert words in lack.reason


def test_types_fit_if_they_share_one() -> None:
    assert only_lack(made_up(either=["1", 1])).kind is LackKind.LINK


def test_a_choice_brings_its_own_inputs() -> None:
    graph = changed("t2v", "SaveVideo", codec="h264", **{"codec.encoding": "re-encode", "codec.encoding.crf": 60.0})
    lack = only_lack(graph)
    assert (lack.kind, lack.field) == (LackKind.TOO_LARGE, "codec.encoding.crf")


def test_an_input_that_a_choice_brings_may_be_missing() -> None:
    lack = only_lack(changed("t2v", "SaveVideo", codec="h264", **{"codec.encoding": "re-encode"}))
    assert (lack.kind, lack.field) == (LackKind.INPUT, "codec.encoding.crf")


def test_a_graph_that_saves_nothing_is_told() -> None:
    graph = {"1": recording("png").graph["1"]}
    assert only_lack(graph).kind is LackKind.OUTPUT_NODE


def test_all_lacks_are_told_at_once() -> None:
    graph = changed("t2i", "KSampler", steps=0, sampler_name="eulr", seed=None)
    assert {lack.field: lack.suggestions for lack in check_graph(graph, describe)} == {
        "steps": (),
        "sampler_name": ("euler", "euler_cfg_pp", "heun")[:1],
        "seed": (),
    }


def test_a_node_class_is_asked_for_once(wire: ComfyWire) -> None:
    client = ComfyClient(wire.url)
    catalog = Catalog(client)
    for class_type in ("KSampler", "KSampler", "NoSuchNode", "NoSuchNode"):
        catalog.describe(class_type)
    client.close()
    assert wire.requests == ["GET /object_info/KSampler", "GET /object_info/NoSuchNode"]


def test_a_node_that_was_installed_meanwhile_is_found(wire: ComfyWire, backend: ComfyBackend) -> None:
    wire.faults.lacks_node = "SaveImage"
    with pytest.raises(ServerCannotRender):
        backend.validate(ANY)
    wire.faults.lacks_node = ""
    backend.validate(ANY)


def test_models_are_listed_by_folder(wire: ComfyWire) -> None:
    client = ComfyClient(wire.url)
    models = Catalog(client).models()
    client.close()
    assert models["checkpoints"] == ["tiny_sd15.safetensors"]
    assert models["loras"] == ["tiny_sd15_lora.safetensors", "tiny_wan_lora.safetensors"]
    assert models.keys() == {"checkpoints", "diffusion_models", "loras"}


def test_a_folder_that_the_server_does_not_know_is_empty(wire: ComfyWire) -> None:
    client = ComfyClient(wire.url)
    assert client.models("no-such-folder") == []
    client.close()
