"""How a film looks: a look that clips share, in words and settings."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Name, Negative, RenderSettings
from vidctl.domain.prompts import StyleWords

#: Words of a person's choice; these are usual.
CATEGORIES = ("custom", "cinematic", "anime", "realistic", "artistic", "abstract")
Category = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=100)]
Look = Annotated[str, StringConstraints(max_length=5000)]


class StyleTemplate(Document):
    """`prompt` is put behind a clip's own; `use_count` counts the renders that were asked for with it. A public one may
    leave the studio: exports take only those unless told otherwise."""

    SCHEMA: ClassVar[int] = 2

    name: Name
    slug: str
    description: Description = ""
    category: Category = "custom"
    prompt: Look = ""
    negative_prompt: Negative = ""
    image_settings: RenderSettings = Field(default_factory=dict)
    video_settings: RenderSettings = Field(default_factory=dict)
    use_count: int = Field(default=0, ge=0)
    is_public: bool = False

    def words(self) -> StyleWords:
        """What it adds to the prompts."""
        return StyleWords(self.prompt, self.negative_prompt, self.slug)
