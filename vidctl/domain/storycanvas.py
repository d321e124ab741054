"""Films of the system that came before, as its JSON export has them: `storycanvas_v1`.

The documents in it were written with few checks: originals are missing, clips were never given places. Everything that
can be kept is; what was changed on the way is told.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.frames import seconds_to_frames
from vidctl.domain.manifest import CharacterEntry, ClipEntry, Manifest, ProjectEntry, SceneEntry
from vidctl.domain.manifest_forms import write_frames
from vidctl.domain.names import slugify
from vidctl.domain.recipe import Lora
from vidctl.domain.storycanvas_fields import Fields, ImportReport, Named
from vidctl.errors import InvalidInput

TAG = "storycanvas_v1"
_NAME, _WORDS, _TEXT, _LONG, _PROMPT = 200, 500, 2000, 5000, 100_000
_DEFAULT_LENGTH = 5  # seconds


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


class _Reader:
    def __init__(self, project: Mapping[str, Any], fps: str, slug: str | None) -> None:
        self._project = project
        self._fields = Fields()
        self._fps = fps
        self._rate: Fraction = ProjectEntry(name="x", fps=fps).rate
        self._slug = slug
        self._people: dict[str, str] = {}
        #: By the id of a scene or clip what `alternate_of` says of it, and the id of what it is an alternate of.
        self._paths: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._numbers: dict[str, set[int]] = defaultdict(set)
        self._overlapping: list[str] = []

    def read(self, document: Mapping[str, Any]) -> tuple[Manifest, ImportReport]:
        people = [
            *self._fields.objects(document, "characters", ""),
            *self._fields.objects(self._project, "characters", ""),
        ]
        characters = [self._character(each) for each in self._fields.named(people, "character", "")]
        raw = sorted(self._fields.objects(document, "scenes", "the film"), key=_order)
        scenes = [(each, self._clips_of(each)) for each in self._fields.named(raw, "scene", "")]
        for scene, clips in scenes:
            self._learn(scene, scene.slug, "parent_scene_id")
            for clip in clips:
                self._learn(clip, f"{scene.slug}/{clip.slug}", "parent_clip_id")
        entries = [self._scene(scene, clips) for scene, clips in scenes]
        manifest = Manifest(vidctl=1, project=self._film(), character=characters, scene=entries)
        self._fields.count_extras()
        return manifest, self._fields.report

    def _film(self) -> ProjectEntry:
        self._fields.look_for_extras(self._project, "project")
        if music := self._project.get("music_file_path"):
            self._fields.note(f"the song is not in the export: vidctl media music PROJECT {music}")
        if self._overlapping:
            self._fields.note(f"clips overlap in {', '.join(self._overlapping)}; the one that starts later is seen")
        name = self._fields.name(self._project.get("name"), "Imported film", "the film")
        return ProjectEntry(
            slug=self._slug or slugify(name),
            name=name,
            fps=self._fps,
            description=self._fields.text(self._project, "description", _TEXT, "the film"),
            overlaps=bool(self._overlapping),
        )

    def _character(self, each: Named) -> CharacterEntry:
        self._fields.look_for_extras(each.raw, "character")
        if isinstance(each.raw.get("id"), str):
            self._people[each.raw["id"]] = each.slug
        pictures = _urls(each.raw.get("reference_images"))
        self._fields.report.urls += pictures
        if pictures:
            self._fields.note(f"{each.where}: {len(pictures)} reference images are on other machines")
        lora = self._fields.text(each.raw, "lora", _NAME, each.where)
        return CharacterEntry(
            slug=each.slug,
            name=each.name,
            description=self._fields.prompt(each.raw, "description", _TEXT, each.where),
            trigger_words=self._fields.prompt(each.raw, "trigger_words", _WORDS, each.where),
            style_notes=self._fields.prompt(each.raw, "style_notes", _TEXT, each.where),
            lora=Lora(name=lora) if lora else None,
        )

    def _clips_of(self, scene: Named) -> list[Named]:
        return self._fields.named(
            sorted(self._fields.objects(scene.raw, "clips", scene.where), key=_order), "clip", scene.slug
        )

    def _scene(self, scene: Named, clips: Sequence[Named]) -> SceneEntry:
        self._fields.look_for_extras(scene.raw, "scene")
        shown = [clip for clip in clips if self._original(clip) is None]
        places = {clip.slug: self._place(clip) for clip in clips}
        # the old system put every clip at 0 unless told otherwise
        all_at_once = len(shown) > 1 and not any(places[clip.slug][0] for clip in shown)
        last_start = sum(places[clip.slug][1] for clip in shown[:-1])
        never_placed = all_at_once and last_start <= MAX_POSITION_SECONDS * self._rate
        if never_placed:
            self._fields.note(f"{scene.where}: its clips were never given places; they follow each other now")
        elif _overlap(places[clip.slug] for clip in shown):
            self._overlapping.append(scene.slug)
        return SceneEntry(
            slug=scene.slug,
            name=scene.name,
            description=self._fields.text(scene.raw, "description", _TEXT, scene.where),
            lyrics=self._fields.text(scene.raw, "lyrics", _LONG, scene.where),
            clip=[self._clip(clip, places[clip.slug], is_placed=not never_placed) for clip in clips],
            **self._alternate(scene),
        )

    def _clip(self, clip: Named, place: tuple[int, int], *, is_placed: bool) -> ClipEntry:
        self._fields.look_for_extras(clip.raw, "clip")
        images, videos = (self._takes(clip.raw.get(f"generated_{kind}")) for kind in ("images", "videos"))
        self._fields.report.images += images
        self._fields.report.videos += videos
        person = self._people.get(str(clip.raw.get("character_id")))
        if clip.raw.get("character_id") and person is None:
            self._fields.note(f"{clip.where}: its character is not in the export")
        return ClipEntry(
            slug=clip.slug,
            name=clip.name,
            at=write_frames(place[0], self._rate) if is_placed else None,
            length=write_frames(place[1], self._rate),
            characters=[person] if person else [],
            image_prompt=self._fields.prompt(clip.raw, "image_prompt", _PROMPT, clip.where),
            video_prompt=self._fields.prompt(clip.raw, "video_prompt", _PROMPT, clip.where),
            lyrics=self._fields.text(clip.raw, "lyrics", _LONG, clip.where),
            **self._alternate(clip),
        )

    def _place(self, clip: Named) -> tuple[int, int]:
        position = self._fields.seconds(clip, "timeline_position", 0)
        length = self._fields.seconds(clip, "length", _DEFAULT_LENGTH)
        return seconds_to_frames(position, self._rate), max(1, seconds_to_frames(length, self._rate))

    def _alternate(self, named: Named) -> dict[str, Any]:
        root = self._original(named)
        if root is None:
            if named.raw.get("is_alternate") or named.raw.get("parent_scene_id") or named.raw.get("parent_clip_id"):
                self._fields.note(f"{named.where}: it stands for itself now, as its original is not there")
            return {}
        number, known = named.raw.get("alternate_number"), self._numbers[root]
        free = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31 and number not in known
        own = int(number) if free and number else max(known, default=0) + 1
        known.add(own)
        return {"alternate_of": self._paths[root], "alternate": own}

    def _original(self, named: Named) -> str | None:
        """The id at the end of the chain of alternates; None for an original, and where the chain leads nowhere."""
        own = named.raw.get("id")
        if not isinstance(own, str):
            return None
        seen = [own]
        while (parent := self._parents.get(seen[-1])) in self._paths and parent is not None and parent not in seen:
            seen.append(parent)
        is_near = self._paths[seen[-1]].rpartition("/")[0] == self._paths[own].rpartition("/")[0]
        return seen[-1] if len(seen) > 1 and parent not in seen and is_near else None

    def _learn(self, named: Named, path: str, parent: str) -> None:
        own = named.raw.get("id")
        if isinstance(own, str):
            self._paths[own] = path
            if isinstance(named.raw.get(parent), str):
                self._parents[own] = named.raw[parent]

    def _takes(self, found: Any) -> int:
        takes = found if isinstance(found, list) else []
        self._fields.report.urls += [
            url for take in takes if isinstance(take, Mapping) for url in _urls([take.get("url")])
        ]
        return len(takes)


def _order(raw: Mapping[str, Any]) -> float:
    order = raw.get("order")
    return order if isinstance(order, int | float) and not math.isnan(order) else 0


def _overlap(places: Iterator[tuple[int, int]]) -> bool:
    spans = sorted((position, position + length) for position, length in places)
    return any(one[1] > two[0] for one, two in pairwise(spans))


def _urls(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str) and each] if isinstance(found, list) else []
