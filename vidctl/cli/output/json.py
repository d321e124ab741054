"""`--json`: one document for a short command, one event a line and the result last for a long one.

Every document and every line says in `schema_version` which version of the contract it keeps, and a result in `schema`
of which shape it is, as `vidctl schema` tells them. Their fields follow on the same level.
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
from vidctl.dtos import SCHEMA_VERSION
from vidctl.errors import VidctlError


class JsonScreen:
    """Prints JSON on standard output."""

    def __init__(self) -> None:
        self.is_streaming = False
        self._has_result = False

    def show(self, result: Any) -> None:
        """One document."""
        self._has_result = True
        write_document({**_shape(result), **as_json(result)})

    def stream(self, events: Iterator[Event]) -> None:
        """Each event as {"event": name, …}; the result as {"event": "result", "schema": …, "result": …}."""
        self.is_streaming = True
        with closing(events):  # type: ignore[type-var]
            for event in events:
                if isinstance(event, Result):
                    self._has_result, self.is_streaming = True, False
                    _write({"event": "result", **_shape(event.value), "result": as_json(event.value)})
                else:
                    _write({"event": event_name(event), **dataclasses.asdict(event)})
        self.is_streaming = False

    def room_for_pictures(self, number: int | None) -> None:
        """JSON holds none."""
        return

    def error(self, error: VidctlError) -> None:
        """{"error": …}, in a stream as its last event."""
        write_error(error)
        self._refuse(error.as_dict())

    def bug(self, error: Exception) -> None:
        """The same with the code "bug"."""
        write_bug(error)
        told = VidctlError(f"{type(error).__name__}: {error}", cause="this is a bug in vidctl", fix="please report it")
        self._refuse({**told.as_dict(), "code": "bug"})

    def _refuse(self, error: dict[str, Any]) -> None:
        if self._has_result:
            return
        if self.is_streaming:
            _write({"event": "error", "error": error})
        else:
            write_document({"error": error})


def event_name(event: Event) -> str:
    """JobFinished → job_finished"""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_json(result: Any) -> Any:
    """A result as plain JSON values."""
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result.as_json()


def write_document(document: dict[str, Any]) -> None:
    """Print a document, easy to read."""
    _write(document, indent=2)


def _shape(result: Any) -> dict[str, str]:
    """The name of the result's shape, where it has one."""
    return {"schema": type(result).__name__} if isinstance(result, BaseModel) else {}


def _write(fields: dict[str, Any], indent: int | None = None) -> None:
    document = {"schema_version": SCHEMA_VERSION, **fields}
    # escapes for other letters where standard output cannot take them
    takes_any_letter = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(document, indent=indent, ensure_ascii=not takes_any_letter, default=str) + "\n")
    sys.stdout.flush()
