"""What a person has said of models, as one value: the family of a file, and presets over the shipped ones.

Generation and the commands that show models ask this for a model's family, so that both always say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vidctl.domain.families import Family, detect
from vidctl.domain.model_names import file_key
from vidctl.domain.model_preset import PresetScope
from vidctl.domain.names import RenderSettings
from vidctl.presets.loader import load_families, load_family


@dataclass(frozen=True)
class OwnModels:
    """`families` is by file key, `presets` by scope, subject and name."""

    families: Mapping[str, str] = field(default_factory=dict)
    presets: Mapping[tuple[PresetScope, str, str], RenderSettings] = field(default_factory=dict)

    def chosen_family(self, model: str) -> str | None:
        """The family that the person has said this file is of."""
        return self.families.get(file_key(model))

    def family_of(self, model: str, folder: str | None = None) -> str:
        """The family of a model file, or "unknown": what the person says, else what its name says. A file in a folder
        that the family's workflows do not load from is never of that family."""
        chosen = self.chosen_family(model)
        if chosen is not None and (folder is None or folder in load_family(chosen).folders):
            return chosen
        return detect(model, folder, load_families())

    def preset_names(self, family: Family | None, model: str) -> list[str]:
        """The presets that the person has made for this model or its family, sorted."""
        owners = _owners(family, model)
        return sorted({name for scope, subject, name in self.presets if (scope, subject) in owners})

    def layers(self, family: Family | None, model: str, name: str) -> tuple[tuple[str, RenderSettings], ...]:
        """The person's values of a preset with their source, those for the family before those for the model."""
        found = ((subject, self.presets.get((scope, subject, name))) for scope, subject in _owners(family, model))
        return tuple((f"your preset {name} for {subject}", settings) for subject, settings in found if settings)


def _owners(family: Family | None, model: str) -> list[tuple[PresetScope, str]]:
    owners = [(PresetScope.FAMILY, family.name)] if family else []
    return [*owners, (PresetScope.MODEL, file_key(model))] if model else owners
