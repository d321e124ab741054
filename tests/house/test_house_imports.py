"""The rooms import only what the plan of the house allows."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import vidctl

SOURCES = Path(vidctl.__file__).parent
SETTINGS = SOURCES.parent / "pyproject.toml"


@pytest.mark.skipif(not SETTINGS.is_file(), reason="the contracts are in the sources' pyproject.toml")
def test_every_contract_between_rooms_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])  # the linter adds the working folder to it
    broken = lint_imports(config_filename=str(SETTINGS), no_cache=True, is_debug_mode=True)
    assert not broken, capsys.readouterr().out


def test_the_domain_needs_pydantic_and_nothing_else() -> None:
    roots = {name.partition(".")[0] for path in (SOURCES / "domain").glob("*.py") for name in _imported(path)}
    assert roots - sys.stdlib_module_names == {"pydantic", "vidctl"}


def test_there_is_one_colour_of_function() -> None:
    assert [path for path in SOURCES.rglob("*.py") if "asyncio" in _imported(path)] == []


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found
