"""`--json`: one document for a short command, one event a line and the result last for a long one.

An error is a document too, so that whoever reads standard output always gets an answer; its words go to standard error
as ever. Behind a result nothing more is printed: then the exit code and standard error tell what failed.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from pydantic import BaseModel

from vidctl.cli.output.screen import write_bug, write_error
from vidctl.domain.events import Event, Result
from vidctl.errors import VidctlError


class JsonScreen:
    """Prints JSON on standard output."""

    def __init__(self) -> None:
        self.is_streaming = False
        self._has_result = False

    def show(self, result: Any) -> None:
        """One document."""
        self._has_result = True
        _write(as_json(result), indent=2)

    def stream(self, events: Iterator[Event]) -> None:
        """Each event as {"event": name, …}; the result as {"event": "result", "result": …}."""
        self.is_streaming = True
        with closing(events):  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Result):
                    self._has_result, self.is_streaming = True, False
                    _write({"event": "result", "result": as_json(event.value)})
                else:
                    _write({"event": event_name(event), **dataclasses.asdict(event)})
        self.is_streaming = False

    def error(self, error: VidctlError) -> None:
        """{"error": …}, in a stream as its last event."""
        write_error(error)
        if not self._has_result:
            told: dict[str, Any] = {"error": error.as_dict()}
            if self.is_streaming:
                _write({"event": "error", **told})
            else:
                _write(told, indent=2)

    def bug(self, error: Exception) -> None:
        """{"error": …} with the code "bug"."""
        write_bug(error)
        if not self._has_result:
            _write({"error": {"code": "bug", "problem": f"{type(error).__name__}: {error}"}}, indent=None)


def event_name(event: Event) -> str:
    """JobFinished → job_finished"""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_json(result: Any) -> Any:
    """A result as plain JSON values."""
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result.as_json()


def _write(document: Any, indent: int | None = None) -> None:
    sys.stdout.write(json.dumps(document, indent=indent, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
