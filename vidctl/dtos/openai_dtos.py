"""Videos on a server that speaks OpenAI's videos API, at the border."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from vidctl.dtos.base import InputDTO, ResponseDTO, Time


class OpenAIVideoQueryDTO(InputDTO):
    """Which page of the list. `sort` is created or -created; `after` is the id of the last video of the page before."""

    limit: int = Field(default=10, ge=1, le=100)
    after: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    sort: str | None = None


class OpenAIRemixDTO(InputDTO):
    """A remix makes a video again with another prompt."""

    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]


class OpenAIVideoDTO(ResponseDTO):
    """A video job; `progress` is in percent, `seconds` the video's length."""

    id: str
    status: str
    model: str | None
    progress: float | None
    prompt: str | None
    size: str | None
    seconds: float | None
    created_at: Time | None
    completed_at: Time | None
    expires_at: Time | None
    remixed_from: str | None
    error: str | None


class OpenAIVideoListDTO(ResponseDTO):
    """A page. The server does not tell how many there are, only whether more follow: `next_after` begins that page."""

    items: list[OpenAIVideoDTO]
    next_after: str | None
