"""Films of the system that came before, as its JSON export has them: `storycanvas_v1`.

The documents in it were written with few checks: fields are missing, null or beyond today's limits, clips were never
given places. Everything that can be kept is; what was changed on the way is told.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.frames import seconds_to_frames
from vidctl.domain.manifest import CharacterEntry, ClipEntry, Manifest, ProjectEntry, SceneEntry
from vidctl.domain.manifest_forms import write_frames
from vidctl.domain.names import slugify
from vidctl.domain.prompt_markup import literal
from vidctl.domain.recipe import Lora
from vidctl.errors import InvalidInput

TAG = "storycanvas_v1"
_NAME, _TEXT, _LONG, _PROMPT = 200, 2000, 5000, 100_000
_MAX_SLUG = 80
_DEFAULT_LENGTH = 5  # seconds
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


def read_storycanvas(document: Any, fps: str, slug: str | None = None) -> tuple[Manifest, ImportReport]:
    """The film as a manifest at that rate. Raises InvalidInput for what is no export of a film."""
    if not isinstance(document, Mapping) or document.get("format") != TAG:
        found = document.get("format") if isinstance(document, Mapping) else type(document).__name__
        raise InvalidInput(
            "this is no film that can be imported",
            cause=f"its format must be {TAG}, but is {found!r:.60}",
            fix="films of vidctl itself come with project restore or project apply",
        )
    project = document.get("project")
    if not isinstance(project, Mapping):
        raise InvalidInput("the export has no project", cause='"project" must be an object with a name')
    return _Reader(project, fps, slug).read(document)


@dataclass(frozen=True)
class _Named:
    """Something of the export, with its name and slug here; `where` says in messages what it is."""

    raw: Mapping[str, Any]
    name: str
    slug: str
    where: str


class _Reader:
    def __init__(self, project: Mapping[str, Any], fps: str, slug: str | None) -> None:
        self._project = project
        self._fps = fps
        self._rate: Fraction = ProjectEntry(name="x", fps=fps).rate
        self._slug = slug
        self._extra: Counter[str] = Counter()
        self._people: dict[str, str] = {}
        #: By the id of a scene or clip what `alternate_of` says of it, and the id of what it is an alternate of.
        self._paths: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._numbers: dict[str, set[int]] = defaultdict(set)
        self._overlapping: list[str] = []
        self.report = ImportReport()

    def read(self, document: Mapping[str, Any]) -> tuple[Manifest, ImportReport]:
        people = [*self._objects(document, "characters", ""), *self._objects(self._project, "characters", "")]
        characters = [self._character(each) for each in self._named(people, "character", "")]
        raw = sorted(self._objects(document, "scenes", "the film"), key=_order)
        scenes = [(each, self._clips_of(each)) for each in self._named(raw, "scene", "")]
        for scene, clips in scenes:
            self._learn(scene, scene.slug, "parent_scene_id")
            for clip in clips:
                self._learn(clip, f"{scene.slug}/{clip.slug}", "parent_clip_id")
        entries = [self._scene(scene, clips) for scene, clips in scenes]
        manifest = Manifest(vidctl=1, project=self._film(), character=characters, scene=entries)
        self._count_extras()
        return manifest, self.report

    def _film(self) -> ProjectEntry:
        self._look_for_extras(self._project, "project")
        if music := self._project.get("music_file_path"):
            self._note(f"the song is not in the export: vidctl media music PROJECT {music}")
        if self._overlapping:
            self._note(f"clips overlap in {', '.join(self._overlapping)}; the one that starts later is seen")
        name = self._name(self._project.get("name"), "Imported film", "the film")
        return ProjectEntry(
            slug=self._slug or slugify(name),
            name=name,
            fps=self._fps,
            description=self._text(self._project, "description", _TEXT, "the film"),
            overlaps=bool(self._overlapping),
        )

    def _character(self, each: _Named) -> CharacterEntry:
        self._look_for_extras(each.raw, "character")
        if isinstance(each.raw.get("id"), str):
            self._people[each.raw["id"]] = each.slug
        pictures = _urls(each.raw.get("reference_images"))
        self.report.urls += pictures
        if pictures:
            self._note(f"{each.where}: {len(pictures)} reference images are on other machines")
        lora = self._text(each.raw, "lora", _NAME, each.where)
        return CharacterEntry(
            slug=each.slug,
            name=each.name,
            description=self._prompt(each.raw, "description", _TEXT, each.where),
            trigger_words=self._prompt(each.raw, "trigger_words", 500, each.where),
            style_notes=self._prompt(each.raw, "style_notes", _TEXT, each.where),
            lora=Lora(name=lora) if lora else None,
        )

    def _clips_of(self, scene: _Named) -> list[_Named]:
        return self._named(sorted(self._objects(scene.raw, "clips", scene.where), key=_order), "clip", scene.slug)

    def _scene(self, scene: _Named, clips: Sequence[_Named]) -> SceneEntry:
        self._look_for_extras(scene.raw, "scene")
        shown = [clip for clip in clips if self._original(clip) is None]
        places = {clip.slug: self._place(clip) for clip in clips}
        # the old system put every clip at 0 unless told otherwise
        all_at_once = len(shown) > 1 and not any(places[clip.slug][0] for clip in shown)
        last_start = sum(places[clip.slug][1] for clip in shown[:-1])
        never_placed = all_at_once and last_start <= MAX_POSITION_SECONDS * self._rate
        if never_placed:
            self._note(f"{scene.where}: its clips were never given places; they follow each other now")
        elif _overlap(places[clip.slug] for clip in shown):
            self._overlapping.append(scene.slug)
        return SceneEntry(
            slug=scene.slug,
            name=scene.name,
            description=self._text(scene.raw, "description", _TEXT, scene.where),
            lyrics=self._text(scene.raw, "lyrics", _LONG, scene.where),
            clip=[self._clip(clip, places[clip.slug], is_placed=not never_placed) for clip in clips],
            **self._alternate(scene),
        )

    def _clip(self, clip: _Named, place: tuple[int, int], *, is_placed: bool) -> ClipEntry:
        self._look_for_extras(clip.raw, "clip")
        images, videos = (self._takes(clip.raw.get(f"generated_{kind}")) for kind in ("images", "videos"))
        self.report.images += images
        self.report.videos += videos
        person = self._people.get(str(clip.raw.get("character_id")))
        if clip.raw.get("character_id") and person is None:
            self._note(f"{clip.where}: its character is not in the export")
        return ClipEntry(
            slug=clip.slug,
            name=clip.name,
            at=write_frames(place[0], self._rate) if is_placed else None,
            length=write_frames(place[1], self._rate),
            characters=[person] if person else [],
            image_prompt=self._prompt(clip.raw, "image_prompt", _PROMPT, clip.where),
            video_prompt=self._prompt(clip.raw, "video_prompt", _PROMPT, clip.where),
            lyrics=self._text(clip.raw, "lyrics", _LONG, clip.where),
            **self._alternate(clip),
        )

    def _place(self, clip: _Named) -> tuple[int, int]:
        position = self._seconds(clip, "timeline_position", 0)
        length = self._seconds(clip, "length", _DEFAULT_LENGTH)
        return seconds_to_frames(position, self._rate), max(1, seconds_to_frames(length, self._rate))

    def _seconds(self, clip: _Named, name: str, default: int) -> Fraction:
        value = clip.raw.get(name)
        if value is None:
            return Fraction(default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= MAX_POSITION_SECONDS:
            self._note(f"{clip.where}: its {name} was {value!r:.40}, it is {default} s now")
            return Fraction(default)
        return Fraction(str(value))

    def _alternate(self, named: _Named) -> dict[str, Any]:
        root = self._original(named)
        if root is None:
            if named.raw.get("is_alternate") or named.raw.get("parent_scene_id") or named.raw.get("parent_clip_id"):
                self._note(f"{named.where}: it stands for itself now, as its original is not there")
            return {}
        number, known = named.raw.get("alternate_number"), self._numbers[root]
        free = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31 and number not in known
        own = int(number) if free and number else max(known, default=0) + 1
        known.add(own)
        return {"alternate_of": self._paths[root], "alternate": own}

    def _original(self, named: _Named) -> str | None:
        """The id at the end of the chain of alternates; None for an original, and where the chain leads nowhere."""
        own = named.raw.get("id")
        if not isinstance(own, str):
            return None
        seen = [own]
        while (parent := self._parents.get(seen[-1])) in self._paths and parent is not None and parent not in seen:
            seen.append(parent)
        is_near = self._paths[seen[-1]].rpartition("/")[0] == self._paths[own].rpartition("/")[0]
        return seen[-1] if len(seen) > 1 and parent not in seen and is_near else None

    def _learn(self, named: _Named, path: str, parent: str) -> None:
        own = named.raw.get("id")
        if isinstance(own, str):
            self._paths[own] = path
            if isinstance(named.raw.get(parent), str):
                self._parents[own] = named.raw[parent]

    def _takes(self, found: Any) -> int:
        takes = found if isinstance(found, list) else []
        self.report.urls += [url for take in takes if isinstance(take, Mapping) for url in _urls([take.get("url")])]
        return len(takes)

    def _named(self, found: Sequence[Mapping[str, Any]], noun: str, scene: str) -> list[_Named]:
        taken: set[str] = set()
        named = []
        for number, raw in enumerate(found, 1):
            where = f"{noun} {number}" + (f" of {scene}" if scene else "")
            name = self._name(raw.get("name"), f"{noun.title()} {number}", where)
            slug = _unique(slugify(name), taken)
            if slug != slugify(name):
                self._note(f"{where}: there are several called {name}; this one is {slug} now")
            taken.add(slug)
            named.append(_Named(raw, name, slug, f"{noun} {scene}/{slug}" if scene else f"{noun} {slug}"))
        return named

    def _name(self, value: Any, default: str, where: str) -> str:
        given = value if isinstance(value, str) else ""
        plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in given)
        name = plain.strip()[:_NAME].strip()
        if name != value:
            self._note(f"{where}: its name was {value!r:.60}, it is {name or default} now")
        return name or default

    def _text(self, raw: Mapping[str, Any], name: str, most: int, where: str) -> str:
        value = raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._note(f"{where}: its {name} was no text and is left out")
            return ""
        text = value.replace("\0", "").encode(errors="ignore").decode()
        if len(text) > most:
            self._note(f"{where}: its {name} had {len(text)} letters, it is cut to {most}")
        return text[:most]

    def _prompt(self, raw: Mapping[str, Any], name: str, most: int, where: str) -> str:
        text = self._text(raw, name, most, where)
        plain = literal(text)
        if plain == text or len(plain) > most:
            return text
        self._note(f"{where}: what would be variables and choices in its {name} is marked as plain text")
        return plain

    def _objects(self, raw: Mapping[str, Any], name: str, where: str) -> list[Mapping[str, Any]]:
        found = raw.get(name)
        objects = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
        if (found is not None and not isinstance(found, list)) or len(objects) < len(found or []):
            self._note(f"{where or 'the film'}: what is no object in its {name} is left out")
        return objects

    def _look_for_extras(self, raw: Mapping[str, Any], noun: str) -> None:
        self._extra.update(f"{noun}.{name}" for name in raw.keys() - _KNOWN[noun] - _BOOKKEEPING if raw[name])

    def _count_extras(self) -> None:
        if self._extra:
            told = ", ".join(f"{name} ({count})" for name, count in sorted(self._extra.items()))
            self._note(f"fields that vidctl has no place for: {told}")

    def _note(self, text: str) -> None:
        self.report.notes.append(text)


def _order(raw: Mapping[str, Any]) -> float:
    order = raw.get("order")
    return order if isinstance(order, int | float) and not math.isnan(order) else 0


def _overlap(places: Iterator[tuple[int, int]]) -> bool:
    spans = sorted((position, position + length) for position, length in places)
    return any(one[1] > two[0] for one, two in pairwise(spans))


def _unique(slug: str, taken: set[str]) -> str:
    number, found = 1, slug
    while found in taken:
        number += 1
        found = f"{slug[: _MAX_SLUG - 8].strip('-')}-{number}"
    return found


def _urls(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str) and each] if isinstance(found, list) else []
