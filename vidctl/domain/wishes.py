"""What people have set for one render, before it is decided what is rendered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vidctl.domain.expansion import Value
from vidctl.domain.names import RenderSettings
from vidctl.domain.prompts import CharacterWords, StyleWords
from vidctl.domain.recipe import MediaKind
from vidctl.errors import InvalidInput


@dataclass(frozen=True)
class Wishes:
    """`layers` go from the general to the particular, each with the name of its source. The markup of prompts may refer
    to `variables` and to `wildcards`, the texts of files by name."""

    kind: MediaKind
    layers: tuple[tuple[str, RenderSettings], ...]
    characters: tuple[CharacterWords, ...] = ()
    style: StyleWords | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)
    wildcards: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, name: str) -> tuple[str, str] | None:
        """The last layer's value of a setting that is text, with its source."""
        for source, settings in reversed(self.layers):
            value = settings.get(name)
            if value is not None:
                if not isinstance(value, str):
                    raise InvalidInput(f"{name} must be a text", cause=f"{source} sets it to {value!r}")
                return value, source
        return None

    def seed(self, draw: Callable[[], int]) -> int:
        """The seed that is set, else a drawn one: -1 asks for that, too."""
        chosen = next((s["seed"] for _, s in reversed(self.layers) if s.get("seed") is not None), None)
        return chosen if isinstance(chosen, int) and chosen >= 0 else draw()
