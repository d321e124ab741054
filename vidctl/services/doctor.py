"""What is installed, reachable and missing. Every check ends in a line; none stops the others."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from vidctl import __version__
from vidctl.dtos.doctor_dtos import CheckDTO, CheckState, DoctorDTO, HealthDTO
from vidctl.errors import VidctlError
from vidctl.gateways.ffmpeg import find_ffmpeg
from vidctl.repositories.store import DocumentStore
from vidctl.services.comfyui_service import ComfyUIService
from vidctl.settings import Settings

_LOW_SPACE = 2 * 2**30  # bytes; less than a minute of high-quality video


class Doctor:
    """Looks at the machine, the settings, the store and the servers."""

    def __init__(
        self, settings: Settings, store: Callable[[], DocumentStore], comfyui: Callable[[], ComfyUIService]
    ) -> None:
        self._settings = settings
        self._store = store
        self._comfyui = comfyui

    def examine(self) -> DoctorDTO:
        """All checks. It is healthy if none has failed; a warning is no failure."""
        checks = [
            CheckDTO(name="vidctl", state=CheckState.OK, found=f"{__version__}, Python {platform.python_version()}"),
            self._settings_files(),
            *self._folders(),
            _told("ffmpeg", self._ffmpeg),
            _optional("keyring", "secrets from the system's keyring"),
        ]
        store = _told("store", self._store_answers)
        checks.append(store)
        if store.state is CheckState.OK:
            checks.extend(self._servers())
        return DoctorDTO(healthy=all(c.state is not CheckState.FAILED for c in checks), checks=checks)

    def health(self) -> HealthDTO:
        """Ask the store whether it is there, and nothing else. Raises what it says: Unreachable, AuthenticationFailed,
        NewerFormat."""
        described = self._store().describe()
        return HealthDTO(
            status="healthy",
            vidctl=__version__,
            store=described["kind"],
            store_version=described["version"],
            location=described["location"],
        )

    def _settings_files(self) -> CheckDTO:
        origins = {setting.origin for setting in self._settings.show() if setting.origin != "default"}
        return CheckDTO(name="settings", state=CheckState.OK, found=", ".join(sorted(origins)) or "defaults only")

    def _folders(self) -> Iterator[CheckDTO]:
        for name in ("assets", "cache"):
            yield _folder(name, Path(getattr(self._settings, name)))

    def _ffmpeg(self) -> str:
        ffmpeg = find_ffmpeg(self._settings.ffmpeg or None)
        return f"{ffmpeg.version} at {ffmpeg.path}"

    def _store_answers(self) -> str:
        described = self._store().describe()
        return f"{described['kind']} {described['version']} at {described['location']}"

    def _servers(self) -> Iterator[CheckDTO]:
        checks = self._comfyui().check_servers([]).items
        if not checks:
            yield CheckDTO(
                name="servers",
                state=CheckState.WARNING,
                found="none is registered",
                fix="vidctl comfyui add NAME URL; until then --server animatic draws title cards",
            )
        for check in checks:
            if check.is_online:
                found = f"ComfyUI {check.version}, {'; '.join(check.devices)}"
                yield CheckDTO(name=f"server {check.name}", state=CheckState.OK, found=found)
            else:
                yield CheckDTO(
                    name=f"server {check.name}", state=CheckState.FAILED, found=check.problem or "", fix=check.fix or ""
                )


def _folder(name: str, path: Path) -> CheckDTO:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    probe = existing / f".vidctl-{uuid.uuid4().hex}"
    try:
        probe.touch()
        probe.unlink()
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return CheckDTO(name=name, state=CheckState.FAILED, found=f"{path}: {error.strerror}",
                        fix=f"make it writable, or: vidctl config set {name} FOLDER")  # fmt: skip
    state = CheckState.OK if free > _LOW_SPACE else CheckState.WARNING
    return CheckDTO(name=name, state=state, found=f"{path}, {free / 2**30:.1f} GiB free",
                    fix="" if state is CheckState.OK else "free some space: vidctl media tidy")  # fmt: skip


def _told(name: str, look: Callable[[], str]) -> CheckDTO:
    try:
        return CheckDTO(name=name, state=CheckState.OK, found=look())
    except VidctlError as error:
        return CheckDTO(name=name, state=CheckState.FAILED, found=str(error), fix=error.fix)


def _optional(package: str, use: str) -> CheckDTO:
    if package in sys.modules or importlib.util.find_spec(package) is not None:
        return CheckDTO(name=package, state=CheckState.OK, found=f"installed: {use}")
    return CheckDTO(name=package, state=CheckState.OK, found=f"not installed; only needed for {use}",
                    fix=f"pip install 'vidctl[{package}]'")  # fmt: skip
