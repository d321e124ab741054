"""What a person has said of models, in the store."""

from __future__ import annotations

from types import MappingProxyType

from vidctl.domain.model_preset import ModelFamily, ModelPreset
from vidctl.repositories.base_repository import BaseRepository


class ModelPresetRepository(BaseRepository[ModelPreset]):
    """A family or model has one preset of a name."""

    collection = "model_presets"
    document = ModelPreset
    noun = "preset"
    taken = MappingProxyType({"name": "there is a preset of this name already"})


class ModelFamilyRepository(BaseRepository[ModelFamily]):
    """A model file is of one family."""

    collection = "model_families"
    document = ModelFamily
    noun = "model's family"
    taken = MappingProxyType({"model": "this model has a family already"})
