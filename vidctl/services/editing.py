"""What changing a project, scene or clip has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import JsonValue, ValidationError

from vidctl.domain.document import Document
from vidctl.domain.names import SLUG, slugify
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import invalid_input
from vidctl.errors import InvalidInput
from vidctl.repositories.base_repository import BaseRepository
from vidctl.services.setting_checks import check_settings

D = TypeVar("D", bound=Document)
#: The fields that hold render settings, and for which kind.
SETTINGS = {"image_settings": MediaKind.IMAGE, "video_settings": MediaKind.VIDEO}


def check_even(width: int, height: int) -> None:
    """Video is coded in blocks of two by two pixels."""
    if width % 2 or height % 2:
        raise InvalidInput(f"the size {width}x{height} is odd", fix="use an even width and height")


def chosen_slug(slug: str | None, name: str) -> str:
    """The slug a person chose, checked, or one made of the name."""
    if slug is None:
        return slugify(name)
    if not SLUG.fullmatch(slug) or len(slug) > 80:
        raise InvalidInput(f"{slug!r} is not a slug", fix=f"use lower-case letters, digits and dashes: {slugify(slug)}")
    return slug


def changed(document: D, changes: Mapping[str, Any]) -> D:
    """A copy with changes, validated. Raises InvalidInput if there are none or a value is wrong."""
    if not changes:
        raise InvalidInput("nothing to change", fix="give at least one option with a new value")
    if "slug" in changes:
        chosen_slug(changes["slug"], "")
    try:
        return type(document).model_validate({**document.model_dump(), **changes})
    except ValidationError as error:
        raise invalid_input(error) from error


def apply_changes(repository: BaseRepository[D], document: D, changes: Mapping[str, Any]) -> D:
    """Validate changes and write just those fields, so that a take that lands meanwhile is not in the way."""
    stored = changed(document, changes).to_stored()
    return repository.update_by_id(document.id, {"$set": {name: stored[name] for name in changes}})


def merge_settings(document: Document, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes in which the render settings are the document's own with some replaced; None takes one away."""
    check_all_settings(changes)
    merged: dict[str, Any] = {
        name: merged_settings(getattr(document, name), changes[name]) for name in SETTINGS if name in changes
    }
    return {**changes, **merged}


def check_all_settings(values: Mapping[str, Any]) -> None:
    """Check the render settings among a document's values. Raises InvalidInput, NotFound."""
    for name, kind in SETTINGS.items():
        check_settings(kind, values.get(name, {}))


def merged_settings(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Render settings with some replaced; a value of None takes the setting away."""
    return {name: value for name, value in {**old, **new}.items() if value is not None}
