"""What the doctor found, and the short answer of a health check."""

from __future__ import annotations

from enum import StrEnum

from vidctl.dtos.base import ResponseDTO


class CheckState(StrEnum):
    """A warning is something that may be meant so."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class CheckDTO(ResponseDTO):
    name: str
    state: CheckState
    found: str
    fix: str = ""


class DoctorDTO(ResponseDTO):
    healthy: bool
    checks: list[CheckDTO]


class HealthDTO(ResponseDTO):
    """That the store answers, and which one it is; `location` is without secrets."""

    status: str
    vidctl: str
    store: str
    store_version: str
    location: str
