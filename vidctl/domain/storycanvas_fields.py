"""The fields of an export of the system that came before, read as they are: missing, null, of the wrong type, too long.

Each is brought within today's limits; what is changed on the way is noted.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.names import numbered_slug, slugify
from vidctl.domain.prompt_markup import literal

_NAME = 200
#: Fields that say nothing that is not said otherwise, or never said anything.
_KNOWN = {
    "project": {"id", "name", "description", "music_file_path", "music_duration", "characters"},
    "scene": {"id", "project_id", "name", "description", "lyrics", "order", "clips", "parent_scene_id",
              "alternate_number", "is_alternate", "duration", "timeline_start"},
    "clip": {"id", "scene_id", "project_id", "name", "lyrics", "length", "timeline_position", "order", "image_prompt",
             "video_prompt", "generated_images", "generated_videos", "selected_image_id", "selected_video_id",
             "character_id", "parent_clip_id", "alternate_number", "is_alternate"},
    "character": {"id", "project_id", "name", "description", "reference_images", "lora", "trigger_words",
                  "style_notes"},
}  # fmt: skip
_BOOKKEEPING = {"_id", "created_at", "updated_at"}


@dataclass
class ImportReport:
    """What could not come along as it was. `urls` are the files on other machines."""

    images: int = 0
    videos: int = 0
    urls: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Named:
    """Something of the export, with its name and slug here; `where` says in messages what it is."""

    raw: Mapping[str, Any]
    name: str
    slug: str
    where: str


class Fields:
    """Reads them, and gathers in `report` what could not come along."""

    def __init__(self) -> None:
        self._extra: Counter[str] = Counter()
        self.report = ImportReport()

    def seconds(self, clip: Named, name: str, default: int) -> Fraction:
        """A time of a clip within the limits of positions; else the default."""
        value = clip.raw.get(name)
        if value is None:
            return Fraction(default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MAX_POSITION_SECONDS:
            self.note(f"{clip.where}: its {name} was {value!r:.40}, it is {default} s now")
            return Fraction(default)
        return Fraction(str(value))

    def named(self, found: Sequence[Mapping[str, Any]], noun: str, scene: str) -> list[Named]:
        """Things of a kind, those of a scene or of the film (""), each with a name and a slug of its own."""
        taken: set[str] = set()
        named = []
        for number, raw in enumerate(found, 1):
            where = f"{noun} {number}" + (f" of {scene}" if scene else "")
            name = self.name(raw.get("name"), f"{noun.title()} {number}", where)
            slug = numbered_slug(slugify(name), taken)
            if slug != slugify(name):
                self.note(f"{where}: there are several called {name}; this one is {slug} now")
            taken.add(slug)
            named.append(Named(raw, name, slug, f"{noun} {scene}/{slug}" if scene else f"{noun} {slug}"))
        return named

    def name(self, value: Any, default: str, where: str) -> str:
        """One line without control characters; the default where nothing is left."""
        given = value if isinstance(value, str) else ""
        plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in given)
        name = plain.strip()[:_NAME].strip()
        if name != value:
            self.note(f"{where}: its name was {value!r:.60}, it is {name or default} now")
        return name or default

    def text(self, raw: Mapping[str, Any], name: str, most: int, where: str) -> str:
        """A text of so many letters at most, "" for none."""
        value = raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.note(f"{where}: its {name} was no text and is left out")
            return ""
        text = value.replace("\0", "").encode(errors="ignore").decode()
        if len(text) > most:
            self.note(f"{where}: its {name} had {len(text)} letters, it is cut to {most}")
        return text[:most]

    def prompt(self, raw: Mapping[str, Any], name: str, most: int, where: str) -> str:
        """A text whose braces are meant as such: that system knew no variables and choices."""
        text = self.text(raw, name, most, where)
        plain = literal(text)
        if plain == text or len(plain) > most:
            return text
        self.note(f"{where}: what would be variables and choices in its {name} is marked as plain text")
        return plain

    def objects(self, raw: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
        """Those of a list; `where` is whose it is, "" for the film."""
        found = raw.get(name)
        objects = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
        if (found is not None and not isinstance(found, list)) or len(objects) < len(found or []):
            self.note(f"{where or 'the film'}: what is no object in its {name} is left out")
        return objects

    def look_for_extras(self, raw: Mapping[str, Any], noun: str) -> None:
        """Count the fields that there is no place for."""
        self._extra.update(f"{noun}.{name}" for name in raw.keys() - _KNOWN[noun] - _BOOKKEEPING if raw[name])

    def count_extras(self) -> None:
        """Note how many there were, when everything is read."""
        if self._extra:
            told = ", ".join(f"{name} ({count})" for name, count in sorted(self._extra.items()))
            self.note(f"fields that vidctl has no place for: {told}")

    def note(self, text: str) -> None:
        """What people should know of."""
        self.report.notes.append(text)
