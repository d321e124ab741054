"""What every stored document has: an id, a revision, times, and a schema version with upgrades on read."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from vidctl.errors import NewerFormat

Doc = dict[str, Any]
Upgrade = Callable[[Doc], Doc]


def new_id() -> str:
    """A fresh id: a random UUID in its canonical lower-case form (ComfyUI demands that form of prompt ids)."""
    return str(uuid.uuid4())


def derived_id(*parts: str) -> str:
    """An id that is the same for the same parts, so that a repeated step creates nothing twice."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(parts)))


def write_time(moment: datetime) -> str:
    """UTC with always three digits of milliseconds: `2026-11-23T14:00:00.000Z`, which sorts as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def read_time(value: Any) -> datetime:
    """The opposite of write_time; takes datetimes too. Whole milliseconds, UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time must carry its zone")
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


Moment = Annotated[datetime, PlainValidator(read_time), PlainSerializer(write_time, return_type=str)]


def utc_now() -> datetime:
    """The host's clock in whole milliseconds. Leases and schedules use the store's clock instead."""
    return read_time(datetime.now(UTC))


def _only_new_fields(raw: Doc) -> Doc:
    return raw


class Document(BaseModel):
    """Base of everything in the store. Subclasses raise SCHEMA when they change and add the step to UPGRADES."""

    model_config = ConfigDict(extra="forbid")

    SCHEMA: ClassVar[int] = 1
    #: {old version: how to make the next one of it}; a step that only adds fields with a default needs no entry
    UPGRADES: ClassVar[Mapping[int, Upgrade]] = {}

    id: str = Field(default_factory=new_id)
    revision: int = 1
    created_at: Moment = Field(default_factory=utc_now)
    updated_at: Moment = Field(default_factory=utc_now)

    def edited(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is really written when a person changes these fields. Kinds with rules of their own say so here."""
        return changes

    def check_deletable(self) -> None:
        """Raises Conflict if a person may not delete it as it is."""

    def to_stored(self) -> Doc:
        """The plain dict that a store keeps."""
        return {**self.model_dump(mode="json"), "schema_version": self.SCHEMA}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """A document of any released schema version, upgraded. Raises NewerFormat for one from the future."""
        raw = dict(stored)
        version = int(raw.pop("schema_version", 1))
        if version > cls.SCHEMA:
            raise NewerFormat(
                f"{cls.__name__} {raw.get('id', '?')} was written by a newer vidctl",
                cause=f"its schema version is {version}; this vidctl knows versions up to {cls.SCHEMA}",
                fix="upgrade vidctl on this machine",
            )
        for step in range(version, cls.SCHEMA):
            raw = cls.UPGRADES.get(step, _only_new_fields)(raw)
        return cls.model_validate(raw)
