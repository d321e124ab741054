"""A picture of a character that belongs to no clip: one of a sheet, or a sample. It is made as a clip's still is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from vidctl.domain.character import Character
from vidctl.domain.names import RenderSettings
from vidctl.domain.recipe import MediaKind


class Shot(Protocol):
    """What a recipe is resolved for: a clip, or a portrait. `length` is in frames of the project's rate."""

    @property
    def length(self) -> int: ...

    @property
    def negative_prompt(self) -> str: ...

    def prompt_for(self, kind: MediaKind) -> str:
        """Its own words, without those of characters and styles."""
        ...


@dataclass(frozen=True)
class Portrait:
    """`title` says what it shows ("profile"), `prompt` in words for the model; the character's own words come first."""

    character: Character
    title: str
    prompt: str
    negative_prompt: str = ""
    length: int = 1
    template_id: None = None
    image_settings: RenderSettings = field(default_factory=dict)
    video_settings: RenderSettings = field(default_factory=dict)

    @property
    def character_ids(self) -> list[str]:
        """Whose layers the recipe gets."""
        return [self.character.id]

    def prompt_for(self, kind: MediaKind) -> str:
        """Portraits are stills."""
        assert kind is MediaKind.IMAGE
        return self.prompt


class Sheets(BaseModel):
    """What pictures a sheet may have: words for the model by name. `every` is said of each, `usual` names the views of
    a sheet for which nobody has chosen, `sample` is what a sample shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every: str
    sample: str
    usual: tuple[str, ...]
    views: Mapping[str, str]
    expressions: Mapping[str, str]
    poses: Mapping[str, str]
