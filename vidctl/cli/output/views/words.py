"""How values are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from vidctl.cli.output.blocks import Fields

#: Enough of an id to type; longer beginnings are asked for where it is not.
SHORT_ID = 8


def fields(result: BaseModel, leave_out: Iterable[str] = ()) -> Fields:
    """The fields of a result that hold something, by their names."""
    values = result.model_dump(mode="json")
    pairs = [(name.replace("_", " "), text_of(v)) for name, v in values.items() if name not in leave_out]
    return Fields([(label, text) for label, text in pairs if text])


def text_of(value: Any) -> str:
    """A value as people write it; nothing for what is empty."""
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(text_of(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}={text_of(v)}" for k, v in value.items())
    return str(value)


def seconds(value: float | None) -> str:
    """A time in seconds, nothing for None."""
    return "" if value is None else f"{value:.2f} s"


def size(number: int) -> str:
    """Bytes in a unit that fits."""
    amount = float(number)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def tally(counts: Mapping[str, int]) -> str:
    """Numbers of documents by what they are, in the plural: 1 clip, 2 takes."""
    return ", ".join(f"{number} {kind.removesuffix('s') if number == 1 else kind}" for kind, number in counts.items())


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 still, 2 stills, nothing for none."""
    return "" if not number else f"{number} {noun}" if number == 1 else f"{number} {noun}s"
