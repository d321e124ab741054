"""What a person has said of models, over what vidctl ships: presets of their own, and what family a file is of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from vidctl.domain.document import Document
from vidctl.domain.names import RenderSettings

#: By domain.model_names.file_key.
ModelFile = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class PresetScope(StrEnum):
    """Whose preset it is: every model's of a family, or one model file's."""

    FAMILY = "family"
    MODEL = "model"


class ModelPreset(Document):
    """Values over those of the shipped preset of that name; where none is shipped, over those of the family's default.
    `subject` is the family's name or the model's file; one that is a model's wins over one of its family."""

    scope: PresetScope
    subject: ModelFile
    name: PresetName
    settings: RenderSettings = Field(min_length=1)


class ModelFamily(Document):
    """The family that a person has said a model file is of."""

    model: ModelFile
    family: str
