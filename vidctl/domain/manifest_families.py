"""Alternates that a manifest does not name stay alternates of what it names: they go where their original goes, and
their numbers give way to those that the file gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.names import numbered_slug
from vidctl.domain.scene import Scene

Values = Mapping[str, Any]


def family_changes(kept: Iterable[Clip | Scene], wanted: Mapping[str, Values]) -> dict[str, dict[str, Any]]:
    """What changes in kept alternates, by id. `wanted` is what the file makes of those that it names, by id."""
    kept, given = sorted(kept, key=lambda one: one.alternate_number), wanted.values()
    taken = {(values["original_id"], values["alternate_number"]) for values in given}
    slugs = {(values.get("scene_id"), values["slug"]) for values in given}
    slugs |= {(each.scene_id, each.slug) for each in kept if isinstance(each, Clip)}
    found = {}
    for each in kept:
        if each.original_id is not None:
            found[each.id] = _changes(each, each.original_id, wanted, taken, slugs)
    return {each: changes for each, changes in found.items() if changes}


def _changes(
    each: Clip | Scene,
    original_id: str,
    wanted: Mapping[str, Values],
    taken: set[tuple[str, int]],
    slugs: set[tuple[str | None, str]],
) -> dict[str, Any]:
    original = wanted.get(original_id, {})
    head, number = original.get("original_id") or original_id, each.alternate_number
    while (head, number) in taken:
        number += 1
    taken.add((head, number))
    values = {"original_id": head, "alternate_number": number}
    if isinstance(each, Clip) and original and original["scene_id"] != each.scene_id:
        scene = original["scene_id"]
        slug = numbered_slug(each.slug, {name for scene_id, name in slugs if scene_id == scene})
        slugs.add((scene, slug))
        values |= {"scene_id": scene, "slug": slug}
    return {name: value for name, value in values.items() if getattr(each, name) != value}
