"""Families of alternates, after something in them was taken back.

Every alternate names an original that is none itself, and has a number of its own in the family. Who was promoted or
numbered since then keeps that: what comes back gives way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from vidctl.domain.clip import Clip
from vidctl.domain.scene import Scene
from vidctl.errors import NotFound

V = TypeVar("V", Scene, Clip)


def mended(members: Sequence[V]) -> dict[str, dict[str, Any]]:
    """By id the values that must change among the clips of a scene, or the scenes of a film. Of two with the same
    number the one that stands later gets another. Raises NotFound for an alternate of what is not among them."""
    known = {each.id: each for each in members}
    families: dict[str, list[V]] = defaultdict(list)
    for each in members:
        if each.is_alternate:
            families[_original(each, known).id].append(each)
    changes = {}
    for original_id, family in families.items():
        for each, number in zip(family, _numbers(family), strict=True):
            values = {"original_id": original_id, "alternate_number": number}
            if (each.original_id, each.alternate_number) != (original_id, number):
                changes[each.id] = values
    return changes


def _original(alternate: V, known: Mapping[str, V]) -> V:
    found: V | None = alternate
    for _ in known:  # each names another, so there are no more steps than members
        found = known.get(found.original_id or "") if found else None
        if found and not found.is_alternate:
            return found
    raise NotFound(
        f"what {alternate.name} is an alternate of is gone",
        cause="it was deleted, too",
        fix="vidctl project trash list shows it: restore it first",
    )


def _numbers(family: Sequence[Scene | Clip]) -> list[int]:
    numbers: list[int] = []
    highest = max(each.alternate_number for each in family)
    for each in family:
        is_free = each.alternate_number > 0 and each.alternate_number not in numbers
        highest += not is_free
        numbers.append(each.alternate_number if is_free else highest)
    return numbers
