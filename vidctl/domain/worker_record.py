"""What a worker that runs jobs says of itself, so that others know it is there."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vidctl.domain.document import Document, Moment


class Post(BaseModel):
    """A place that a worker fills: a server (None is the animatic), and how many renders run there at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server_id: str | None
    server_name: str
    slots: int = Field(ge=1)


class WorkerRecord(Document):
    """`name` is the host and process, as jobs name their owner. `seen_at` is the store's time at which it was last
    heard of. With a `batch_id` it works for that batch only."""

    name: str
    host: str
    pid: int
    batch_id: str = ""
    posts: list[Post] = Field(default_factory=list)
    seen_at: Moment
