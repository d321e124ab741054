"""The order of clips as a manifest has them: that of time; those that start on the same frame are in the order of the
file."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import rising, time_key


def orders_of_scene(
    clips: Collection[Clip], ranks: Mapping[str, int], new: Collection[str]
) -> tuple[dict[str, int], set[str]]:
    """The orders of the clips that a scene will show, at their new positions, by id; and which of them the file puts
    elsewhere among those that start with them. `ranks` are the numbers in the file of those that it names; `new` are
    those that the scene has not yet: of them no order is known."""
    stored = sorted(clips, key=lambda clip: (clip.position, clip.id in new, time_key(clip)))
    named = iter(sorted((c for c in stored if c.id in ranks), key=lambda clip: (clip.position, ranks[clip.id])))
    wanted = [next(named) if clip.id in ranks else clip for clip in stored]
    orders = rising([None if clip.id in new else clip.order for clip in wanted])
    reordered = {one.id for one, two in zip(wanted, stored, strict=True) if one.id != two.id}
    return {clip.id: order for clip, order in zip(wanted, orders, strict=True)}, reordered.difference(new)
