"""Reading a manifest: the whole file is looked at, and all that is wrong with it is told at once, line by line."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vidctl.domain.manifest import FORMAT, TABLES, Entry, Manifest, TemplateEntry, TemplateFile
from vidctl.domain.manifest_layout import Fault
from vidctl.domain.manifest_mending import Doubts, mended, names_of
from vidctl.domain.toml_lines import Path as TomlPath
from vidctl.domain.toml_lines import TomlLines
from vidctl.dtos.base import field_of, in_words
from vidctl.errors import InvalidInput, NewerFormat
from vidctl.services.given_files import require_file
from vidctl.services.manifest_checks import wrong_settings_of

#: Far more than 100,000 clips with long prompts would need.
SIZE_LIMIT = 256 * 1024 * 1024
_TOLD = 20
M = TypeVar("M", bound=Entry)
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class ManifestFile:
    """A manifest without what is wrong in its fields by themselves: `faults`. Where those were, it is doubtful. `name`
    is what messages call the file; lines are looked up in its text."""

    path: Path
    name: str
    text: str
    manifest: Manifest
    faults: Sequence[Fault]
    doubts: Doubts

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raises InvalidInput for these and its own, if there are any."""
        if found := [*self.faults, *faults]:
            raise _refusal(self.name, self.text, found)


def read_manifest(path: Path, given: BinaryIO | None = None) -> ManifestFile:
    """From a file, or from standard input if that is given. Raises InvalidInput for what is no manifest at all,
    NewerFormat, NotFound."""
    name = path.name if given is None else "standard input"
    raw = _contents(path) if given is None else _stream(given)
    text, values = _parsed(name, raw)
    manifest, faults, doubts = _read(name, text, values, Manifest)
    return ManifestFile(path, name, text, manifest, faults, doubts)


def read_templates(path: Path) -> Sequence[TemplateEntry]:
    """Those of a file that holds nothing else. Raises InvalidInput that names each line and field at fault,
    NewerFormat, NotFound."""
    text, values = _parsed(path.name, _contents(path))
    file, faults, _ = _read(path.name, text, values, TemplateFile)
    slugs = [entry.slug for entry in file.template]
    twice = [n for n, slug in enumerate(slugs) if slug in slugs[:n]]
    found = [*faults, *(Fault(("template", n, "slug"), f"{slugs[n]} is there already") for n in twice)]
    for number, entry in enumerate(file.template):
        found += wrong_settings_of(("template", number), entry)
    if found:
        raise _refusal(path.name, text, found)
    return file.template


def _parsed(name: str, raw: bytes) -> tuple[str, dict[str, Any]]:
    text = _decoded(name, raw)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(name, text, error) from error
    except (RecursionError, ValueError) as error:
        cause = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise InvalidInput(f"{name} is no TOML that can be read", cause=cause) from error
    version = values.get("vidctl")
    if isinstance(version, int) and version > FORMAT:
        raise NewerFormat(
            f"{name} was written for a newer vidctl",
            cause=f"its format is {version}; this vidctl knows formats up to {FORMAT}",
            fix="upgrade vidctl on this machine",
        )
    return text, values


def _read(name: str, text: str, values: dict[str, Any], kind: type[M]) -> tuple[M, Sequence[Fault], Doubts]:
    """What is left of a file without what is wrong with its fields, and that. Raises InvalidInput if nothing is."""
    try:
        return kind.model_validate(values), (), Doubts()
    except ValidationError as error:
        issues = error.errors(include_url=False)
        faults = [_fault(issue, kind) for issue in issues]
        rest, doubts = mended(values, [fault.path for fault in faults])
        try:
            return kind.model_validate(rest), faults, doubts.also(_meant(issues, kind))
        except ValidationError:
            raise _refusal(name, text, faults) from error


def _contents(path: Path) -> bytes:
    require_file(path)
    try:
        with path.open("rb") as file:
            return _up_to_limit(file, path.name)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read", cause=error.strerror or str(error)) from error


def _stream(given: BinaryIO) -> bytes:
    try:
        raw = _up_to_limit(given, "what standard input gives")
    except OSError as error:
        raise InvalidInput("standard input cannot be read", cause=error.strerror or str(error)) from error
    if not raw.strip():
        raise InvalidInput(
            "nothing was read from standard input",
            cause="it is empty",
            fix="pipe a manifest to it: vidctl project dump | vidctl project apply -",
        )
    return raw


def _up_to_limit(file: BinaryIO, name: str) -> bytes:
    raw = file.read(SIZE_LIMIT + 1)
    if len(raw) > SIZE_LIMIT:
        raise InvalidInput(f"{name} is too large for a manifest", cause=f"it has more than {SIZE_LIMIT >> 20} MiB")
    return raw


def _decoded(name: str, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"line {line} of {name} is no text", cause="it is not UTF-8", fix="save it as UTF-8", line=line
        ) from error
    return text.replace("\r\n", "\n")


def _syntax_error(name: str, text: str, error: tomllib.TOMLDecodeError) -> InvalidInput:
    told = str(error)
    place = _PLACE.search(told)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return InvalidInput(
        f"line {line} of {name} is no TOML",
        cause=told[: place.start()] if place else told,
        fix='texts stand in quotes, tables begin with [name]: name = "Neon Nights"',
        line=line,
    )


def _fault(issue: ErrorDetails, kind: type[Entry]) -> Fault:
    path = field_of(issue)
    if issue["type"] == "extra_forbidden":
        near = _near(path, kind)
        return Fault(path, f"there is no such field; {f'did you mean {near}?' if near else _known(path, kind)}")
    if path == ("vidctl",):
        return Fault(path, f"must be {FORMAT}, the version of the format")
    given = issue.get("input")
    shown = f" (given: {given!r:.60})" if isinstance(given, str | int | float) and issue["type"] != "missing" else ""
    return Fault(path, f"{in_words(issue)}{shown}")


def _meant(issues: Iterable[ErrorDetails], kind: type[Entry]) -> Iterator[TomlPath]:
    """The fields that unknown ones may have been meant to be."""
    for path in (field_of(issue) for issue in issues if issue["type"] == "extra_forbidden"):
        if near := _near(path, kind):
            yield (*path[:-1], near)
            if near == "name":  # of which a slug would be made
                yield (*path[:-1], "slug")


def _near(path: TomlPath, kind: type[Entry]) -> str:
    """The field that an unknown one may have been meant to be; "" if none is like it."""
    return next(iter(difflib.get_close_matches(str(path[-1]), _fields(path, kind), 1, 0.5)), "")


def _known(path: TomlPath, kind: type[Entry]) -> str:
    return f"there are {', '.join(_fields(path, kind))}"


def _fields(path: TomlPath, kind: type[Entry]) -> list[str]:
    """Those of the table that a path leads into."""
    table = names_of(path[:-1])
    return list((TABLES[table] if table else kind).model_fields)


def _refusal(name: str, text: str, faults: Sequence[Fault]) -> InvalidInput:
    lines = TomlLines(text)
    told = sorted((lines.line(each.path), ".".join(names_of(each.path)), each.problem) for each in faults)
    rows = [": ".join(filter(None, (f"line {line}", field, problem))) for line, field, problem in told[:_TOLD]]
    rows += [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    count = "one fault" if len(told) == 1 else f"{len(told)} faults"
    return InvalidInput(
        f"{name} has {count}; nothing was changed",
        cause="\n".join(rows),
        fix="vidctl help manifest tells what a manifest may hold",
        faults=[{"line": line, "field": field, "problem": problem} for line, field, problem in told],
    )
