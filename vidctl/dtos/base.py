"""What all DTOs share: strict inputs, and outputs that are made from documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic_core import ErrorDetails

from vidctl.domain.document import write_time
from vidctl.domain.masking import without_password
from vidctl.errors import InvalidInput

Time = Annotated[datetime, PlainSerializer(write_time, return_type=str)]
#: Fields into which a person may have typed a password by mistake: what was given is not said back.
_SECRETIVE = frozenset({"secret", "url", "headers", "username"})
#: What pydantic complains of most, by its names for it, in words that speak of values and not of types.
_WORDS = {
    "missing": "it is not given",
    "extra_forbidden": "there is no such field",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} letters",
    "string_too_long": "may have at most {max_length} letters",
    "too_short": "at least {min_length} must be given, not {actual_length}",
    "too_long": "there may be at most {max_length}, not {actual_length}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table of names with values",
    "model_type": "must be a table of names with values",
    "invalid-json-value": "must be a text, a number, true, false, a list or a table",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "may be at most {le}",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}
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
    """A list with the number of all there are. `items` may be a page of it: then `next_after` begins the next one."""

    items: list[T]
    total: int = Field(ge=0)
    next_after: str | None = None


class DeletedDTO(ResponseDTO):
    """What a delete took away, by kind of document. `change` is what `project trash restore` brings it back by; None
    for what does not go into the trash."""

    id: str
    name: str
    deleted: dict[str, int]
    change: str | None = None


def make_input(kind: type[M], /, **values: Any) -> M:
    """An input DTO from what a person gave. Raises InvalidInput that names each wrong field."""
    try:
        return kind(**values)
    except ValidationError as error:
        raise invalid_input(error) from error


def invalid_input(error: ValidationError, subject: str = "") -> InvalidInput:
    """pydantic's complaints in our words: which field, what is wrong, what was given."""
    lines = []
    issues = error.errors(include_url=False)
    for issue in issues:
        shown = "" if _SECRETIVE & set(issue["loc"]) else _shown(issue.get("input"))
        lines.append(": ".join(filter(None, [_place(field_of(issue)), in_words(issue) + shown])))
    return InvalidInput(
        f"{subject or 'the input'} is not valid",
        cause="; ".join(lines),
        fields=[".".join(str(part) for part in field_of(issue)) for issue in issues],
    )


def field_of(issue: ErrorDetails) -> tuple[int | str, ...]:
    """Which field one of pydantic's complaints is about; a name in a table that is wrong itself is that field."""
    return tuple(part for part in issue["loc"] if part != "[key]")


def _place(loc: tuple[int | str, ...]) -> str:
    """Which field, as people count: ("loras", 0, "weight") is "loras, no. 1, weight"."""
    return ", ".join(f"no. {part + 1}" if isinstance(part, int) else part for part in loc)


def in_words(issue: ErrorDetails) -> str:
    """One of pydantic's complaints, without the field and what was given."""
    told = _WORDS.get(issue["type"])
    return told.format(**issue.get("ctx", {})) if told else issue["msg"].removeprefix("Value error, ")


def _shown(value: Any) -> str:
    if value is None or isinstance(value, dict | list | BaseModel):
        return ""
    text = str(without_password(value))
    return f" (given: {text[:60]!r}{'…' if len(text) > 60 else ''})"
