"""Families and presets: what a model is taken for and why, what a preset holds, and what a person says instead.

Shipped presets are data and stay as they are; a person's values are laid over them, for a family or for one model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from vidctl.domain.families import UNKNOWN, Detection, Family, recognise
from vidctl.domain.model_names import file_key, is_file_name, tokens
from vidctl.domain.model_preset import ModelFamily, ModelPreset, PresetScope
from vidctl.domain.names import RenderSettings
from vidctl.domain.recipe import MediaKind
from vidctl.domain.resolution import Layer, Resolved, resolve
from vidctl.domain.workflow import Workflow
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.model_dtos import (
    FamilyDTO,
    FamilyListDTO,
    ModelFamilyDTO,
    PresetDTO,
    PresetListDTO,
    PresetUpdateDTO,
)
from vidctl.errors import InvalidInput, NotFound
from vidctl.presets.loader import list_families, load_families, load_family, load_workflow
from vidctl.repositories.model_preset_repository import ModelFamilyRepository, ModelPresetRepository
from vidctl.services.editing import merged_settings
from vidctl.services.own_models import OwnModels
from vidctl.services.references import unknown
from vidctl.services.setting_checks import CHOOSING, check_settings, read_loras

#: What a preset cannot hold: what it would choose itself, and what belongs to a clip or a render.
_NOT_IN_A_PRESET = (CHOOSING - {"loras"}) | {"model", "prompt", "negative", "seed"}


@dataclass(frozen=True)
class _Subject:
    """Whose presets are meant: a family's, or those of one model file, whose family may not be known."""

    scope: PresetScope
    key: str
    family: Family | None

    @property
    def model(self) -> str:
        return self.key if self.scope is PresetScope.MODEL else ""

    @property
    def kinds(self) -> Sequence[MediaKind]:
        return self.family.kinds if self.family else tuple(MediaKind)


class ModelConfig:
    """What one can ask and say of models."""

    def __init__(self, presets: ModelPresetRepository, families: ModelFamilyRepository) -> None:
        self._presets = presets
        self._families = families

    def own(self) -> OwnModels:
        """What the person has said, for generation and for lists of models."""
        return OwnModels(
            {each.model: each.family for each in self._families.find_many({})},
            {(each.scope, each.subject, each.name): each.settings for each in self._presets.find_many({})},
        )

    def detect(self, name: str) -> ModelFamilyDTO:
        """What a model file is taken for; "unknown" is an answer."""
        own = self.own()
        found = recognise(name, None, load_families())
        chosen = own.chosen_family(name)
        family = load_family(chosen or found.family) if chosen or found.family != UNKNOWN else None
        return ModelFamilyDTO(
            model=name,
            family=family.name if family else UNKNOWN,
            title=family.title if family else "",
            reason="you have said so" if chosen else _reason(name, found),
            other_task=family.other_task(name) if family else "",
            kinds=list(family.kinds) if family else [],
            workflows={str(kind): flow for kind, flow in family.workflows.items()} if family else {},
            presets=_names(own, family, name),
            default_preset=family.default if family else None,
        )

    def choose_family(self, name: str, family: str) -> ModelFamilyDTO:
        """From now on the file is of that family. Raises InvalidInput for what is no file's name, NotFound."""
        _require_file_name(name)
        load_family(family)
        key = file_key(name)
        if self._families.update_one({"model": key}, {"$set": {"family": family}}) is None:
            self._families.create(ModelFamily(model=key, family=family))
        return self.detect(name)

    def forget_family(self, name: str) -> ModelFamilyDTO:
        """From now on its name decides again."""
        self._families.delete_many({"model": file_key(name)})
        return self.detect(name)

    def list_families(self) -> FamilyListDTO:
        """In the order in which detection tries them."""
        own = self.own()
        found = [_family(each, own) for each in load_families()]
        return FamilyListDTO(items=found, total=len(found))

    def list_presets(self, reference: str | None = None) -> PresetListDTO:
        """The presets of a family or model, or of all families and of the models that have some of their own."""
        own = self.own()
        if reference is not None:
            subjects = [_subject(reference, own)]
        else:
            models = sorted({subject for scope, subject, _ in own.presets if scope is PresetScope.MODEL})
            subjects = [_subject(text, own) for text in (*list_families(), *models)]
        found = [_preset(own, each, name) for each in subjects for name in _names(own, each.family, each.model)]
        return PresetListDTO(items=found, total=len(found))

    def get_preset(self, reference: str, name: str) -> PresetDTO:
        """A preset, value by value. Raises NotFound with the presets there are."""
        own = self.own()
        return _preset(own, _subject(reference, own), name)

    def set_preset(self, reference: str, request: PresetUpdateDTO) -> PresetDTO:
        """Lay values over a shipped preset, or make one upon the family's default. Raises InvalidInput for a value that
        is wrong or that the family's workflow cannot use; then nothing is stored."""
        own = self.own()
        subject = _subject(reference, own)
        _check(subject, request.settings)
        where = {"scope": subject.scope, "subject": subject.key, "name": request.name}
        stored = self._presets.find_one(where)
        settings = merged_settings(stored.settings if stored else {}, request.settings)
        if not settings:
            raise InvalidInput(
                f"nothing would be left of your preset {request.name} for {subject.key}",
                fix=f"vidctl comfyui presets reset {reference} {request.name} takes it away",
            )
        key = (subject.scope, subject.key, request.name)
        shown = _preset(replace(own, presets={**own.presets, key: settings}), subject, request.name)
        if stored:
            self._presets.save(stored.model_copy(update={"settings": settings}))
        else:
            self._presets.create(ModelPreset(**where, settings=settings))
        return shown

    def reset_preset(self, reference: str, name: str) -> DeletedDTO:
        """Take the person's values away; what is shipped counts again. Raises NotFound if there are none."""
        subject = _subject(reference, self.own())
        stored = self._presets.find_one({"scope": subject.scope, "subject": subject.key, "name": name})
        if stored is None:
            raise NotFound(
                f"you have no preset {name} for {subject.key}",
                cause="shipped presets stay as they are",
                fix=f"vidctl comfyui presets list {reference} shows which are yours",
            )
        self._presets.delete_by_id(stored.id)
        return DeletedDTO(id=stored.id, name=f"your preset {name} for {subject.key}", deleted={"presets": 1})


def _reason(name: str, found: Detection) -> str:
    if found.family != UNKNOWN:
        return f"{_quoted(found.words)} in {found.part}"
    if found.ruled_out:
        return "; ".join(f"{_quoted(words)} rules {family} out" for family, words in found.ruled_out.items())
    words = _quoted(tokens(name)[1:-1]) or "nothing"
    return f"its words tell no family: {words}"


def _quoted(words: Sequence[str]) -> str:
    return " and ".join(f'"{word}"' for word in words)


def _family(family: Family, own: OwnModels) -> FamilyDTO:
    return FamilyDTO(
        **family.model_dump(include={"name", "title", "multiple", "fps"}),
        kinds=list(family.kinds),
        folders=list(family.folders),
        workflows={str(kind): name for kind, name in family.workflows.items()},
        presets=_names(own, family, ""),
        default_preset=family.default,
        frame_offset=family.grid.offset if family.grid else None,
        frame_step=family.grid.step if family.grid else None,
    )


def _names(own: OwnModels, family: Family | None, model: str) -> list[str]:
    """The presets there are: the shipped ones in their order, then the person's."""
    return list(dict.fromkeys([*(family.presets if family else ()), *own.preset_names(family, model)]))


def _subject(reference: str, own: OwnModels) -> _Subject:
    if reference in list_families():
        return _Subject(PresetScope.FAMILY, reference, load_family(reference))
    if not is_file_name(reference):
        raise unknown("family", reference, list_families())
    family = own.family_of(reference)
    return _Subject(PresetScope.MODEL, file_key(reference), None if family == UNKNOWN else load_family(family))


def _require_file_name(name: str) -> None:
    if not is_file_name(name):
        raise InvalidInput(
            f"{name} is not the name of a model file", fix="name it with its extension, as x.safetensors"
        )


def _check(subject: _Subject, settings: RenderSettings) -> None:
    for name in settings:
        if name in _NOT_IN_A_PRESET:
            raise InvalidInput(
                f"a preset cannot hold {name}",
                cause="it says how a model works, not what is made with it",
                fix=f"set {name} for a project, clip or render",
            )
    refusals = []
    for kind in subject.kinds:
        try:
            return check_settings(kind, settings)
        except InvalidInput as error:
            refusals.append(error)
    raise refusals[0]


def _preset(own: OwnModels, subject: _Subject, name: str) -> PresetDTO:
    family, changes = subject.family, own.layers(subject.family, subject.model, name)
    if family is None and not changes:
        raise NotFound(
            f"there is no preset {name} for {subject.key}",
            cause="vidctl does not know what kind of model it is",
            fix=f"vidctl comfyui detect {subject.key} --as FAMILY",
        )
    resolved = _resolved(own, family, subject.model, name) if family else _plain(changes)
    return PresetDTO(
        subject=subject.key,
        name=name,
        family=family.name if family else UNKNOWN,
        shipped=family is not None and name in family.presets,
        changed=bool(changes),
        is_default=family is not None and name == family.default,
        values=dict(resolved.values),
        loras=[lora.model_dump() for lora in resolved.loras],
        origins=dict(resolved.origins),
    )


def _resolved(own: OwnModels, family: Family, model: str, name: str) -> Resolved:
    """As generation does it, without what a film and a server add."""
    base = family.preset(name, model, own.preset_names(family, model))
    named = name if name in family.presets else family.default
    changes = own.layers(family, model, name)
    layers = [
        Layer(f"family {family.name}, preset {named}", base.values, base.loras or None, chosen=False),
        Layer("the model's name", family.variant_values(model), chosen=False),
        *(_layer(source, settings) for source, settings in changes),
    ]
    return resolve(layers, _workflow(family, {name for _, settings in changes for name in settings}))


def _workflow(family: Family, wanted: set[str]) -> Workflow:
    """The family's workflow that declares all of these, else its first."""
    workflows = [load_workflow(family.workflows[kind]) for kind in family.kinds]
    return next((flow for flow in workflows if wanted <= {*flow.parameters, "loras"}), workflows[0])


def _plain(changes: Sequence[tuple[str, RenderSettings]]) -> Resolved:
    """The person's own values, where no family stands behind them."""
    values: dict[str, JsonValue] = {}
    origins: dict[str, str] = {}
    for source, settings in changes:
        values |= {name: value for name, value in settings.items() if name != "loras"}
        origins |= dict.fromkeys(settings, source)
    loras = next((read_loras(settings["loras"], source) for source, settings in changes if "loras" in settings), ())
    return Resolved(values, loras, origins)


def _layer(source: str, settings: RenderSettings) -> Layer:
    loras = settings.get("loras")
    values = {name: value for name, value in settings.items() if name != "loras"}
    return Layer(source, values, None if loras is None else read_loras(loras, source))
