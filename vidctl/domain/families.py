"""A family is a kind of model with the numbers it was made for. Detection reads file names and never guesses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from vidctl.domain.frames import FrameGrid
from vidctl.domain.model_names import NameRule, any_holds, find_file, first_holding
from vidctl.domain.recipe import Lora, MediaKind
from vidctl.errors import InvalidInput, NotFound

UNKNOWN = "unknown"

#: Names that people know from other programs -> ComfyUI's (comfy/samplers.py, KSAMPLER_NAMES).
SAMPLER_ALIASES = MappingProxyType(
    {
        "euler_a": "euler_ancestral",
        "euler a": "euler_ancestral",
        "k_euler": "euler",
        "k_euler_a": "euler_ancestral",
        "dpm++ 2m": "dpmpp_2m",
        "dpm++_2m": "dpmpp_2m",
        "dpm++ sde": "dpmpp_sde",
        "dpm++_sde": "dpmpp_sde",
        "dpm++ 2m sde": "dpmpp_2m_sde",
        "dpm++_2m_sde": "dpmpp_2m_sde",
        "dpm++ 3m sde": "dpmpp_3m_sde",
        "dpm++_3m_sde": "dpmpp_3m_sde",
        "dpm2": "dpm_2",
        "dpm2 a": "dpm_2_ancestral",
        "dpm2_a": "dpm_2_ancestral",
        "unipc": "uni_pc",
    }
)


def sampler_name(name: str) -> str:
    """ComfyUI's name of a sampler; a name without an alias is returned as it is."""
    return SAMPLER_ALIASES.get(name.strip().lower(), name)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Preset(_Part):
    """Values that belong together, by workflow parameter, and the LoRAs they need. `source` tells whose they are."""

    values: dict[str, JsonValue]
    loras: tuple[Lora, ...] = ()
    never: tuple[NameRule, ...] = Field(default=(), description="models of the family that it does not fit")
    source: str


class Variant(_Part):
    """Values that a model needs because of what its file name says, over those of any preset."""

    match: NameRule
    values: dict[str, JsonValue]
    source: str


class Grid(_Part):
    """Counts of frames that the model can make: offset + step * n."""

    offset: int = Field(ge=0)
    step: int = Field(ge=1)


class Companion(_Part):
    """Which file a model parameter wants: one of `names` in their order, else any that a rule of `match` holds for."""

    folder: str
    names: tuple[str, ...] = ()
    match: tuple[NameRule, ...] = ()
    swap: tuple[tuple[str, str], ...] = Field(
        default=(), description="makes the first name from the main model's: (high_noise, low_noise)"
    )

    def candidates(self, model: str = "") -> tuple[str, ...]:
        """File names in the order of preference, the main model's own partner first."""
        partners = [model.replace(old, new) for old, new in self.swap if old in model]
        return tuple(dict.fromkeys([*partners, *self.names]))

    def choose(self, available: Sequence[str], model: str = "") -> str | None:
        """One of the server's files for this parameter, or None if no file of it is known to fit."""
        for wanted in self.candidates(model):
            if found := find_file(wanted, available):
                return found
        return next((name for name in available if any_holds(self.match, name)), None)


class OtherTask(_Part):
    """Models of the family that the family's workflows here are not for, such as those that continue a picture."""

    task: str
    match: tuple[NameRule, ...]


class Family(_Part):
    """A file is of the family of lowest `rank` with a rule of `detection` that holds for its name, and none of `never`.

    Sizes are multiples of `multiple` pixels; `fps` is the rate the model was trained on, as a fraction in text.
    """

    name: str
    title: str
    rank: int
    kinds: tuple[MediaKind, ...] = Field(min_length=1)
    folders: tuple[Literal["checkpoints", "diffusion_models"], ...] = Field(min_length=1)
    detection: tuple[NameRule, ...] = Field(min_length=1)
    never: tuple[NameRule, ...] = ()
    other_tasks: tuple[OtherTask, ...] = ()
    workflows: dict[MediaKind, str]
    default: str = Field(description="the preset that is used when none is asked for")
    presets: dict[str, Preset]
    variants: tuple[Variant, ...] = ()
    companions: dict[str, Companion] = Field(default_factory=dict)
    multiple: int = Field(ge=1)
    grid: Grid | None = None
    fps: str | None = None
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.default not in self.presets:
            raise ValueError(f"the default preset {self.default} is not there")
        if set(self.workflows) != set(self.kinds):
            raise ValueError("each kind has its workflow, and no other has")
        if (MediaKind.VIDEO in self.kinds) != bool(self.grid and self.fps):
            raise ValueError("a video family has a frame grid and a rate; the others have neither")
        return self

    def recognises(self, name: str, folder: str | None = None) -> bool:
        """Whether a file of that name (in that model folder, if known) is a main model of this family."""
        if folder is not None and folder not in self.folders:
            return False
        return any_holds(self.detection, name) and not any_holds(self.never, name)

    def telling(self, name: str) -> tuple[str, ...]:
        """The words of the name that speak for this family; none if nothing does."""
        return first_holding(self.detection, name)

    def excluding(self, name: str) -> tuple[str, ...]:
        """The words of the name that rule this family out; none if nothing does."""
        return first_holding(self.never, name)

    def other_task(self, model: str) -> str:
        """What else the model is for ("image-to-video"), or "" if the family's workflows can use it."""
        return next((other.task for other in self.other_tasks if any_holds(other.match, model)), "")

    def usable(self, available: Sequence[str]) -> tuple[str, ...]:
        """The server's files (of this family's folders) that the family's workflows can take as their main model."""
        return tuple(name for name in available if self.recognises(name) and not self.other_task(name))

    def preset(self, name: str | None = None, model: str = "", own: Sequence[str] = ()) -> Preset:
        """The preset of that name, or the default one; that is also what a person's `own` presets are laid over that
        have a name of their own. Raises NotFound with the names there are, and InvalidInput for a model that the
        preset does not fit."""
        wanted = name if name in self.presets or (name and name not in own) else self.default
        if wanted not in self.presets:
            known = ", ".join(dict.fromkeys([*self.presets, *own]))
            raise NotFound(f"family {self.name} has no preset {wanted}", fix=f"its presets: {known}")
        if any_holds(self.presets[wanted].never, model):
            raise InvalidInput(
                f"preset {wanted} of family {self.name} does not fit {model}",
                cause=self.presets[wanted].source,
                fix=f"use another one: {', '.join(name for name in self.presets if name != wanted)}",
            )
        return self.presets[wanted]

    def variant_values(self, model: str) -> dict[str, JsonValue]:
        """What the model's file name demands, over any preset."""
        return {name: value for each in self.variants if each.match.holds(model) for name, value in each.values.items()}

    @property
    def frame_grid(self) -> FrameGrid | None:
        """The counts of frames it can make, None for image families."""
        return FrameGrid(self.grid.offset, self.grid.step) if self.grid else None


@dataclass(frozen=True)
class Detection:
    """Which family a model is of, or "unknown", and why: the `words` that tell, found in `part` (its file name or one
    of the sub-folders it is in), and for each family that other words spoke for, those that ruled it out."""

    family: str
    words: tuple[str, ...] = ()
    part: str = ""
    ruled_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def recognise(name: str, folder: str | None, families: Iterable[Family]) -> Detection:
    """The family of a model file; `folder` is the server's model folder, such as checkpoints.

    The file name decides. Only if it says nothing do the sub-folders that a person has sorted it into ("SDXL/...").
    """
    ranked = sorted(families, key=lambda family: family.rank)
    *parents, file = name.replace("\\", "/").split("/")
    ruled_out: dict[str, tuple[str, ...]] = {}
    for part in [name, *reversed(parents)]:
        for family in ranked:
            if family.recognises(part, folder) and not any_holds(family.never, name):
                return Detection(family.name, family.telling(part), file if part is name else part, ruled_out)
            if family.telling(part) and (why := family.excluding(part) or family.excluding(name)):
                ruled_out.setdefault(family.name, why)
    return Detection(UNKNOWN, ruled_out=ruled_out)


def detect(name: str, folder: str | None, families: Iterable[Family]) -> str:
    """The family of a model file, or "unknown": the short answer of `recognise`."""
    return recognise(name, folder, families).family
