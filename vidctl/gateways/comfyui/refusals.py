"""A server's reasons in our words: a graph that it refuses, a node that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidctl.errors import RenderFailed, RenderRejected, ServerCannotRender

#: Refusals that another server may not have: it lacks a node class, a model or a value (ComfyUI 0.3.75 to 0.30.0).
_LACKS = frozenset({"missing_node_type", "value_not_in_list"})
_OOM_TYPES = ("OutOfMemoryError",)
_OOM_WORDS = ("out of memory", "Allocation on device", "can't allocate memory")


def refusal(server: str, body: Mapping[str, Any]) -> RenderRejected:
    """The error for a 400 answer to POST /prompt, or for the node_errors of a 200. `details["nodes"]` lists
    node_id, class_type, field, type and reason of each."""
    nodes = list(_refused_nodes(body))
    if any(node["type"] in _LACKS for node in nodes):
        return ServerCannotRender(
            f"{server} cannot render this graph",
            cause="; ".join(map(_line, nodes)),
            fix="install what is missing there, or choose another server, model or value",
            nodes=nodes,
        )
    return RenderRejected(
        f"{server} refused the graph",
        cause="; ".join(map(_line, nodes)) or "it gave no reason",
        fix="correct the workflow or the value",
        nodes=nodes,
    )


def execution_failure(server: str, report: Mapping[str, Any]) -> RenderFailed:
    """The error for an execution_error. `details`: node_id, class_type, exception_type, message, traceback (text)
    and oom, which is True if memory ran out."""
    kind, message = str(report.get("exception_type", "")), str(report.get("exception_message", "")).strip()
    oom = kind.endswith(_OOM_TYPES) or any(word in message for word in _OOM_WORDS)
    node_id, class_type = str(report.get("node_id", "?")), str(report.get("node_type", "?"))
    return RenderFailed(
        f"node {node_id} ({class_type}) failed on {server}",
        cause=f"{kind}: {message}" if kind else message,
        fix="render smaller or fewer frames, or on a server with more memory" if oom else "",
        node_id=node_id,
        class_type=class_type,
        exception_type=kind,
        message=message,
        traceback="".join(report.get("traceback") or ()),
        oom=oom,
    )


def _refused_nodes(body: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    per_node: Mapping[str, Any] = body.get("node_errors") or {}
    for node_id, node in per_node.items():
        for error in node.get("errors") or ():
            yield _refused(node_id, node.get("class_type", ""), error)
    if not per_node and body.get("error"):
        error = body["error"]
        extra = error.get("extra_info") or {}
        yield _refused(extra.get("node_id", ""), extra.get("class_type", ""), error)


def _refused(node_id: str, class_type: str | None, error: Mapping[str, Any]) -> dict[str, str]:
    field = str((error.get("extra_info") or {}).get("input_name", ""))
    message, details = str(error.get("message", "")), str(error.get("details", "")).removeprefix(f"{field}: ")
    return {
        "node_id": str(node_id),
        "class_type": class_type or "",
        "field": field,
        "type": str(error.get("type", "")),
        "reason": f"{message}: {details}" if details and details != field else message,
    }


def _line(node: Mapping[str, str]) -> str:
    where = f"node {node['node_id']} ({node['class_type']})" if node["node_id"] else ""
    place = " ".join(part for part in (where, node["field"]) if part)
    return f"{place}: {node['reason']}" if place else node["reason"]
