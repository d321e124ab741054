"""Values of documents in the form that stores keep, checked by the document's own fields before they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from vidctl.domain.document import Document, write_time
from vidctl.errors import InvalidInput
from vidctl.repositories.store import Changes


def as_stored(value: Any) -> Any:
    """A value with its times, enums and models as JSON; everything else stays."""
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: as_stored(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_stored(item) for item in value]
    return value


def stored_changes(document: type[Document], changes: Changes) -> dict[str, dict[str, Any]]:
    """Changes in stored form. Raises InvalidInput for a value that its field cannot have, ValueError for a field
    that the document does not have."""
    stored: dict[str, dict[str, Any]] = {}
    for operator, edits in changes.items():
        stored[operator] = {}
        for path, value in edits.items():
            field, *inner = path.split(".")
            if field not in document.model_fields:
                raise ValueError(f"{document.__name__} has no field {field}")
            whole = operator == "$set" and not inner
            stored[operator][path] = _checked(document, field, value) if whole else as_stored(value)
    return stored


def reasons(error: ValidationError) -> str:
    """What is wrong with which field, in one line."""
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(": ".join(filter(None, (".".join(map(str, fault["loc"])), fault["msg"]))) for fault in faults)


def _checked(document: type[Document], field: str, value: Any) -> Any:
    adapter = _adapter(document, field)
    try:
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError as error:
        raise InvalidInput(f"{field} cannot be {value!r}", cause=reasons(error)) from error


@cache
def _adapter(document: type[Document], field: str) -> TypeAdapter[Any]:
    info = document.model_fields[field]
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind)
