"""What a manifest's entries say in the fields of documents, and those fields in the words of a manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from vidctl.domain.character import ReferenceImage, ReferenceRole
from vidctl.domain.clip import ClipStatus
from vidctl.domain.manifest import (
    CharacterEntry,
    ClipEntry,
    ProjectEntry,
    SceneEntry,
    TemplateEntry,
)
from vidctl.domain.manifest_forms import read_lyric_line, write_frames
from vidctl.domain.manifest_layout import Place
from vidctl.domain.toml_lines import Path

#: Fields of documents that manifests call otherwise.
_WORDS = {
    "position": "at",
    "start": "at",
    "character_ids": "characters",
    "template_id": "template",
    "original_id": "alternate_of",
    "alternate_number": "alternate",
    "scene_id": "scene",
    "music_name": "music",
    "is_public": "public",
    "reference_images": "references",
    "image_settings": "image",
    "video_settings": "video",
}
_IN_FRAMES = frozenset({"position", "start", "length", "source_start"})
#: Follow from other fields that are told.
_UNTOLD = frozenset({"music_asset_id", "music_duration", "project_id"})
_MOST = 60


@dataclass(frozen=True)
class StoredFile:
    """A media file that a manifest refers to: its asset's id, and for a song its length in seconds."""

    asset_id: str
    duration: float | None = None


#: Where in the file a media file is named → what it is.
Media = Mapping[Path, StoredFile]


def project_values(entry: ProjectEntry, media: Media, fps: str) -> dict[str, Any]:
    """`fps` is the rate in the form that documents keep."""
    width, height = entry.width_and_height
    song = media[("project", "music")] if entry.music else None
    return {
        **entry.model_dump(include={"name", "description", "drop_frame", "notes", "variables"}),
        "width": width,
        "height": height,
        "fps": fps,
        "music_asset_id": song.asset_id if song else None,
        "music_name": entry.music.called if entry.music else "",
        "music_duration": song.duration if song else None,
        "lyrics": [read_lyric_line(line) for line in entry.lyrics],
        **_settings(entry),
    }


def template_values(entry: TemplateEntry) -> dict[str, Any]:
    """Of a style template."""
    fields = {"name", "description", "category", "prompt", "negative_prompt"}
    return {**entry.model_dump(include=fields), "is_public": entry.public, **_settings(entry)}


def character_values(entry: CharacterEntry, media: Media, number: int) -> dict[str, Any]:
    """Of the character with that number in the file."""
    images = [
        ReferenceImage(
            asset_id=media["character", number, "references", place].asset_id,
            name=image.called,
            role=ReferenceRole(image.role),
        )
        for place, image in enumerate(entry.references)
    ]
    fields = {"name", "description", "trigger_words", "style_notes"}
    return {**entry.model_dump(include=fields), "lora": entry.lora, "reference_images": images, **_settings(entry)}


def scene_values(entry: SceneEntry, start: int | None, number: int) -> dict[str, Any]:
    """Of a scene; whose alternate it is, is for the planner to say."""
    fields = {"name", "description", "lyrics", "notes", "tags", "variables"}
    return {**entry.model_dump(include=fields), "start": start, "alternate_number": number, **_settings(entry)}


def clip_values(entry: ClipEntry, place: Place) -> dict[str, Any]:
    """Of a clip; ids are for the planner to say."""
    fields = {
        "name", "locked", "tags", "image_prompt", "video_prompt", "negative_prompt", "lyrics", "notes",
    }  # fmt: skip
    return {
        **entry.model_dump(include=fields),
        "status": ClipStatus(entry.status),
        "position": place.position,
        "length": place.length,
        "source_start": place.source_start,
        "alternate_number": place.number,
        **_settings(entry),
    }


def told_changes(
    document: BaseModel, changes: Mapping[str, Any], names: Mapping[str, str], rates: tuple[Fraction, Fraction]
) -> list[tuple[str, str, str]]:
    """(field, before, after) in the words of a manifest; `names` are slugs by id, `rates` before and after."""
    old, new = rates
    return [
        (_WORDS.get(name, name), _told(name, getattr(document, name), names, old), _told(name, value, names, new))
        for name, value in changes.items()
        if name not in _UNTOLD
    ] or [("music", "another file", "the file named")]


def _settings(entry: ProjectEntry | TemplateEntry | CharacterEntry | SceneEntry | ClipEntry) -> dict[str, Any]:
    return {"image_settings": dict(entry.image), "video_settings": dict(entry.video)}


def _told(name: str, value: Any, names: Mapping[str, str], rate: Fraction) -> str:
    if value is None or value in ("", [], {}):
        return "nothing"
    if name in _IN_FRAMES:
        return write_frames(value, rate)
    text = _text(value, names)
    return f"{text[:_MOST]}…" if len(text) > _MOST else text


def _text(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, BaseModel):
        return str(getattr(value, "name", None) or getattr(value, "text", ""))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_text(each, names)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_text(each, names) for each in value)
    text = names.get(value, value) if isinstance(value, str) else str(value)
    return " ".join(text.split())
