"""The public contract as JSON Schemas: one for each DTO, made of its model."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import vidctl.dtos
from vidctl.dtos import SCHEMA_VERSION
from vidctl.dtos.base import InputDTO, ResponseDTO
from vidctl.dtos.schema_dtos import Direction, SchemaDTO, SchemaListDTO
from vidctl.errors import NotFound

_DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
_BASES = frozenset({"InputDTO", "UpdateDTO", "ResponseDTO", "ListResponseDTO"})
_Mode = Literal["validation", "serialization"]


class SchemaService:
    """Finds the DTOs by their modules, so that none is forgotten."""

    def list_schemas(self) -> SchemaListDTO:
        """Every shape of the contract, by name."""
        told = [
            SchemaDTO(
                name=name,
                direction=_direction(model),
                module=model.__module__.rpartition(".")[2],
                summary=_summary(model),
            )
            for name, model in self._models.items()
        ]
        return SchemaListDTO(items=told, total=len(told))

    def get_schema(self, name: str) -> dict[str, Any]:
        """The JSON Schema of one shape, as `--json` prints it or as it is taken in. Raises NotFound."""
        model = self._models.get(name)
        if model is None:
            near = difflib.get_close_matches(name, self._models, 3)
            fix = f"did you mean {' or '.join(near)}?" if near else "vidctl schema lists them"
            raise NotFound(f"there is no shape {name!r}", fix=fix)
        return _DIALECT | _as_document(name, model.model_json_schema(mode=_mode(model)), model)

    def get_all(self) -> dict[str, Any]:
        """The JSON Schemas of all shapes in one document, each below `$defs` by its name."""
        inputs = [(model, _mode(model)) for model in self._models.values()]
        _, schema = models_json_schema(inputs, title=f"vidctl, contract version {SCHEMA_VERSION}")
        defined = {
            name: _as_document(name, each, self._models[name]) if name in self._models else each
            for name, each in schema["$defs"].items()
        }
        return _DIALECT | schema | {"$defs": defined}

    @cached_property
    def _models(self) -> dict[str, type[BaseModel]]:
        return {model.__name__: model for model in sorted(shapes(), key=lambda model: model.__name__)}


def shapes() -> Iterator[type[BaseModel]]:
    """Every DTO that is a shape of its own."""
    for found in pkgutil.iter_modules(vidctl.dtos.__path__, "vidctl.dtos."):
        for each in vars(import_module(found.name)).values():
            is_own = isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == found.name
            # ListResponseDTO[X] is a class too, but only its heirs are shapes of their own
            if is_own and each.__name__.isidentifier() and each.__name__ not in _BASES:
                yield each


def _direction(model: type[BaseModel]) -> Direction:
    if issubclass(model, InputDTO):
        return Direction.IN
    return Direction.OUT if issubclass(model, ResponseDTO) else Direction.PART


def _mode(model: type[BaseModel]) -> _Mode:
    return "serialization" if issubclass(model, ResponseDTO) else "validation"


def _summary(model: type[BaseModel]) -> str:
    """The first sentence of its own docstring, if it has one."""
    text = " ".join((vars(model).get("__doc__") or "").split())
    return text.partition(". ")[0].rstrip(".")


def _as_document(name: str, schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """What goes out may stand at the top of a document, beside the words that say what it is."""
    if not issubclass(model, ResponseDTO):
        return schema
    heading = {"schema_version": {"const": SCHEMA_VERSION}, "schema": {"const": name}}
    return {**schema, "properties": {**heading, **schema.get("properties", {})}}
