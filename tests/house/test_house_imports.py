"""The rooms import only what the plan of the house allows."""

from __future__ import annotations

import sys

import pytest
from importlinter.cli import lint_imports

from tests.house.sources import SOURCES, modules, reads_sources

SETTINGS = SOURCES.parent / "pyproject.toml"


@pytest.mark.skipif(not SETTINGS.is_file(), reason="the contracts are in the sources' pyproject.toml")
def test_every_contract_between_rooms_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])  # the linter adds the working folder to it
    broken = lint_imports(config_filename=str(SETTINGS), no_cache=True, is_debug_mode=True)
    assert not broken, capsys.readouterr().out


@reads_sources
def test_the_domain_needs_pydantic_and_nothing_else() -> None:
    domain = [module for module in modules() if module.name.startswith("domain/")]
    roots = {name.partition(".")[0] for module in domain for name in module.imports}
    assert roots - sys.stdlib_module_names == {"pydantic", "vidctl"}


@reads_sources
def test_there_is_one_colour_of_function() -> None:
    assert [module.name for module in modules() if "asyncio" in module.imports] == []
