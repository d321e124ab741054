"""A film as a file: what a manifest may hold, by the names and in the order in which it is written.

A field that is left out has its default, as the file says all there is to say of the film. Things are known by their
slugs; times are texts such as "2.5s" or "61f", exact at the film's rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from vidctl.domain.character import MAX_REFERENCE_IMAGES, ReferenceRole, TriggerWords
from vidctl.domain.clip import ClipStatus
from vidctl.domain.frames import parse_rate
from vidctl.domain.manifest_forms import FilePath, Hash, LyricLine, RateText, Reference, SizeText, Slug, TimeText
from vidctl.domain.names import (
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

FORMAT: Literal[1] = 1
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
    size: SizeText = "1280x720"
    fps: RateText = "24"
    drop_frame: bool = False
    overlaps: bool = False
    music: MediaEntry | None = None
    notes: Notes = ""
    variables: Variables = Field(default_factory=dict)
    image: RenderSettings = Field(default_factory=dict)
    video: RenderSettings = Field(default_factory=dict)
    lyrics: list[LyricLine] = Field(default_factory=list)

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
    original's place. Clips that start on the same frame are in the order of the file. `alternate_of` is a clip of the
    scene, or "scene/clip"; `alternate` its number. `source_start` is how much of the chosen video is skipped."""

    alternate_of: Reference | None = None
    alternate: int | None = Field(default=None, ge=1)
    at: TimeText | None = None
    length: TimeText
    source_start: TimeText | None = None
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
