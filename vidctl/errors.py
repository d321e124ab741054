"""Every error that vidctl raises on purpose, and the exit code it ends with.

    VidctlError                     1   failed
    ├── StoreFailed                 1   the store answered with an error of its own
    ├── RenderFailed                1   a server ran the graph and it failed
    │   ├── RenderRejected          1   a server refused the graph before running it
    │   │   └── ServerCannotRender  1   ... because it lacks a model, node or value
    │   └── OutputInvalid           1   what it made does not decode
    ├── ExportFailed                1
    ├── DiskFull                    1
    ├── InvalidInput                2   a value is wrong
    │   ├── UnusedParameter         2   ... or cannot be used by the chosen workflow
    │   ├── MediaInvalid            2   ... or is a file that is not what it claims to be
    │   └── AmbiguousReference      2
    ├── NotFound                    3
    ├── Conflict                    4
    │   ├── DuplicateName           4
    │   ├── StaleDocument           4   somebody else changed it in between
    │   ├── TimelineOverlap         4
    │   ├── Locked                  4   a person has locked it against changes
    │   ├── IllegalTransition       4   a job cannot do that in its state
    │   └── LeaseLost               4   another worker has taken the job over
    ├── Unreachable                 5   a server or store does not answer
    ├── ConfigurationError          6
    │   ├── AuthenticationFailed    6
    │   ├── NewerFormat             6   written by a newer vidctl
    │   └── MissingTool             6   ffmpeg or an optional package
    ├── PartlyDone                  7
    └── Interrupted               130

Each carries the problem, its cause and what to do about it. Only cli/main.py turns them into text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class VidctlError(Exception):
    """Base of all errors meant for people. `code` is stable; scripts may rely on it."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, *, cause: str = "", fix: str = "", **details: Any) -> None:
        super().__init__(problem)
        self.problem = problem
        self.cause = cause
        self.fix = fix
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """The form that `--json` prints and jobs keep: code, problem, cause, fix, details."""
        return {
            "code": self.code,
            "problem": self.problem,
            "cause": self.cause,
            "fix": self.fix,
            "details": self.details,
        }

    def __str__(self) -> str:
        return f"{self.problem}: {self.cause}" if self.cause else self.problem


class StoreFailed(VidctlError):
    code = "store_failed"


class RenderFailed(VidctlError):
    code = "render_failed"


class RenderRejected(RenderFailed):
    code = "render_rejected"


class ServerCannotRender(RenderRejected):
    code = "server_cannot_render"


class OutputInvalid(RenderFailed):
    code = "output_invalid"


class ExportFailed(VidctlError):
    code = "export_failed"


class DiskFull(VidctlError):
    code = "disk_full"


class InvalidInput(VidctlError):
    code = "invalid_input"
    exit_code = 2


class UnusedParameter(InvalidInput):
    code = "unused_parameter"


class MediaInvalid(InvalidInput):
    code = "media_invalid"


class AmbiguousReference(InvalidInput):
    code = "ambiguous_reference"


class NotFound(VidctlError):
    code = "not_found"
    exit_code = 3


class Conflict(VidctlError):
    code = "conflict"
    exit_code = 4


class DuplicateName(Conflict):
    code = "duplicate_name"


class StaleDocument(Conflict):
    code = "stale_document"


class Locked(Conflict):
    code = "locked"


class TimelineOverlap(Conflict):
    code = "timeline_overlap"


class IllegalTransition(Conflict):
    code = "illegal_transition"


class LeaseLost(Conflict):
    code = "lease_lost"


class Unreachable(VidctlError):
    code = "unreachable"
    exit_code = 5


class ConfigurationError(VidctlError):
    code = "configuration"
    exit_code = 6


class AuthenticationFailed(ConfigurationError):
    code = "authentication_failed"


class NewerFormat(ConfigurationError):
    code = "newer_format"


class MissingTool(ConfigurationError):
    code = "missing_tool"


class PartlyDone(VidctlError):
    code = "partly_done"
    exit_code = 7


class Interrupted(VidctlError):
    code = "interrupted"
    exit_code = 130


def from_dict(told: Mapping[str, Any]) -> VidctlError:
    """The error that `as_dict` described, as jobs keep it. Raises KeyError for a code that does not exist."""
    kind = registry()[told["code"]]
    return kind(told["problem"], cause=told["cause"], fix=told["fix"], **told.get("details", {}))


def registry() -> dict[str, type[VidctlError]]:
    """Every error class by its code."""
    found: dict[str, type[VidctlError]] = {}
    waiting: list[type[VidctlError]] = [VidctlError]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting.extend(kind.__subclasses__())
    return found
