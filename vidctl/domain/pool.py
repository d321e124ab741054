"""The pool: pictures and videos kept aside in a project, to be used in any of its clips."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from vidctl.domain.document import Document
from vidctl.domain.names import Description, Name, Tags
from vidctl.domain.recipe import MediaKind


class SourceType(StrEnum):
    """Where an item came from."""

    CLIP_GENERATION = "clip_generation"
    BATCH_GENERATION = "batch_generation"
    MANUAL_UPLOAD = "manual_upload"


class PoolItem(Document):
    """`recipe` is that of the take it was made of, as JSON text; "" for a file that somebody brought."""

    project_id: str
    name: Name
    slug: str
    description: Description = ""
    kind: MediaKind
    source_type: SourceType
    source_clip_id: str | None = None
    asset_id: str
    recipe: str = ""
    fingerprint: str = ""
    model: str = ""
    server_name: str = ""
    tags: Tags = Field(default_factory=list)
