"""The shipped workflows as people read them: what each makes, what can be set, and what a server needs for it."""

from __future__ import annotations

from vidctl.domain.parameter import ParameterType
from vidctl.domain.workflow import Workflow
from vidctl.dtos.model_dtos import WorkflowDetailDTO, WorkflowDTO, WorkflowListDTO, WorkflowParameterDTO
from vidctl.presets.loader import list_workflows, load_workflow


class WorkflowLibrary:
    """What one can know of workflows."""

    def list_workflows(self) -> WorkflowListDTO:
        """By name."""
        found = [_response(load_workflow(name)) for name in list_workflows()]
        return WorkflowListDTO(items=found, total=len(found))

    def get_workflow(self, name: str) -> WorkflowDetailDTO:
        """One workflow. Raises NotFound with the names there are."""
        workflow = load_workflow(name)
        return WorkflowDetailDTO(
            **workflow.model_dump(include={"name", "kind", "summary", "proof"}),
            families=list(workflow.families),
            parameters=[_parameter(workflow, each) for each in workflow.parameters],
            models=_models(workflow),
            takes_loras=bool(workflow.lora_chains),
            requirements=list(workflow.requirements),
            node_classes=sorted(workflow.node_classes),
        )


def _response(workflow: Workflow) -> WorkflowDTO:
    return WorkflowDTO(
        **workflow.model_dump(include={"name", "kind", "summary"}),
        families=list(workflow.families),
        parameters=list(workflow.parameters),
        models=_models(workflow),
    )


def _models(workflow: Workflow) -> dict[str, str]:
    found = workflow.parameters.items()
    return {name: each.folder for name, each in found if each.type is ParameterType.MODEL}


def _parameter(workflow: Workflow, name: str) -> WorkflowParameterDTO:
    parameter = workflow.parameters[name]
    has_default = not parameter.required and not parameter.half_of
    return WorkflowParameterDTO(
        **parameter.model_dump(include={"type", "required", "minimum", "maximum", "description"}),
        name=name,
        default=workflow.default_of(name) if has_default else None,
    )
