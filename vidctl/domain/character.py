"""Who appears in a film: words for the prompts and settings for the renders of the clips they are in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Name, RenderSettings
from vidctl.domain.prompts import CharacterWords
from vidctl.domain.recipe import Lora

TriggerWords = Annotated[str, StringConstraints(max_length=500)]


MAX_REFERENCE_IMAGES = 20


class ReferenceRole(StrEnum):
    """What a reference image shows."""

    REFERENCE = "reference"
    FACE = "face"
    BODY = "body"


class ReferenceImage(BaseModel):
    """A picture of the character: an asset of ours, `name` as the file was called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asset_id: str
    name: str
    role: ReferenceRole = ReferenceRole.REFERENCE


class Character(Document):
    """`trigger_words` are those its LoRA was trained with. The LoRA goes with every render that it is in."""

    SCHEMA: ClassVar[int] = 2

    project_id: str
    name: Name
    slug: str
    description: Description = ""
    trigger_words: TriggerWords = ""
    style_notes: Description = ""
    lora: Lora | None = None
    reference_images: list[ReferenceImage] = Field(default_factory=list, max_length=MAX_REFERENCE_IMAGES)
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)

    def words(self) -> CharacterWords:
        """What it adds to a prompt."""
        return CharacterWords(self.name, self.trigger_words, self.description, self.style_notes, slug=self.slug)
