"""The public contract changes only where somebody means it to: its fields are written out, and none tells a secret."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from tests.house.contract import CONTRACT
from vidctl.dtos import SCHEMA_VERSION
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, UpdateDTO
from vidctl.services.schema_service import shapes

#: What workers and stores keep for themselves.
INNER = ("secret", "password", "token", "lease", "revision", "owner", "fence", "schema_version", "api_key")
SHAPES = {model.__name__: model for model in shapes()}


def test_this_is_the_first_version_of_the_contract() -> None:
    assert SCHEMA_VERSION == 1


def test_every_shape_is_written_out_in_the_module_of_its_noun() -> None:
    modules: dict[str, set[str]] = {}
    for name, model in SHAPES.items():
        modules.setdefault(model.__module__.rpartition(".")[2], set()).add(name)
    assert modules == {module: set(names) for module, names in CONTRACT.items()}


@pytest.mark.parametrize(
    ("name", "fields"), [(name, fields) for names in CONTRACT.values() for name, fields in names.items()]
)
def test_a_shape_has_the_fields_that_are_written_out(name: str, fields: str) -> None:
    crossing = {field for field, how in SHAPES[name].model_fields.items() if not how.exclude}
    assert crossing == set(fields.split())


def test_a_list_is_a_page_of_items_with_the_number_of_all() -> None:
    lists = [model for model in SHAPES.values() if issubclass(model, ListResponseDTO)]
    assert [model for model in lists if not {"items", "total"} <= model.model_fields.keys()] == []


def test_what_comes_in_is_strict_and_what_goes_out_is_complete() -> None:
    assert [model for model in SHAPES.values() if issubclass(model, UpdateDTO) and _required(model)] == []
    loose = {name for name, model in SHAPES.items() if model.model_config.get("extra") != "forbid"}
    assert loose == {"GenerationParamsDTO"}  # a workflow's own parameters have names of their own


def test_nothing_secret_crosses_the_border() -> None:
    telling = {
        f"{name}.{field}"
        for name, model in SHAPES.items()
        if not issubclass(model, InputDTO)
        for field in model.model_fields
        if set(INNER) & {field, *field.split("_")}
    }
    assert telling == {"ComfyUIServerDTO.secret"}  # where it is kept, never what it is


def test_shapes_share_no_base_with_what_is_stored() -> None:
    kinds = {InputDTO, ResponseDTO}
    assert {name for name, model in SHAPES.items() if not kinds & set(model.__mro__)} == {"LoraConfigDTO"}


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]
