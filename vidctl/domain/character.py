"""Who appears in a film: words for the prompts and settings for the renders of the clips they are in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Name, RenderSettings
from vidctl.domain.prompts import CharacterWords

TriggerWords = Annotated[str, StringConstraints(max_length=500)]


class Character(Document):
    """`trigger_words` are those a LoRA was trained with; the LoRA itself is one of the settings."""

    project_id: str
    name: Name
    slug: str
    description: Description = ""
    trigger_words: TriggerWords = ""
    style_notes: Description = ""
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)

    def words(self) -> CharacterWords:
        """What it adds to a prompt."""
        return CharacterWords(self.name, self.trigger_words, self.description, self.style_notes)
