"""A model file that a server was seen to have."""

from __future__ import annotations

from typing import Self

from vidctl.domain.document import Document, Moment, derived_id


class ServerModel(Document):
    """`last_seen` is when the server was last asked and had it; an inactive one was not there when it was asked last.
    The id is made of server, folder and name, so that the same file is kept once."""

    server_id: str
    folder: str
    name: str
    first_seen: Moment
    last_seen: Moment
    active: bool = True

    @classmethod
    def seen(cls, server_id: str, folder: str, name: str, now: Moment) -> Self:
        """A file that is seen for the first time."""
        return cls(
            id=derived_id("server_model", server_id, folder, name),
            server_id=server_id,
            folder=folder,
            name=name,
            first_seen=now,
            last_seen=now,
        )
