"""Clips of a scene are in order of time: their order follows their position, and tells only those apart that start on
the same frame. Alternates have the order of their original."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from vidctl.domain.clip import Clip


def time_key(clip: Clip) -> tuple[int, int, datetime, str]:
    """Sorts clips of a scene as the film shows them."""
    return clip.position, clip.order, clip.created_at, clip.id


def wrong_orders(clips: Collection[Clip]) -> dict[str, int]:
    """By id the orders that clips of a scene should have, of those that have others; clips that start on the same frame
    stay as they are to each other."""
    shown = sorted((clip for clip in clips if not clip.is_alternate), key=time_key)
    right = dict(zip((clip.id for clip in shown), rising([clip.order for clip in shown]), strict=True))
    right |= {clip.id: right[clip.original_id] for clip in clips if clip.original_id in right}
    return {clip.id: right[clip.id] for clip in clips if clip.order != right.get(clip.id, clip.order)}


def rising(orders: Sequence[int | None]) -> list[int]:
    """Orders that rise: those given, if they do, with a free one for each None; else all from 0."""
    found = [-1]
    for order in orders:
        found.append(found[-1] + 1 if order is None else order)
    rises = all(one < two for one, two in pairwise(found))
    return found[1:] if rises else list(range(len(orders)))
