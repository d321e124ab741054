"""What proves to a server who we are: secrets are named by reference everywhere else, and looked up here, at the last
moment. Only here are they in the clear."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from vidctl.errors import ConfigurationError, InvalidInput, MissingTool

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


def find_secret(reference: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret that `env:NAME` or `keyring:NAME` stands for. Raises ConfigurationError if there is none, MissingTool
    without the keyring package."""
    kind, name = reference.split(":", 1)
    value = environ.get(name) if kind == "env" else _from_keyring(name)
    if not value:
        place = "environment variable" if kind == "env" else "keyring entry of service vidctl"
        fix = f"export {name}=…" if kind == "env" else f"keyring set vidctl {name}"
        raise ConfigurationError(f"the secret {reference} is not set", cause=f"there is no {place} {name}", fix=fix)
    return value


def _from_keyring(name: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise MissingTool(
            "secrets from the keyring need the keyring package",
            cause=str(error),
            fix="pip install 'vidctl[keyring]', or name the secret as env:VARIABLE",
        ) from error
    try:
        found: str | None = keyring.get_password("vidctl", name)
    except KeyringError as error:
        raise ConfigurationError(
            f"the keyring cannot be asked for {name}", cause=str(error), fix="unlock it, or use env:VARIABLE"
        ) from error
    return found
