"""Where a manifest puts its clips, and everything that is wrong with it by itself: slugs that are there twice,
references that lead nowhere, times that cannot be.

Faults are collected, never raised: whoever writes a file wants to hear of all of them at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from vidctl.domain.clip import MAX_POSITION_SECONDS
from vidctl.domain.frames import DROPPED_LABELS, parse_time
from vidctl.domain.manifest import ClipEntry, Manifest, NamedEntry, SceneEntry
from vidctl.domain.manifest_forms import write_frames
from vidctl.domain.manifest_mending import Doubts
from vidctl.domain.timeline import Span
from vidctl.domain.toml_lines import Path
from vidctl.errors import InvalidInput

#: A clip of the file: the slugs of its scene and its own.
Key = tuple[str, str]
K = TypeVar("K", str, Key)
#: Fields that places of clips, references to clips and numbers of alternates rest on.
_PLACING = ("at", "length", "alternate_of", "slug")
_CLIPS = ("scene", "scene.slug", "scene.clip", "scene.clip.slug")
_NUMBERING = ("scene.alternate", "scene.alternate_of", "scene.clip.alternate", "scene.clip.alternate_of")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where in the file."""

    path: Path
    problem: str


@dataclass(frozen=True)
class Place:
    """All times of a clip in frames; `number` is that of an alternate, 0 for an original."""

    position: int
    length: int
    source_start: int
    number: int

    @property
    def span(self) -> Span:
        """From the scene's start."""
        return Span(self.position, self.position + self.length)


@dataclass(frozen=True)
class Layout:
    """Of what a manifest says: clips by key, and by slug the frame that a scene is fixed to and its number as an
    alternate. What is at fault is missing."""

    places: Mapping[Key, Place]
    starts: Mapping[str, int | None]
    numbers: Mapping[str, int]
    faults: Sequence[Fault]


def lay_out(
    manifest: Manifest,
    characters: Collection[str] = (),
    templates: Collection[str] = (),
    doubts: Doubts = Doubts(),  # noqa: B008 - it is frozen
) -> Layout:
    """Place everything and look for faults; `characters` and `templates` are slugs that may be referred to although the
    file does not define them. Nothing is said that rests on what is doubtful."""
    reader = _Reader(manifest, doubts)
    reader.check_slugs()
    are_told_apart = not reader.faults
    reader.check_references(characters, templates)
    reader.place_scenes()
    reader.place_clips()
    if are_told_apart and not manifest.project.overlaps and not doubts.of("project.overlaps", "project.fps"):
        reader.check_overlaps()
    if manifest.project.drop_frame and reader.rate not in DROPPED_LABELS and not doubts.of("project.fps"):
        reader.fault(("project", "drop_frame"), f"there is no drop frame at {manifest.project.fps} fps")
    return Layout(reader.places, reader.starts, reader.scene_numbers, reader.faults)


def original_of(scene: str, reference: str) -> Key:
    """The clip that `alternate_of` of a clip in that scene means."""
    other, _, clip = reference.rpartition("/")
    return other or scene, clip


class _Reader:
    def __init__(self, manifest: Manifest, doubts: Doubts) -> None:
        self._manifest = manifest
        self._doubts = doubts
        self.rate: Fraction = manifest.project.rate
        self._last_frame = MAX_POSITION_SECONDS * self.rate
        self._scenes = {scene.slug: scene for scene in manifest.scene}
        self._clips = {(scene.slug, clip.slug): clip for _, scene, clip in self._each_clip()}
        self._family: dict[Key | str, set[int]] = defaultdict(set)
        self.places: dict[Key, Place] = {}
        self.starts: dict[str, int | None] = {}
        self.scene_numbers: dict[str, int] = {}
        self.faults: list[Fault] = []

    def fault(self, path: Path, problem: str) -> None:
        if path not in self._doubts:
            self.faults.append(Fault(path, problem))

    def check_slugs(self) -> None:
        manifest = self._manifest
        self._twice(("template",), manifest.template)
        self._twice(("character",), manifest.character)
        self._twice(("scene",), manifest.scene)
        for number, scene in enumerate(manifest.scene):
            self._twice(("scene", number, "clip"), scene.clip)

    def check_references(self, characters: Collection[str], templates: Collection[str]) -> None:
        people = {*characters, *(each.slug for each in self._manifest.character)}
        looks = {*templates, *(each.slug for each in self._manifest.template)}
        for path, _, clip in self._each_clip():
            for place, slug in enumerate(clip.characters):
                if slug not in people:
                    if not self._doubts.of("project.slug", "character", "character.slug"):
                        self.fault((*path, "characters", place), f"there is no character {slug}")
                elif slug in clip.characters[:place]:
                    self.fault((*path, "characters", place), f"{slug} is named twice")
            is_known = clip.template is None or clip.template in looks
            if not is_known and not self._doubts.of("template", "template.slug"):
                self.fault((*path, "template"), f"there is no template {clip.template}")

    def place_scenes(self) -> None:
        originals = {scene.slug: scene.alternate_of for scene in self._manifest.scene}
        for number, scene in enumerate(self._manifest.scene):
            path = ("scene", number)
            self.starts[scene.slug] = self._position(path, scene.at)
            if scene.alternate_of is None:
                self._only_for_alternates(path, scene)
            elif problem := _alternate_problem(scene.slug, originals):
                if scene.alternate_of in originals or not self._doubts.of("scene", "scene.slug"):
                    self.fault((*path, "alternate_of"), problem)
            else:
                self.scene_numbers[scene.slug] = self._number(path, scene.alternate_of, scene.alternate)

    def place_clips(self) -> None:
        """Originals first: alternates lie where they do."""
        originals = {
            key: None if clip.alternate_of is None else original_of(key[0], clip.alternate_of)
            for key, clip in self._clips.items()
        }
        ends: Counter[str] = Counter()
        for path, scene, clip in self._each_clip():
            if clip.alternate_of is None:
                self._only_for_alternates(path, clip)
                place = self._place(path, clip, ends[scene.slug], 0)
                self.places[scene.slug, clip.slug] = place
                ends[scene.slug] = place.span.end
        for path, scene, clip in self._each_clip():
            if clip.alternate_of is not None:
                key = (scene.slug, clip.slug)
                if problem := _alternate_problem(key, originals):
                    if originals[key] in originals or not self._doubts.of(*_CLIPS):
                        self.fault((*path, "alternate_of"), problem)
                    continue
                original = original_of(scene.slug, clip.alternate_of)
                number = self._number(path, original, clip.alternate)
                self.places[key] = self._place(path, clip, self.places[original].position, number)

    def check_overlaps(self) -> None:
        for index, scene in enumerate(self._manifest.scene):
            if self._is_shifted(index):
                continue
            shown = [
                (self.places[scene.slug, clip.slug].span, number, clip)
                for number, clip in enumerate(scene.clip)
                if clip.alternate_of is None
            ]
            last: tuple[Span, ClipEntry] | None = None
            for span, number, clip in sorted(shown, key=lambda each: (each[0].start, each[1])):
                if last and span.start < last[0].end:
                    end = write_frames(last[0].end, self.rate)
                    self.fault(
                        ("scene", index, "clip", number, "at"),
                        f"{clip.slug} overlaps {last[1].slug}, which ends at {end}"
                        " (overlaps = true in [project] allows it)",
                    )
                if last is None or span.end > last[0].end:
                    last = (span, clip)

    def _each_clip(self) -> Iterator[tuple[Path, SceneEntry, ClipEntry]]:
        for number, scene in enumerate(self._manifest.scene):
            for place, clip in enumerate(scene.clip):
                yield ("scene", number, "clip", place), scene, clip

    def _twice(self, path: Path, entries: Iterable[NamedEntry]) -> None:
        seen: set[str] = set()
        for number, entry in enumerate(entries):
            if entry.slug in seen:
                self.fault((*path, number, "slug"), f"the slug {entry.slug} is there twice")
            seen.add(entry.slug)

    def _is_shifted(self, scene: int) -> bool:
        """Whether the places of a scene's clips are doubtful: they may follow from each other."""
        clips = range(len(self._manifest.scene[scene].clip))
        return any(("scene", scene, "clip", clip, field) in self._doubts for clip in clips for field in _PLACING)

    def _only_for_alternates(self, path: Path, entry: SceneEntry | ClipEntry) -> None:
        if entry.alternate is not None and (*path, "alternate_of") not in self._doubts:
            self.fault((*path, "alternate"), "only alternates have a number: say alternate_of, too")

    def _number(self, path: Path, original: Key | str, said: int | None) -> int:
        known = self._family[original]
        number = said or max(known, default=0) + 1
        if number in known and not self._doubts.of(*_NUMBERING):
            self.fault((*path, "alternate"), f"there is an alternate {number} of {_told(original)} already")
        known.add(number)
        return number

    def _place(self, path: Path, clip: ClipEntry, default: int, number: int) -> Place:
        position = self._position(path, clip.at)
        length = self._frames((*path, "length"), clip.length)
        if length == 0:
            self.fault((*path, "length"), f"{clip.length} is less than a frame")
        start = self._frames((*path, "source_start"), clip.source_start) if clip.source_start is not None else 0
        if position is None and default > self._last_frame and not self._is_shifted(int(path[1])):
            self.fault(path, f"{clip.slug} would begin too far: clips begin at {MAX_POSITION_SECONDS} s at most")
        return Place(default if position is None else position, max(length or 0, 1), start or 0, number)

    def _position(self, path: Path, text: str | None) -> int | None:
        return None if text is None else self._frames((*path, "at"), text)

    def _frames(self, path: Path, text: str) -> int | None:
        if self._doubts.of("project.fps"):
            return None
        try:
            frames = parse_time(text, self.rate)
        except InvalidInput as error:
            self.fault(path, f"{error}; {error.fix}" if error.fix else str(error))
            return None
        if frames > self._last_frame:
            self.fault(path, f"{text} is too far: {MAX_POSITION_SECONDS} s at most")
        return frames


def _alternate_problem(own: K, originals: Mapping[K, K | None]) -> str:
    """What is wrong with the original that an alternate names; "" if nothing is."""
    original = originals[own]
    if original == own:
        return "it is an alternate of itself"
    if original not in originals:
        return f"there is no {_told(original)} in this file"
    seen: list[K] = [own]
    while original is not None and original not in seen:
        seen.append(original)
        original = originals.get(original)
    if original is not None:
        return f"alternates go in a circle: {' of '.join([*map(_told, seen), _told(original)])}"
    if len(seen) > 2:
        return f"{_told(seen[1])} is an alternate itself: name the original, {_told(seen[-1])}"
    return ""


def _told(key: Key | str | None) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)
