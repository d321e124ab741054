"""Which model, family and workflow a render uses, when a person has named all, some or none of them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vidctl.domain.families import UNKNOWN, Family
from vidctl.domain.model_names import stem
from vidctl.domain.recipe import MediaKind
from vidctl.domain.workflow import Workflow
from vidctl.errors import InvalidInput, ServerCannotRender, Unreachable
from vidctl.presets.loader import list_workflows, load_families, load_family, load_workflow
from vidctl.services.own_models import OwnModels

_MAIN_FOLDERS = ("checkpoints", "diffusion_models")
Models = Mapping[str, Sequence[str]] | None
Chosen = Callable[[str], tuple[str, str] | None]


@dataclass(frozen=True)
class Choice:
    """`source` says who chose the model; `family` is None where nobody knows it and a workflow was named."""

    model: str
    workflow: Workflow
    family: Family | None
    source: str


def choose_model(kind: MediaKind, chosen: Chosen, models: Models, own: OwnModels) -> Choice:
    """Raises InvalidInput where a person must choose, ServerCannotRender where the server has nothing to offer."""
    named_workflow, named_model = chosen("workflow"), chosen("model")
    workflow = load_workflow(named_workflow[0]) if named_workflow else None
    if workflow is not None and workflow.kind is not kind:
        raise InvalidInput(
            f"workflow {workflow.name} makes {workflow.kind}s, not {kind}s", fix=f"use vidctl generate {workflow.kind}"
        )
    if named_model is not None:
        model, source = named_model
    else:
        model, source = _only_candidate(kind, workflow, models, own), "the server's only fitting model"
    named = chosen("family")
    name = named[0] if named else own.family_of(model, _folder_of(model, models))
    family = _fitting_family(name, model, kind, models, has_workflow=workflow is not None)
    if workflow is None:
        assert family is not None
        workflow = load_workflow(family.workflows[kind])
    return Choice(model, workflow, family, source)


def _fitting_family(name: str, model: str, kind: MediaKind, models: Models, *, has_workflow: bool) -> Family | None:
    if name == UNKNOWN:
        if has_workflow:
            return None
        _require_model(model, models)
        raise InvalidInput(
            f"vidctl does not know what kind of model {model} is",
            cause="its file name does not tell",
            fix=f"say it with --set family=NAME ({', '.join(f.name for f in load_families())}) or for good with "
            f"vidctl comfyui detect {model} --as NAME; or name a --workflow ({', '.join(list_workflows())})",
        )
    family = load_family(name)
    if not has_workflow and kind not in family.kinds:
        makes = " and ".join(f"{k}s" for k in family.kinds)
        raise InvalidInput(f"{model} cannot make a {kind}", cause=f"it is {family.title}, which makes {makes}",
                           fix="choose another --model")  # fmt: skip
    task = family.other_task(model)
    if task and not has_workflow:
        raise InvalidInput(f"{model} is for {task}", cause=f"vidctl's {kind} workflow of {family.title} cannot use it",
                           fix="choose another --model, or a --workflow that fits")  # fmt: skip
    return family


def _require_model(model: str, models: Models) -> None:
    """Raise ServerCannotRender for a name that the server has no file of: it may only be mistyped."""
    if models is None or _folder_of(model, models) is not None:
        return
    there = {stem(name): name for folder in _MAIN_FOLDERS for name in models.get(folder, ())}
    near = [there[name] for name in difflib.get_close_matches(stem(model), there, 3)]
    raise ServerCannotRender(
        f"the server has no model {model}",
        cause=f"it is not among the {len(there)} files in its folders {' and '.join(_MAIN_FOLDERS)}",
        fix=f"did you mean {' or '.join(near)}?" if near else "vidctl comfyui models SERVER lists what it has",
    )


def _folder_of(model: str, models: Models) -> str | None:
    return next((folder for folder in _MAIN_FOLDERS if model in (models or {}).get(folder, ())), None)


def _only_candidate(kind: MediaKind, workflow: Workflow | None, models: Models, own: OwnModels) -> str:
    if models is None:
        raise Unreachable(
            f"no model is named for the {kind}, and no server can be asked which it has",
            fix="start the server, or name a --model",
        )
    found = list(candidates(kind, models, own, workflow))
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(
            f"the server has several models that could make the {kind}",
            cause=", ".join(found[:12]) + (" …" if len(found) > 12 else ""),
            fix=f"choose one with --model, or for the whole film: vidctl project update --set {kind}.model=FILE",
            candidates=found,
        )
    raise ServerCannotRender(
        f"the server has no model that vidctl knows how to make a {kind} with",
        cause="none of the files in its folders checkpoints and diffusion_models is of a known family",
        fix="vidctl comfyui models SERVER lists what it has; name one with --model and its --set family=NAME",
    )


def candidates(
    kind: MediaKind, models: Mapping[str, Sequence[str]], own: OwnModels, workflow: Workflow | None = None
) -> Iterator[str]:
    """The server's models that could make this kind of picture, with that workflow if one is named."""
    for folder in _MAIN_FOLDERS:
        for name in models.get(folder, ()):
            family_name = own.family_of(name, folder)
            if family_name == UNKNOWN:
                continue
            family = load_family(family_name)
            fits = kind in family.kinds if workflow is None else family.name in workflow.families
            if fits and not family.other_task(name):
                yield name
