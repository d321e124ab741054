"""What proves to a server who we are, resolved: the only place in this room where a secret is in the clear."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from vidctl.errors import InvalidInput

_SENDABLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Credentials:
    """The headers that go with every request and with the websocket alike. They never show in repr or messages."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        # The HTTP library quotes a bad header value in its error, and the value may be a password.
        for name, value in self.headers.items():
            if not _SENDABLE.fullmatch(value):
                raise InvalidInput(
                    f"the value of the header {name} cannot be sent",
                    cause="it holds a line break, a control character or a letter outside ASCII",
                    fix="correct the environment variable or keyring entry that it comes from",
                )

    @classmethod
    def basic(cls, username: str, password: str, extra: Mapping[str, str] | None = None) -> Self:
        """HTTP basic authentication (RFC 7617, UTF-8), with `extra` headers beside it."""
        pair = base64.b64encode(f"{username}:{password}".encode()).decode()
        return cls({**(extra or {}), "Authorization": f"Basic {pair}"})

    @classmethod
    def bearer(cls, token: str, extra: Mapping[str, str] | None = None) -> Self:
        """A bearer token (RFC 6750), with `extra` headers beside it."""
        return cls({**(extra or {}), "Authorization": f"Bearer {token}"})
