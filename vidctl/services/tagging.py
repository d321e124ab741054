"""Giving and taking away tags, whatever bears them."""

from __future__ import annotations

from collections.abc import Sequence

from vidctl.dtos.take_dtos import TagsDTO
from vidctl.errors import InvalidInput


def check_tags(request: TagsDTO) -> None:
    """Raises InvalidInput if there is nothing to do, or no telling what."""
    if not request.add and not request.remove:
        raise InvalidInput("no tag is given", fix="use --add TAG or --remove TAG")
    if both := sorted(set(request.add) & set(request.remove)):
        raise InvalidInput(f"the tag {both[0]} is to be added and removed", fix="leave one out")


def retagged(tags: Sequence[str], request: TagsDTO) -> list[str]:
    """The tags after a request."""
    return [tag for tag in dict.fromkeys([*tags, *request.add]) if tag not in request.remove]
