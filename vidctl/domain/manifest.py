"""A film as a file: what a manifest may hold, by the names and in the order in which it is written.

A field that is left out has its default, as the file says all there is to say of the film. Things are known by their
slugs; times are texts such as "2.5s" or "61f", exact at the film's rate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from vidctl.domain.character import MAX_REFERENCE_IMAGES, ReferenceRole, TriggerWords
from vidctl.domain.clip import ClipStatus
from vidctl.domain.frames import NTSC_RATES, frames_to_seconds, parse_rate
from vidctl.domain.limits import check_film_rate
from vidctl.domain.lyrics import TimedLine
from vidctl.domain.names import (
    SLUG,
    Description,
    Lyrics,
    Name,
    Negative,
    Notes,
    Prompt,
    RenderSettings,
    Tags,
    Variables,
    slugify,
)
from vidctl.domain.recipe import Lora
from vidctl.domain.style_template import Category, Look
from vidctl.errors import InvalidInput

FORMAT: Literal[1] = 1
_MAX_SLUG = 80
_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})", re.ASCII)
_SIZES = range(16, 8193)
_LYRIC_LINE = re.compile(r"(\d{2,6}):([0-5]\d)\.(\d{3}) --> (\d{2,6}):([0-5]\d)\.(\d{3}) (.*)", re.ASCII | re.DOTALL)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def _is_slug(text: str) -> str:
    if not SLUG.fullmatch(text) or len(text) > _MAX_SLUG:
        raise ValueError(f"is no slug (lower-case letters, digits and dashes): write {slugify(text)}")
    return text


def _is_reference(text: str) -> str:
    scene, slash, clip = text.rpartition("/")
    return f"{_is_slug(scene)}/{_is_slug(clip)}" if slash else _is_slug(clip)


def _number_as_text(value: Any) -> Any:
    """12.5 for "12.5": numbers are seconds and rates, too."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _is_size(text: str) -> str:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError("is no size: write it like 1280x720")
    width, height = int(found[1]), int(found[2])
    if width not in _SIZES or height not in _SIZES:
        raise ValueError(f"is out of range: from {_SIZES[0]} to {_SIZES[-1]} pixels")
    if width % 2 or height % 2:
        raise ValueError("is odd: use an even width and height")
    return text


def _is_rate(text: str) -> str:
    try:
        check_film_rate(parse_rate(text))
    except InvalidInput as error:
        raise ValueError(f"{error}; {error.fix}" if error.fix else str(error)) from error
    return text


def _is_relative(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("is no path of a file")
    if PurePosixPath(text).is_absolute() or "\\" in text or re.match("[A-Za-z]:", text):
        raise ValueError(
            "is no path that every machine has: write it from the manifest's folder, with / between folders"
        )
    return text


def _is_hash(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise ValueError("is no SHA-256: it has 64 letters, 0-9 and a-f")
    return text


def _is_lyric_line(text: str) -> str:
    try:
        read_lyric_line(text)
    except InvalidInput as error:
        raise ValueError(str(error)) from error
    return text


Slug = Annotated[str, AfterValidator(_is_slug)]
Reference = Annotated[str, AfterValidator(_is_reference)]
TimeText = Annotated[str, BeforeValidator(_number_as_text), Field(max_length=40)]
FilePath = Annotated[str, Field(max_length=1024), AfterValidator(_is_relative)]
Hash = Annotated[str, AfterValidator(_is_hash)]
Status = Literal["draft", "stills", "approved", "final"]
Role = Literal["reference", "face", "body"]


class Entry(BaseModel):
    """Types are taken as they are written: "3" is no number. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NamedEntry(Entry):
    """What has a name and a slug; without one, the slug is made of the name."""

    slug: Slug = ""
    name: Name

    @model_validator(mode="before")
    @classmethod
    def _has_a_slug(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and "slug" not in values and isinstance(values.get("name"), str):
            return {"slug": slugify(values["name"]), **values}
        return values


class MediaEntry(Entry):
    """A media file beside the manifest. `name` is what to call it, where that is not the file's own name."""

    file: FilePath
    name: str = Field(default="", max_length=1024)
    sha256: Hash | None = None

    @property
    def called(self) -> str:
        """Its name."""
        return self.name or PurePosixPath(self.file).name


class ReferenceEntry(MediaEntry):
    """A picture of a character."""

    role: Role = ReferenceRole.REFERENCE.value


class ProjectEntry(NamedEntry):
    """`overlaps` allows clips of a scene to overlap; `lyrics` are lines such as "00:12.500 --> 00:15.000 Words"."""

    description: Description = ""
    size: Annotated[str, AfterValidator(_is_size)] = "1280x720"
    fps: Annotated[str, BeforeValidator(_number_as_text), AfterValidator(_is_rate)] = "24"
    drop_frame: bool = False
    overlaps: bool = False
    music: MediaEntry | None = None
    notes: Notes = ""
    variables: Variables = Field(default_factory=dict)
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)
    lyrics: list[Annotated[str, AfterValidator(_is_lyric_line)]] = Field(default_factory=list)

    @property
    def rate(self) -> Fraction:
        """Frames per second, exact."""
        return parse_rate(self.fps)

    @property
    def width_and_height(self) -> tuple[int, int]:
        """In pixels."""
        width, _, height = self.size.partition("x")
        return int(width), int(height)


class TemplateEntry(NamedEntry):
    """A style template; it serves all films of the store."""

    description: Description = ""
    category: Category = "custom"
    public: bool = False
    prompt: Look = ""
    negative_prompt: Negative = ""
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)


class CharacterEntry(NamedEntry):
    """Who appears."""

    description: Description = ""
    trigger_words: TriggerWords = ""
    style_notes: Description = ""
    lora: Lora | None = None
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)
    references: list[ReferenceEntry] = Field(default_factory=list, max_length=MAX_REFERENCE_IMAGES)


class ClipEntry(NamedEntry):
    """`at` counts from the scene's start; without it the clip is right behind the one before it, an alternate in its
    original's place. `alternate_of` is a clip of the scene, or "scene/clip"; `alternate` its number. `order` is said
    only where it is not that of the file. `source_start` is how much of the chosen video is skipped."""

    alternate_of: Reference | None = None
    alternate: int | None = Field(default=None, ge=1)
    at: TimeText | None = None
    length: TimeText
    source_start: TimeText | None = None
    order: int | None = Field(default=None, ge=0, lt=2**31)
    status: Status = ClipStatus.DRAFT.value
    locked: bool = False
    tags: Tags = Field(default_factory=list)
    characters: list[Slug] = Field(default_factory=list)
    template: Slug | None = None
    image_prompt: Prompt = ""
    video_prompt: Prompt = ""
    negative_prompt: Negative = ""
    lyrics: Lyrics = ""
    notes: Notes = ""
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)


class SceneEntry(NamedEntry):
    """`at` fixes its first frame on the film; without it the scene is right behind the one before it."""

    alternate_of: Slug | None = None
    alternate: int | None = Field(default=None, ge=1)
    at: TimeText | None = None
    description: Description = ""
    lyrics: Lyrics = ""
    notes: Notes = ""
    tags: Tags = Field(default_factory=list)
    variables: Variables = Field(default_factory=dict)
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)
    clip: list[ClipEntry] = Field(default_factory=list)


class Manifest(Entry):
    """The file. `vidctl` is the version of its format."""

    vidctl: Literal[1]
    project: ProjectEntry
    template: list[TemplateEntry] = Field(default_factory=list)
    character: list[CharacterEntry] = Field(default_factory=list)
    scene: list[SceneEntry] = Field(default_factory=list)


class TemplateFile(Entry):
    """Style templates alone, as studios give them to each other."""

    vidctl: Literal[1]
    template: list[TemplateEntry] = Field(min_length=1, max_length=1000)


#: The tables of the file, by the names that lead to them.
TABLES: Mapping[tuple[str, ...], type[Entry] | type[Lora]] = {
    (): Manifest,
    ("project",): ProjectEntry,
    ("project", "music"): MediaEntry,
    ("template",): TemplateEntry,
    ("character",): CharacterEntry,
    ("character", "references"): ReferenceEntry,
    ("character", "lora"): Lora,
    ("scene",): SceneEntry,
    ("scene", "clip"): ClipEntry,
}


def write_frames(frames: int, rate: Fraction) -> str:
    """A time of so many frames in the form that reads best and is exact: "2.5s", else "61f"."""
    milliseconds = frames_to_seconds(frames, rate) * 1000
    if milliseconds.denominator != 1:
        return f"{frames}f"
    seconds, rest = divmod(int(milliseconds), 1000)
    return f"{seconds}.{rest:03d}".rstrip("0").rstrip(".") + "s"


def write_rate(rate: Fraction) -> str:
    """ "29.97" for 30000/1001."""
    return next((name for name, known in NTSC_RATES.items() if known == rate), str(rate))


def write_lyric_line(line: TimedLine) -> str:
    """ "00:12.500 --> 00:15.000 Words" """
    return f"{_clock(line.start_ms)} --> {_clock(line.end_ms)} {line.text}"


def read_lyric_line(text: str) -> TimedLine:
    """The opposite. Raises InvalidInput."""
    found = _LYRIC_LINE.fullmatch(text)
    if found is None:
        raise InvalidInput("is no timed line", cause="write it like 00:12.500 --> 00:15.000 Words")
    start, end = (_milliseconds(*found.groups()[first : first + 3]) for first in (0, 3))
    if end < start:
        raise InvalidInput("ends before it starts", cause="exchange the two times")
    return TimedLine(start_ms=start, end_ms=end, text=found[7])


def _milliseconds(minutes: str, seconds: str, milliseconds: str) -> int:
    return (int(minutes) * 60 + int(seconds)) * 1000 + int(milliseconds)


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
