"""From a shot and a person's wishes to a RenderRequest: which model, family and workflow, and every value resolved.

Layers, each over the one before: family preset, what the model's name demands, the project's shape and the clip's
length, the server's companion files, the person's own presets, characters, style, project, scene, clip, flags; and the
prompts, which were put together from all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from pydantic import JsonValue

from vidctl.domain.families import Family
from vidctl.domain.frames import NTSC_RATES, frames_for, snap_size
from vidctl.domain.portrait import Shot
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.domain.resolution import Layer, resolve
from vidctl.domain.wishes import Wishes
from vidctl.domain.wording import NEGATIVE, PROMPT, Words
from vidctl.dtos.base import make_input
from vidctl.errors import InvalidInput, ServerCannotRender, UnusedParameter
from vidctl.services.model_choice import Choice, choose_model
from vidctl.services.own_models import OwnModels
from vidctl.services.setting_checks import CHOOSING, read_loras

#: JSON numbers stay exact up to 2^53 in every reader; ComfyUI takes seeds up to 2^64.
SEED_BITS = 53
DRAWN = "drawn"

#: The server's model files by folder, None if it cannot be asked.
Models = Mapping[str, Sequence[str]] | None


def resolve_request(
    project: Project, clip: Shot, wishes: Wishes, words: Words, models: Models, own: OwnModels
) -> RenderRequest:
    """The recipe of one render on a ComfyUI server, with the seed that its words were drawn with.

    Raises InvalidInput, UnusedParameter, NotFound, and ServerCannotRender where the server has no model to choose."""
    choice = choose_model(wishes.kind, wishes.chosen, models, own)
    workflow, family = choice.workflow, choice.family
    wishes = _over_presets(wishes, choice, own)
    layers = [
        Layer(DRAWN, {"seed": words.seed}, chosen=False),
        *_base_layers(project, clip, wishes, choice, models, own),
        *_people(wishes),
        Layer(words.origin(PROMPT), {PROMPT: words.prompt}),
        Layer(words.origin(NEGATIVE), {NEGATIVE: words.negative}),
    ]
    resolved = resolve(layers, workflow)
    values, origins = dict(resolved.values), dict(resolved.origins)
    if values.get("seed") == -1:
        values["seed"], origins["seed"] = words.seed, DRAWN
    _require_fit(family, values, origins)
    return make_input(
        RenderRequest,
        kind=wishes.kind,
        backend="comfyui",
        workflow=workflow.name,
        family=family.name if family else "unknown",
        values=values,
        loras=resolved.loras,
        width=_whole(values.get("width"), project.width),
        height=_whole(values.get("height"), project.height),
        frames=_whole(values.get("frames"), 1) if wishes.kind is MediaKind.VIDEO else 1,
        fps=_rate_text(values.get("fps"), project.fps),
        seed=_whole(values.get("seed"), 0),
        origins=origins,
    )


def _over_presets(wishes: Wishes, choice: Choice, own: OwnModels) -> Wishes:
    """The wishes with the person's own presets as the most general of them. Raises UnusedParameter for a preset that is
    named where the family is not known and the person has made none of that name for the model."""
    family, named = choice.family, wishes.chosen("preset")
    name = named[0] if named else family.default if family else ""
    layers = own.layers(family, choice.model, name)
    if family is None and named and not layers:
        raise _nobodys_preset(*named, choice)
    return replace(wishes, layers=(*layers, *wishes.layers))


def _base_layers(
    project: Project, clip: Shot, wishes: Wishes, choice: Choice, models: Models, own: OwnModels
) -> list[Layer]:
    """What holds before a person has set anything."""
    family = choice.family
    layers: list[Layer] = []
    if family is not None:
        name, _ = wishes.chosen("preset") or (family.default, "")
        preset = family.preset(name, choice.model, own.preset_names(family, choice.model))
        source = f"family {family.name}, preset {name if name in family.presets else family.default}"
        layers.append(Layer(source, preset.values, preset.loras or None, chosen=False))
        layers.append(Layer("the model's name", family.variant_values(choice.model), chosen=False))
        layers.append(
            Layer("the project's shape at the family's size", _size(project, family, preset.values), chosen=False)
        )
        layers.append(Layer("the server's files", _companions(family, choice, wishes, models), chosen=False))
    else:
        layers.append(Layer("project", {"width": project.width, "height": project.height}, chosen=False))
    if wishes.kind is MediaKind.VIDEO:
        layers += _duration(project, clip, family, wishes)
    layers.append(Layer(choice.source, {"model": choice.model}))
    return layers


def _nobodys_preset(name: str, source: str, choice: Choice) -> UnusedParameter:
    return UnusedParameter(
        f"preset {name} cannot be used",
        cause=f"it is set by {source}, but vidctl does not know what kind of model {choice.model} is",
        fix="say it with --set family=NAME, or leave the preset out",
        parameter="preset",
    )


def _people(wishes: Wishes) -> list[Layer]:
    layers = []
    for source, settings in wishes.layers:
        values = {name: value for name, value in settings.items() if name not in CHOOSING and name != "model"}
        loras = settings.get("loras")
        layers.append(Layer(source, values, None if loras is None else read_loras(loras, source)))
    return layers


def _size(project: Project, family: Family, preset: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The project's shape, at no more pixels than the family was made for: an export scales it up, while a picture
    larger than the training size falls apart."""
    trained = _whole(preset.get("width"), project.width) * _whole(preset.get("height"), project.height)
    scale = min(1.0, math.sqrt(trained / (project.width * project.height)))
    width, height = snap_size(round(project.width * scale), round(project.height * scale), family.multiple)
    return {"width": width, "height": height}


def _duration(project: Project, clip: Shot, family: Family | None, wishes: Wishes) -> list[Layer]:
    """The model's rate, and as many frames at it as cover the clip; a rate that somebody has set counts."""
    fps: JsonValue = next((s["fps"] for _, s in reversed(wishes.layers) if s.get("fps") is not None), None)
    rate = Fraction(_rate_text(fps, (family and family.fps) or project.fps))
    grid = family.frame_grid if family else None
    source = f"family {family.name}" if family and family.fps else "project"
    return [
        Layer(source, {"fps": float(rate)}, chosen=False),
        Layer("the clip's length", {"frames": frames_for(clip.length, project.rate, rate, grid)}, chosen=False),
    ]


def _companions(family: Family, choice: Choice, wishes: Wishes, models: Models) -> dict[str, JsonValue]:
    """The files that go with the model: the preferred ones the server has, else the only one it has in that folder."""
    found: dict[str, JsonValue] = {}
    for name, companion in family.companions.items():
        if name not in choice.workflow.parameters or wishes.chosen(name) is not None:
            continue
        wanted = companion.candidates(choice.model)
        if models is None:
            found[name] = next(iter(wanted), None)
            continue
        there = models.get(companion.folder, ())
        file = companion.choose(there, choice.model) or (there[0] if len(there) == 1 else None)
        if file is None:
            raise ServerCannotRender(
                f"{family.title} needs a {name.replace('_', ' ')} that the server does not have",
                cause=f"looked for {' or '.join(wanted)} among {', '.join(there) or 'nothing'} in {companion.folder}",
                fix=f"install it there, or name another file: --set {name}=FILE",
            )
        found[name] = file
    return found


def _require_fit(family: Family | None, values: Mapping[str, JsonValue], origins: Mapping[str, str]) -> None:
    """Refuse sizes and lengths that the model would change on its own."""
    if family is None:
        return
    for name in ("width", "height"):
        value = values.get(name)
        if isinstance(value, int) and value % family.multiple:
            nearest, _ = snap_size(value, value, family.multiple)
            raise InvalidInput(
                f"{family.title} cannot make a {name} of {value}",
                cause=f"it is set by {origins.get(name, 'nobody')} and must be a multiple of {family.multiple}",
                fix=f"use {nearest}",
            )
    frames, grid = values.get("frames"), family.frame_grid
    if grid and isinstance(frames, int) and not grid.contains(frames):
        raise InvalidInput(
            f"{family.title} cannot make {frames} frames",
            cause=f"it is set by {origins.get('frames', 'nobody')} and must be {grid.offset} + {grid.step}·n",
            fix=f"use {grid.round_up(frames)}",
        )


def _whole(value: JsonValue, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _rate_text(value: JsonValue, default: str) -> str:
    if value is None:
        return default
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 240:
        return str(NTSC_RATES.get(f"{value:g}") or Fraction(value).limit_denominator(1001))
    raise InvalidInput("fps must be a number above 0 and at most 240", cause=f"got {value!r}")
