"""Running the command line in tests: in this process where that is enough, as a process of its own where it matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vidctl
from tests.house.contract import CONTRACT
from vidctl.dtos import SCHEMA_VERSION

_SOURCES = str(Path(vidctl.__file__).parent.parent)
_SHAPES = {name: set(fields.split()) for names in CONTRACT.values() for name, fields in names.items()}
VIDCTL = (sys.executable, "-m", "vidctl")


@dataclass(frozen=True)
class Run:
    """What one command line left: exit code and both streams. No command may ever show a traceback."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.err, self.err
        assert "Traceback" not in self.out, self.out

    def json(self) -> Any:
        """The one document on standard output, without what says which version and shape it is."""
        return _fields(json.loads(self.out))

    def events(self) -> list[dict[str, Any]]:
        """The events of a stream, one a line."""
        return [_fields(json.loads(line)) for line in self.out.splitlines()]

    def result(self) -> Any:
        """What a stream ended with."""
        *_, last = self.events()
        assert last["event"] == "result", last
        return last["result"]

    def error(self) -> dict[str, Any]:
        """The error that `--json` told."""
        *_, last = self.events() if self.out.startswith('{"') else [self.json()]
        error: dict[str, Any] = last["error"]
        return error

    def rows(self) -> list[list[str]]:
        """A table on standard output, cell by cell, its header first."""
        return [line.split("\t") for line in self.out.splitlines()]

    def fields(self) -> dict[str, str]:
        """Labels and values on standard output."""
        return dict(line.split("\t", 1) for line in self.out.splitlines() if "\t" in line)


def _fields(document: dict[str, Any]) -> dict[str, Any]:
    """The document's own fields. It is of this version, and holds exactly what the contract says of its shape."""
    assert document.pop("schema_version") == SCHEMA_VERSION
    if shape := document.pop("schema", None):
        told = document["result"] if "event" in document else document
        assert told.keys() == _SHAPES[shape]
    return document


def environment() -> dict[str, str]:
    """This test's environment for a process, which finds vidctl as this process did."""
    paths = [_SOURCES, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def start(*arguments: object, stdin: int = subprocess.DEVNULL, **options: Any) -> subprocess.Popen[str]:
    """A vidctl process with pipes."""
    command = [*VIDCTL, *map(str, arguments)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"} | options
    return subprocess.Popen(command, env=environment(), stdin=stdin, **streams)


def finish(process: subprocess.Popen[str], seconds: float = 60) -> Run:
    """Wait for a process to end."""
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        finally:
            process.kill()
    return Run(process.returncode, out or "", err or "")


def run_process(*arguments: object, **options: Any) -> Run:
    """A whole run in a process of its own."""
    return finish(start(*arguments, **options))
