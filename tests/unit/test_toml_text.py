"""TOML that is written comes back as it was, and its lines are found."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidctl.domain.toml_lines import TomlLines
from vidctl.domain.toml_text import assignment, toml_value

AWKWARD = st.text("ab\"\\\n\r\t '#=[]{},.\x00\x1f\x7f\x85\u2028é", max_size=30)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | AWKWARD
SCALARS = TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, min_size=1, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300)
@given(st.dictionaries(TEXTS, SCALARS | st.lists(VALUES, max_size=4), max_size=4))
def test_what_is_written_is_read_as_it_was(values: dict[str, Any]) -> None:
    text = assignment("x", values) or "x = {}\n"
    assert tomllib.loads(text)["x"] == values


@given(TEXTS)
def test_no_line_ends_in_the_middle_of_one(text: str) -> None:
    assert assignment("x", text).splitlines() == assignment("x", text).split("\n")[:-1]


@pytest.mark.parametrize("quotes", range(1, 9))
def test_any_number_of_quotes_stands_in_several_lines(quotes: int) -> None:
    run = '"' * quotes
    text = f"{run}\na{run}b\n{run}"
    assert tomllib.loads(assignment("x", text))["x"] == text


def test_long_texts_are_lines_of_their_own() -> None:
    assert assignment("x", 'one "two"\nthree\n') == 'x = """\none "two"\nthree\n"""\n'


def test_lists_of_words_stay_in_a_line_and_others_do_not() -> None:
    assert assignment("x", ["a", "b"]) == 'x = ["a", "b"]\n'
    assert assignment("x", ["a b", "c"]) == 'x = [\n  "a b",\n  "c",\n]\n'


def test_null_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="None"):
        toml_value([None])


FILE = '''# a film
vidctl = 1 # [not.a.table]
[project]
slug = "a]"
"odd \\u0061".b = 1979-05-27 07:32:00
f = 1.5e3
m = { file = "x}", sha.a = 1 }
rows = [
  "a, b", # ["c"]
  { x = 1 },
  [1, 2],
]
[[scene]]
text = """
x
"y"""""
[[scene.clip]]
z = 'a#'
[scene.clip.image]
k = -1.0
[[scene.clip]]
z = \'\'\'
\'\'\'
last = 2
[[scene]]
[[scene.clip]]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("vidctl",), 2),
        (("project",), 3),
        (("project", "slug"), 4),
        (("project", "odd a", "b"), 5),
        (("project", "f"), 6),
        (("project", "m", "sha", "a"), 7),
        (("project", "rows", 0), 9),
        (("project", "rows", 1, "x"), 10),
        (("project", "rows", 2), 11),
        (("scene", 0), 13),
        (("scene", 0, "text"), 14),
        (("scene", 0, "clip", 0, "z"), 18),
        (("scene", 0, "clip", 0, "image", "k"), 20),
        (("scene", 0, "clip", 1, "last"), 24),
        (("scene", 1, "clip", 0, "z"), 27),
        (("scene", 1, "clip", 0, "missing", 3, "field"), 26),
        (("nowhere",), 1),
    ],
)
def test_a_line_is_found(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(FILE)
    assert TomlLines(FILE).line(path) == line


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from("abcd"), VALUES), max_size=5))
def test_lines_are_found_behind_any_value(rows: list[tuple[str, Any]]) -> None:
    text, expected = "", {}
    for number, (name, value) in enumerate(rows):
        header = f"[[{name}]]\n"
        expected[name] = text.count("\n") + 1
        text += header + assignment(f"k{number}", value)
    lines = TomlLines(text + "[end]\n")
    found = tomllib.loads(text)
    assert lines.line(("end",)) == text.count("\n") + 1
    assert {name: lines.line((name, len(found[name]) - 1)) for name in expected} == expected
