"""Settings and where each value came from: defaults < user file < project file < VIDCTL_* < flags.

Both files are TOML. A file's top-level keys hold for every profile; `[profiles.NAME]` overrides them while that
profile is chosen (by --profile, VIDCTL_PROFILE, or the key `profile`). Only the standard library is needed to read
them, because every command does.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidctl.domain.masking import without_password
from vidctl.errors import ConfigurationError, InvalidInput, NotFound
from vidctl.settings.keys import KEYS

PROJECT_FILE = "vidctl.toml"


@dataclass(frozen=True)
class Setting:
    """A value with its origin, such as "default", "VIDCTL_STORE" or a file's path."""

    name: str
    value: Any
    origin: str


class Settings:
    """All settings of one run. Values are read as attributes; `show()` is for people and hides passwords."""

    def __init__(self, values: Mapping[str, Setting], project_file: Path | None) -> None:
        self._values = dict(values)
        self.project_file = project_file

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name].value
        except KeyError:
            raise AttributeError(name) from None

    def origin(self, name: str) -> str:
        """Where a value came from."""
        return self._values[name].origin

    def show(self) -> list[Setting]:
        """Every setting, passwords in URLs replaced by ***."""
        return [Setting(s.name, without_password(s.value), s.origin) for s in self._values.values()]


def user_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's settings file: VIDCTL_CONFIG, else the system's place for it."""
    if environ.get("VIDCTL_CONFIG"):
        return Path(environ["VIDCTL_CONFIG"])
    from platformdirs import user_config_path

    return user_config_path("vidctl", appauthor=False) / "config.toml"


def find_project_file(start: Path) -> Path | None:
    """The nearest vidctl.toml in `start` or a folder above it."""
    return next(
        (folder / PROJECT_FILE for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None
    )


@dataclass(frozen=True)
class _Layer:
    """Values of one source; relative paths among them count from `base`."""

    origin: str
    values: Mapping[str, Any]
    base: Path


def load_settings(
    *,
    flags: Mapping[str, Any] | None = None,
    start: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Read all sources. Raises ConfigurationError that names the source and the key for whatever is wrong."""
    here = start or Path.cwd()
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    variables = {name: environ[_variable(name)] for name in KEYS if environ.get(_variable(name))}
    project_file = find_project_file(here)
    files = [path for path in (user_file(environ), project_file) if path is not None and path.exists()]
    tables = {path: read_file(path) for path in files}
    profile = given.get("profile") or variables.get("profile") or _last(tables, "profile") or ""
    if profile and not any(profile in _profiles(path, table) for path, table in tables.items()):
        raise _no_profile(profile, tables)
    layers = [_beside(project_file)] if project_file else []
    layers += [layer for path, table in tables.items() for layer in _file_layers(path, table, profile)]
    layers += [_Layer(_variable(name), {name: value}, here) for name, value in variables.items()]
    layers += [_Layer(f"--{name.replace('_', '-')}", {name: value}, here) for name, value in given.items()]
    values = {name: Setting(name, key.default(), "default") for name, key in KEYS.items()}
    for layer in layers:
        for name, value in layer.values.items():
            parsed = _anchored(name, _parse(name, value, layer.origin), layer.base)
            values[name] = Setting(name, parsed, layer.origin)
    return Settings(values, project_file)


def _beside(project_file: Path) -> _Layer:
    """What a film's folder holds unless something else is said: its word lists belong to it, as its settings do."""
    return _Layer("default", {"wildcards": "wildcards"}, project_file.parent)


def _file_layers(path: Path, table: Mapping[str, Any], profile: str) -> list[_Layer]:
    common = {name: value for name, value in table.items() if name != "profiles"}
    chosen = _profiles(path, table).get(profile, {})
    return [_Layer(str(path), common, path.parent), _Layer(f"{path} [profiles.{profile}]", chosen, path.parent)]


def _profiles(path: Path, table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    profiles = table.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(each, dict) for each in profiles.values()):
        raise ConfigurationError(
            f"the settings file {path} is not understood",
            cause="`profiles` must hold a table for each profile",
            fix="write [profiles.NAME] with the settings below it",
        )
    return profiles


def _anchored(name: str, value: Any, base: Path) -> Any:
    """A path setting as an absolute path, so that it means the same in every folder."""
    if name in ("assets", "cache", "wildcards"):
        return str(base / Path(value).expanduser())
    scheme, separator, rest = str(value).partition("://")
    is_relative_file = name == "store" and scheme == "sqlite" and separator and not rest.startswith(("/", "~", ":"))
    return f"sqlite://{base.absolute() / rest}" if is_relative_file and rest else value


def read_file(path: Path) -> dict[str, Any]:
    """A settings file as a table; {} if there is none."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the settings file {path} cannot be read", cause=str(error), fix="correct the file, or move it away"
        ) from error


def write_setting(path: Path, name: str, value: str, profile: str = "") -> None:
    """Set one key in a settings file, in a profile's table if one is named; an empty value removes the key.
    Raises InvalidInput for an unknown key or a wrong value, before anything is written."""
    import tomli_w

    if name not in KEYS:
        raise unknown_key(name)
    parsed = _parsed_from_person(name, value) if value else None
    table = read_file(path)
    _profiles(path, table)  # refuses a file that could not be read back
    target = table.setdefault("profiles", {}).setdefault(profile, {}) if profile else table
    if value == "":
        target.pop(name, None)
    else:
        target[name] = parsed
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(tomli_w.dumps(table), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):  # a read-only disk refuses even to look for it
            temporary.unlink(missing_ok=True)
        raise ConfigurationError(
            f"the settings file {path} cannot be written",
            cause=error.strerror or str(error),
            fix="make its folder writable, or name another file with VIDCTL_CONFIG",
        ) from error


def replace_setting(settings: Settings, name: str, old: str, new: str) -> None:
    """Set a key anew in the files of a run, beside and in its profile, where it has a certain value."""
    for path in filter(None, (user_file(), settings.project_file)):
        table = read_file(path)
        for profile in dict.fromkeys(["", settings.profile]):
            if (_profiles(path, table).get(profile, {}) if profile else table).get(name) == old:
                write_setting(path, name, new, profile)


def unknown_key(name: str) -> InvalidInput:
    """The error for a setting that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, KEYS, 1)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(KEYS)}"
    return InvalidInput(f"there is no setting {name!r}", fix=hint)


def _parsed_from_person(name: str, value: str) -> Any:
    try:
        return _parse(name, value, "")
    except ConfigurationError as error:
        raise InvalidInput(error.problem, cause=error.cause, fix="give another value") from error


def _variable(name: str) -> str:
    return f"VIDCTL_{name.upper()}"


def _parse(name: str, value: Any, origin: str) -> Any:
    if name not in KEYS:
        raise ConfigurationError(f"{origin} has an unknown key {name!r}", fix=unknown_key(name).fix)
    try:
        return KEYS[name].parse(value)
    except (TypeError, ValueError) as error:
        shown = "what is given" if KEYS[name].secretive else repr(without_password(value))
        raise ConfigurationError(
            f"the setting {name} is not valid",
            cause=f"{shown} {error}",
            fix=f"correct it in {origin}",
        ) from error


def _last(tables: Mapping[Path, Mapping[str, Any]], name: str) -> str | None:
    return next((str(table[name]) for table in reversed([*tables.values()]) if name in table), None)


def _no_profile(profile: str, tables: Mapping[Path, Mapping[str, Any]]) -> NotFound:
    known = sorted({name for path, table in tables.items() for name in _profiles(path, table)})
    return NotFound(
        f"there is no profile {profile!r}",
        cause=f"the profiles are {', '.join(known)}" if known else "no settings file has any",
        fix="vidctl config set --profile NAME store …  makes one",
    )
