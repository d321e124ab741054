"""What may stand in the repository's files, and how long their functions may be."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.sources import SOURCES, modules, reads_sources

ROOT = SOURCES.parent
MODULE_LINES = 320
FUNCTION_LINES = 50
#: Registries that a working copy may be installed from; only the names of packages belong into files.
HOSTS = re.compile(
    r"(?:https?|git\+ssh)://[^\s\"'<>)]*\b(?:artifactory|nexus|jfrog|pkgs\.dev\.azure|codeartifact)\b|--(?:extra-)?index-url"
)
#: Homes and working folders of particular machines.
MACHINE_PATHS = re.compile(r"(?<![\w/.~$-])/(?:home|root|Users|work)/[\w.-]+|[A-Z]:\\Users\\")
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_]\w{16,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_\w{36}\b|\bhf_[A-Za-z]{34}\b|\bxox[baprs]-[\w-]{20,}|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\."
)


@cache
def _tracked() -> tuple[Path, ...]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return tuple(ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def _lines() -> Iterator[tuple[str, str]]:
    """Every line of every tracked text file, with its place."""
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, songs
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert [place for place, line in _lines() if MACHINE_PATHS.search(line)] == []


def test_no_file_holds_what_looks_like_a_secret() -> None:
    assert [place for place, line in _lines() if SECRETS.search(line)] == []


def test_no_file_names_a_registry() -> None:
    own = Path(__file__).relative_to(ROOT).as_posix()
    assert [place for place, line in _lines() if HOSTS.search(line) and not place.startswith(own)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATHS, "open('/" + "home/anna/film.mp4')"),
        (MACHINE_PATHS, "see /" + "work/main/README.md"),
        (SECRETS, "AKIA" + "ABCDEFGHIJKLMNOP"),
        (SECRETS, "token = 'gh" + "p_" + "a" * 36 + "'"),
        (HOSTS, "pip install --index" + "-url x"),
    ],
)
def test_what_is_looked_for_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@reads_sources
def test_only_the_command_line_prints_asks_and_ends_the_process() -> None:
    spoken = {"print", "input", "exit", "quit"}
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if not module.name.startswith("cli/")
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in spoken
    ]
    assert found == []


@reads_sources
def test_every_module_says_what_is_decided_there() -> None:
    assert [module.name for module in modules() if not ast.get_docstring(module.tree)] == []


@reads_sources
def test_modules_stay_short() -> None:
    assert [module.name for module in modules() if len(module.text.splitlines()) > MODULE_LINES] == []


@reads_sources
def test_functions_stay_short() -> None:
    assert [
        f"{module.name}:{node.lineno} {node.name}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ] == []


@reads_sources
def test_what_is_expected_of_people_is_never_caught_blindly() -> None:
    blind = {"Exception", "BaseException"}
    found = {
        module.name
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in blind))
        and not any(isinstance(step, ast.Raise) and step.exc is None for step in node.body)
    }
    # the boundary that tells bugs, and the thread that hands its error to the main one
    assert found == {"cli/command.py", "services/worker.py"}
