"""What all DTOs share: strict inputs, and outputs that are made from documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError

from vidctl.domain.document import write_time
from vidctl.domain.masking import without_password
from vidctl.errors import InvalidInput

Time = Annotated[datetime, PlainSerializer(write_time, return_type=str)]
#: Fields into which a person may have typed a password by mistake: what was given is not said back.
_SECRETIVE = frozenset({"secret", "url", "headers", "username"})
T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class InputDTO(BaseModel):
    """What comes in. Unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UpdateDTO(InputDTO):
    """A partial change: only fields that were given count, so an empty text clears a field."""

    def given(self) -> dict[str, Any]:
        """The fields that were given, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ResponseDTO(BaseModel):
    """What goes out; `--json` prints it. Secrets, leases and revisions never cross."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ListResponseDTO(ResponseDTO, Generic[T]):
    """A list with the number of all there are, of which `items` may be a page."""

    items: list[T]
    total: int = Field(ge=0)


class DeletedDTO(ResponseDTO):
    """What a delete took away, by kind of document."""

    id: str
    name: str
    deleted: dict[str, int]


def make_input(kind: type[M], /, **values: Any) -> M:
    """An input DTO from what a person gave. Raises InvalidInput that names each wrong field."""
    try:
        return kind(**values)
    except ValidationError as error:
        raise invalid_input(error) from error


def invalid_input(error: ValidationError, subject: str = "") -> InvalidInput:
    """pydantic's complaints in our words: which field, what is wrong, what was given."""
    lines = []
    for issue in error.errors(include_url=False):
        field = ".".join(str(part) for part in issue["loc"]) or "value"
        message = issue["msg"].removeprefix("Value error, ")
        shown = "" if _SECRETIVE & set(issue["loc"]) else _shown(issue.get("input"))
        lines.append(f"{field}: {message}{shown}")
    return InvalidInput(
        f"{subject or 'the input'} is not valid",
        cause="; ".join(lines),
        fix="correct the value and run the command again",
        fields=[".".join(str(part) for part in issue["loc"]) for issue in error.errors(include_url=False)],
    )


def _shown(value: Any) -> str:
    if value is None or isinstance(value, dict | list | BaseModel):
        return ""
    text = str(without_password(value))
    return f" (given: {text[:60]!r}{'…' if len(text) > 60 else ''})"
