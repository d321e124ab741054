"""vidctl's own source files, read and parsed once for all tests that look into them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

import vidctl

SOURCES = Path(vidctl.__file__).parent
#: Keeps those who look into the sources together, so that only one of pytest's workers parses them.
reads_sources = pytest.mark.xdist_group("sources")


@dataclass(frozen=True)
class Module:
    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path below the package."""
        return self.path.relative_to(SOURCES).as_posix()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All that is in it, as `ast.walk` finds it."""
        return tuple(ast.walk(self.tree))

    @property
    def imports(self) -> Iterator[str]:
        """The modules it imports, or imports names from."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


@cache
def modules() -> tuple[Module, ...]:
    """Every module of vidctl, sorted by path."""
    return tuple(Module(path, path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py")))
