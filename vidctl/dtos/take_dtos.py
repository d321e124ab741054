"""Takes at the border: lists, all that is known of one, and contact sheets."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from vidctl.domain.names import Notes, Tags
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO
from vidctl.dtos.clip_dtos import GeneratedContentDTO


class TakeFilterDTO(InputDTO):
    """Which takes to list; without clips and character, those of the whole film. `tags`: any of them. `rating`: "4",
    "3+" or "none". `sort` is a field, or -FIELD; `after` is the last take of the page before."""

    clips: list[str] = Field(default_factory=list, max_length=10_000)
    character: str | None = None
    kind: MediaKind | None = None
    tags: Tags = Field(default_factory=list)
    rating: str | None = None
    sort: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=10_000)


class TakeListResponseDTO(ListResponseDTO[GeneratedContentDTO]):
    pass


class TakeDetailDTO(GeneratedContentDTO):
    """All that is known of a take. `recipe` is None for one that was made of a person's own file; `pool` names the
    pool's items that hold the same file, `other_takes` counts the takes that do."""

    media_type: str
    has_audio: bool
    original_name: str
    job_id: str
    prompt_id: str
    pool: list[str]
    other_takes: int
    recipe: dict[str, Any] | None


class TagsDTO(InputDTO):
    """Tags to give and to take away, of a take or a pool item."""

    add: Tags = Field(default_factory=list)
    remove: Tags = Field(default_factory=list)


class TakeRatingDTO(InputDTO):
    """1 (worst) to 5; None takes the rating away."""

    rating: int | None = Field(ge=1, le=5)


class TakeNoteDTO(InputDTO):
    note: Notes


class TakeFileDTO(ResponseDTO):
    """Where a take's file lies, and whether a program was asked to show it."""

    id: str
    file: str
    opened: bool


class PictureDTO(ResponseDTO):
    """A small picture: `rgb` holds three bytes for each pixel, row by row."""

    width: int
    height: int
    rgb: bytes


class TakeComparisonDTO(ResponseDTO):
    """Takes side by side. `file` is the sheet that was written; `pictures` are there for a terminal to draw, one for
    each take, and are no part of the JSON."""

    items: list[GeneratedContentDTO]
    file: str | None
    pictures: list[PictureDTO] = Field(default_factory=list, exclude=True, repr=False)
