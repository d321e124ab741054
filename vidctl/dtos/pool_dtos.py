"""The pool at the border: pictures and videos kept aside in a film."""

from __future__ import annotations

from pydantic import Field

from vidctl.domain.names import Description, Name, Tags
from vidctl.domain.pool import SourceType
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time
from vidctl.dtos.clip_dtos import GeneratedContentDTO


class PoolItemCreateDTO(InputDTO):
    """`sources` are takes, or paths of files: what holds a dot or a slash is a file. Only one may be given a name."""

    sources: list[str] = Field(min_length=1, max_length=1000)
    name: Name | None = None
    description: Description = ""
    tags: Tags = Field(default_factory=list)


class PoolFilterDTO(InputDTO):
    """Which items to list. `tags`: any of them. `sort` is a field, or -FIELD; `after` is the last item of the page
    before."""

    kind: MediaKind | None = None
    tags: Tags = Field(default_factory=list)
    sort: str | None = None
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=10_000)


class PoolItemResponseDTO(ResponseDTO):
    """An item. `file` is our own copy on this machine; sizes in pixels, `duration` in seconds. `seed` is None for a
    person's own file, and for what is made without one."""

    id: str
    project_id: str
    name: str
    slug: str
    description: str
    content_type: MediaKind
    source_type: SourceType
    source_clip_id: str | None
    tags: list[str]
    file: str
    size: int
    width: int | None
    height: int | None
    fps: str | None
    frames: int | None
    duration: float | None
    prompt: str
    seed: int | None
    model_name: str
    server_name: str
    asset_id: str
    fingerprint: str
    created_at: Time


class PoolItemListResponseDTO(ListResponseDTO[PoolItemResponseDTO]):
    pass


class PoolAppliedDTO(ResponseDTO):
    """The takes that clips have of an item now, in the order in which the clips were named."""

    item: PoolItemResponseDTO
    takes: list[GeneratedContentDTO]
