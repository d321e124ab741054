"""Reads the packaged workflows, families, styles and character sheets; each is read once."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from vidctl.domain.built_in_style import BuiltInStyle
from vidctl.domain.families import Family
from vidctl.domain.portrait import Sheets
from vidctl.domain.workflow import Workflow
from vidctl.errors import NotFound


def _folder(name: str) -> Traversable:
    return resources.files("vidctl.presets").joinpath(name)


@cache
def list_workflows() -> tuple[str, ...]:
    """Names of the packaged workflows, sorted."""
    return tuple(
        sorted(entry.name for entry in _folder("workflows").iterdir() if entry.joinpath("workflow.toml").is_file())
    )


@cache
def load_workflow(name: str) -> Workflow:
    """The packaged workflow. Raises NotFound with the names there are."""
    _require_known("workflow", name, list_workflows())
    folder = _folder("workflows").joinpath(name)
    described = tomllib.loads(folder.joinpath("workflow.toml").read_text(encoding="utf-8"))
    graph = json.loads(folder.joinpath("graph.json").read_text(encoding="utf-8"))
    return Workflow(name=name, graph=graph, **described)


@cache
def list_families() -> tuple[str, ...]:
    """Names of the packaged families in the order in which detection tries them."""
    return tuple(family.name for family in load_families())


@cache
def load_families() -> tuple[Family, ...]:
    """All packaged families in the order in which detection tries them."""
    files = (entry for entry in _folder("families").iterdir() if entry.name.endswith(".toml"))
    families = (_read_family(file) for file in files)
    return tuple(sorted(families, key=lambda family: (family.rank, family.name)))


def load_family(name: str) -> Family:
    """The packaged family. Raises NotFound with the names there are."""
    _require_known("family", name, list_families())
    return next(family for family in load_families() if family.name == name)


@cache
def list_styles() -> tuple[str, ...]:
    """Slugs of the packaged styles, sorted."""
    names = (entry.name for entry in _folder("styles").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_style(name: str) -> BuiltInStyle:
    """The packaged style. Raises NotFound with the names there are."""
    _require_known("style", name, list_styles())
    file = _folder("styles").joinpath(f"{name}.toml")
    return BuiltInStyle(slug=name, **tomllib.loads(file.read_text(encoding="utf-8")))


@cache
def load_sheets() -> Sheets:
    """What pictures a character's sheet may have."""
    return Sheets(**tomllib.loads(_folder("sheets.toml").read_text(encoding="utf-8")))


def _read_family(file: Traversable) -> Family:
    return Family(name=file.name.removesuffix(".toml"), **tomllib.loads(file.read_text(encoding="utf-8")))


def _require_known(what: str, name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise NotFound(f"there is no {what} {name}", fix=f"there are: {', '.join(known)}")
