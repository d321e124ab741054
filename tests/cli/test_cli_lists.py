"""Lists speak one language on the command line: pages, orders, and help that names what each can be sorted by."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Vidctl
from tests.house.commands import all_commands

#: Those of a few lines that belong to one thing, and are shown whole: they have no pages.
SHORT = {"character refs list", "comfyui presets list"}
LISTS = ["project list", "project history", "project trash list", "scene list", "clip list", "character list",
         "template list", "take list", "queue list", "batch list", "media pool list", "comfyui list"]  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_in_its_help_by_what_it_can_be_sorted(film: str, vidctl: Vidctl, name: str) -> None:
    told = vidctl(*name.split(), "--sort", "-nothing", "--json", code=2).error()
    assert "cannot be sorted by 'nothing'" in told["problem"]
    choices = re.search(r"sort by (.*?); a dash", told["fix"])
    assert choices
    shown = re.sub(r"\s+", " ", vidctl(*name.split(), "--help").out)
    described = re.search(r"By ([a-z, ]+); -", shown)
    assert described
    assert re.split(r", | or ", described[1]) == choices[1].split(", ")


def test_every_list_has_pages_and_orders() -> None:
    lists = {command.name: command.options for command in all_commands() if command.path[-1] in ("list", "history")}
    paged = {name for name, options in lists.items() if {"--limit", "--after", "--sort"} <= options}
    assert paged == {*LISTS, "openai list"}
    assert lists.keys() - paged == SHORT
