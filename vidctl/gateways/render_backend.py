"""The port to whatever can render a RenderRequest: a ComfyUI server, the built-in animatic, later a cloud.

A render is known by a prompt id that *we* choose and store before we submit. So a render survives our process:
after a crash `locate` tells whether the backend still knows the id, and `watch` takes it up again.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from vidctl.domain.recipe import RenderRequest


class Whereabouts(StrEnum):
    """What a backend knows of a prompt id. UNKNOWN means lost or never seen, never done."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class BackendStatus:
    """`devices` are lines for people, such as "cuda:0 RTX 4090, 20.1 of 24.0 GiB free"."""

    version: str
    devices: tuple[str, ...] = ()
    queued: int = 0
    running: int = 0


@dataclass(frozen=True)
class RenderProgress:
    """`fraction` is 0 to 1 over the whole render and never falls; `step` of `steps` is the node's own count.
    `queue_position` counts the renders before ours (None once it runs)."""

    fraction: float
    node: str = ""
    step: int = 0
    steps: int = 0
    queue_position: int | None = None


@dataclass(frozen=True)
class RemoteFile:
    """A file a render made, as the backend names it. `local` is set where it already lies on this machine."""

    filename: str
    subfolder: str = ""
    type: str = "output"
    local: Path | None = None


@dataclass(frozen=True)
class RenderDone:
    """The last thing `watch` yields. `files` in the order the backend lists them."""

    files: tuple[RemoteFile, ...]
    seconds: float | None = None
    warnings: tuple[str, ...] = field(default=())


RenderEvent = RenderProgress | RenderDone


class RenderCancelled(Exception):
    """The render was interrupted, by us or by somebody else."""


class RenderLost(Exception):
    """The backend no longer knows the prompt id: it restarted, or its queue was cleared."""


class RenderBackend(Protocol):
    """Raises Unreachable when the backend does not answer, AuthenticationFailed when it refuses us."""

    name: str
    #: Whether a render outlives our process, so that `locate` and `watch` can take it up again.
    durable: bool

    def status(self) -> BackendStatus:
        """Ask whether it is there and what it is."""

    def validate(self, request: RenderRequest) -> None:
        """Check the request without rendering. Raises ServerCannotRender with everything that is missing."""

    def submit(self, request: RenderRequest, prompt_id: str) -> None:
        """Hand over a render under our id. Raises RenderRejected or ServerCannotRender if it is refused, and
        Unreachable if it is uncertain whether it was received; then ask `locate` before submitting again."""

    def locate(self, prompt_id: str) -> Whereabouts:
        """Where the render is."""

    def watch(self, prompt_id: str) -> Generator[RenderEvent, None, None]:
        """Progress until RenderDone, at least once a second even if nothing is new, so that the caller may stop.
        A lost connection is not a lost render: it reconnects and asks.
        Raises RenderFailed, RenderCancelled, RenderLost; Unreachable when the backend stays silent for too long."""

    def fetch(self, file: RemoteFile, destination: Path) -> None:
        """Copy an output to `destination` (complete or not at all). Raises DiskFull, OutputInvalid if it is gone."""

    def cancel(self, prompt_id: str) -> bool:
        """Stop exactly this render, queued or running; whether it was found. Asking twice is fine."""

    def close(self) -> None:
        """Give back connections. Running renders go on."""
