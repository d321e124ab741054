"""Values as TOML that people read and git compares: one value a line, long texts as lines of their own.

Every text comes back from a TOML reader letter by letter: what a reader or an editor may change (carriage returns,
control characters, line separators) is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WIDTH = 100
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
#: Control characters, and the separators that some programs take for the end of a line.
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029"\\\\]')
#: In texts of several lines, line feeds, tabs and single quotes are what they are.
_UNSAFE_IN_LINES = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\\\\]|(?<="")"|"\\Z')
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def assignment(key: str, value: Any) -> str:
    """`key = value` with its line feed; the values of a map as dotted keys, one a line, nothing for an empty one."""
    if isinstance(value, Mapping):
        return "".join(assignment(f"{key}.{toml_key(name)}", inner) for name, inner in value.items())
    return f"{key} = {_block(value)}\n"


def toml_key(name: str) -> str:
    """A key, quoted where it must be."""
    return name if _BARE_KEY.fullmatch(name) else _line_text(name)


def toml_value(value: Any) -> str:
    """A value in one line. Raises ValueError for null, which TOML lacks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _line_text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{toml_key(name)} = {toml_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    raise ValueError(f"TOML cannot hold {value!r}")


def _block(value: Any) -> str:
    """A value in one line if that is easy to read, else in several."""
    if isinstance(value, str) and "\n" in value:
        return f'"""\n{_UNSAFE_IN_LINES.sub(_escaped, value)}"""'
    line = toml_value(value)
    if isinstance(value, str | Mapping) or not isinstance(value, Sequence) or (len(line) <= _WIDTH and len(value) < 2):
        return line
    if len(line) <= _WIDTH and all(isinstance(each, str) and " " not in each for each in value):
        return line
    return "[\n" + "".join(f"  {toml_value(each)},\n" for each in value) + "]"


def _line_text(text: str) -> str:
    return f'"{_UNSAFE.sub(_escaped, text)}"'


def _escaped(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
