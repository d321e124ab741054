"""vidctl schema, and that what --json prints is of the shape it says."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import Vidctl
from vidctl.dtos import SCHEMA_VERSION


def test_the_shapes_are_listed_with_what_they_are(vidctl: Vidctl) -> None:
    listed = {each["name"]: each for each in vidctl("schema", "--json").json()["items"]}
    assert listed["ClipCreateDTO"]["direction"] == "in"
    assert listed["ClipGalleryResponseDTO"] == {
        "name": "ClipGalleryResponseDTO",
        "direction": "out",
        "module": "clip_dtos",
        "summary": "A clip's takes, newest first",
    }
    assert not {"ResponseDTO", "ListResponseDTO"} & listed.keys()
    assert ["ClipCreateDTO", "in"] in [row[:2] for row in vidctl("schema").rows()]


def test_a_shape_is_printed_as_a_json_schema(vidctl: Vidctl) -> None:
    schema = json.loads(vidctl("schema", "ProjectCreateDTO").out)
    assert schema["required"] == ["name"]
    assert schema["properties"]["name"]["maxLength"] == 200
    assert "schema_version" not in schema["properties"]


def test_all_shapes_are_printed_in_one_document_whose_references_lead_somewhere(vidctl: Vidctl) -> None:
    document = vidctl("schema", "--all", "--json").json()
    defined = {f"#/$defs/{name}" for name in document["$defs"]}
    assert {reference for reference in _values(document, "$ref") if reference not in defined} == set()
    names = {each["name"] for each in vidctl("schema", "--json").json()["items"]}
    assert names <= document["$defs"].keys()


def test_a_document_holds_what_the_schema_that_it_names_says(vidctl: Vidctl, film: str) -> None:
    for arguments in (("clip", "show", "chorus/hero"), ("clip", "list"), ("project", "show", "--tree"), ("health",)):
        document = json.loads(vidctl(*arguments, "--json").out)
        schema = json.loads(vidctl("schema", document["schema"]).out)
        assert document.keys() == schema["properties"].keys()
        assert document["schema"] == schema["properties"]["schema"]["const"]
        assert document["schema_version"] == schema["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_every_line_of_a_stream_and_every_error_says_its_version(vidctl: Vidctl, film: str) -> None:
    run = vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--json")
    lines = [json.loads(line) for line in run.out.splitlines()]
    assert {line["schema_version"] for line in lines} == {SCHEMA_VERSION}
    assert lines[-1]["schema"] == "GenerationResponseDTO"
    for arguments in (("clip", "show", "chorus/nobody"), ("clip", "shout")):
        code = 3 if arguments[1] == "show" else 2
        assert json.loads(vidctl(*arguments, "--json", code=code).out).keys() == {"schema_version", "error"}


def test_an_unknown_shape_is_refused_with_those_like_it(vidctl: Vidctl) -> None:
    assert "ClipResponseDTO" in vidctl("schema", "ClipRespnseDTO", code=3).err
    assert "--all" in vidctl("schema", "ClipResponseDTO", "--all", code=2).err


def _values(node: Any, key: str) -> set[str]:
    if isinstance(node, list):
        return {value for each in node for value in _values(each, key)}
    if not isinstance(node, dict):
        return set()
    own = {node[key]} if isinstance(node.get(key), str) else set()
    return own | {value for each in node.values() for value in _values(each, key)}
