"""The handbook and the README show only what would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import vidctl
from tests.house.commands import complaint
from vidctl.help.reader import list_topics, read_topic, topics

README = Path(vidctl.__file__).parent.parent / "README.md"
PAGES = {f"help {name}": read_topic(name) for name in topics()}
PAGES |= {"README": README.read_text(encoding="utf-8")} if README.is_file() else {}
_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```", re.M | re.S)
_TOML = re.compile(r"^```toml\n.*?^```", re.M | re.S)
EACH_TOPIC = pytest.mark.parametrize("name", topics())
EACH_PAGE = pytest.mark.parametrize("page", sorted(PAGES))


def _shown(text: str) -> Iterator[str]:
    """The `vidctl …` lines of a page's code, fenced or indented, and its code spans; a backslash joins lines."""
    text = _TOML.sub("", text)  # in which vidctl is a key
    fenced = "\n".join(_FENCED.findall(text))
    rest = _FENCED.sub("", text)
    indented = "\n".join(re.findall(r"^    (.*)", rest, re.M))
    for line in f"{fenced}\n{indented}".replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|;(?= )", line):
            if typed := re.match(r"\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?(vidctl .*)", part):
                yield typed[1].strip()
    yield from re.findall(r"`(vidctl [^`\n]+)`", rest)


@EACH_TOPIC
def test_a_topic_has_a_title_and_a_sentence_that_sums_it_up(name: str) -> None:
    title, blank, summary, *_ = read_topic(name).splitlines()
    assert re.fullmatch(r"# \S.*", title)
    assert blank == ""
    assert re.match(r"[A-Z`].*[.:]", summary)


def test_the_list_of_topics_tells_each_with_its_summary() -> None:
    assert [line.split()[0] for line in list_topics().splitlines()] == topics()


@EACH_PAGE
def test_a_page_shows_only_commands_and_options_that_exist(page: str) -> None:
    wrong = {line: problem for line in _shown(PAGES[page]) if (problem := complaint(line))}
    assert wrong == {}


def test_lines_are_found_in_blocks_and_spans() -> None:
    block = "```sh\n$ vidctl clip move a/b \\\n  --at 3\n.venv/bin/vidctl doctor && vidctl help\n```\n"
    shown = list(_shown(f"Try `vidctl demo`.\n\n{block}\n    X=1 vidctl queue work\n"))
    assert shown == [
        "vidctl clip move a/b    --at 3",
        "vidctl doctor",
        "vidctl help",
        "vidctl queue work",
        "vidctl demo",
    ]
