"""The tree of errors is what its module says, and every class of it is used."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import modules, reads_sources
from vidctl import errors
from vidctl.errors import VidctlError, from_dict, registry

CLASSES = sorted(registry().values(), key=lambda kind: kind.__name__)
EACH = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)


def _drawn() -> dict[str, tuple[str, int]]:
    """Class → (parent, exit code) as the module's docstring draws them."""
    found: dict[str, tuple[str, int]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r" {4}(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)\s+(?P<code>\d+)\b", line)
        if match:
            depth = len(match["branch"]) // 4
            above[depth:] = [match["name"]]
            found[match["name"]] = (above[depth - 1] if depth else "Exception", int(match["code"]))
    return found


def _raised() -> set[str]:
    """What is called outside errors.py: an error that is made is raised, or told as one."""
    elsewhere = (module for module in modules() if module.name != "errors.py")
    calls = (node.func for module in elsewhere for node in module.nodes if isinstance(node, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}


def test_the_drawing_names_exactly_the_classes_with_their_parents_and_exit_codes() -> None:
    assert _drawn() == {kind.__name__: (kind.__mro__[1].__name__, kind.exit_code) for kind in CLASSES}


def test_no_two_classes_share_a_code() -> None:
    defined = [
        node for node in ast.parse(Path(errors.__file__).read_text("utf-8")).body if isinstance(node, ast.ClassDef)
    ]
    assert len(registry()) == len(defined)
    assert {node.name for node in defined} == {kind.__name__ for kind in CLASSES}


@EACH
def test_a_class_has_a_code_of_its_own_that_scripts_can_match(kind: type[VidctlError]) -> None:
    assert "code" in vars(kind)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.code)


@reads_sources
def test_every_class_is_raised_somewhere_but_for_the_one_that_gathers_them() -> None:
    raised = _raised()
    assert {kind for kind in CLASSES if kind.__name__ not in raised} <= {VidctlError}


@EACH
def test_an_error_survives_being_kept_as_a_document(kind: type[VidctlError]) -> None:
    error = kind("it broke", cause="it was old", fix="mend it", candidates=["a", "b"])
    back = from_dict(error.as_dict())
    assert type(back) is kind
    assert back.as_dict() == error.as_dict()
    assert str(back) == "it broke: it was old"


def test_exit_codes_are_those_of_the_table() -> None:
    assert {kind.exit_code for kind in CLASSES} == {1, 2, 3, 4, 5, 6, 7, 130}
