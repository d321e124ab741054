"""A plan: the steps after which a film is as its manifest says, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene


class Mark(StrEnum):
    """What a step does."""

    CREATE = "+"
    CHANGE = "~"
    DELETE = "-"
    KEEP = "="


@dataclass(frozen=True)
class Step:
    """`document` is the new one for CREATE, else as it is stored; `changes` are the fields that get other values,
    `told` the same in the words of a manifest: (field, before, after)."""

    mark: Mark
    noun: str
    path: str
    document: Document
    changes: Mapping[str, Any] = field(default_factory=dict)
    told: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Plan:
    """`project` as it is stored, or the new one. `lengths` are those of the stored scenes whose clips change, in
    frames; `orders` those of the stored clips in them that follow from their places. `clips` are all that the film will
    have, by scene id; `ties` are the stored characters and templates that the new and changed ones among them have."""

    project: Project
    is_new: bool
    steps: Sequence[Step]
    lengths: Sequence[tuple[Scene, int]]
    orders: Sequence[tuple[Clip, int]]
    clips: Mapping[str, Sequence[Clip]]
    ties: Sequence[Document]

    @property
    def todo(self) -> list[Step]:
        """The steps that change something."""
        return [step for step in self.steps if step.mark is not Mark.KEEP]

    @property
    def locked(self) -> list[str]:
        """Paths of clips that are locked and would be changed or deleted."""
        return [step.path for step in self.todo if isinstance(step.document, Clip) and _is_locked(step)]

    def counts(self) -> Counter[Mark]:
        """How many steps there are of each mark."""
        return Counter(step.mark for step in self.steps)


def _is_locked(step: Step) -> bool:
    return step.mark is not Mark.CREATE and isinstance(step.document, Clip) and step.document.locked
