"""A render server and how to prove to it who we are. Secrets are named here, never held."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from vidctl.domain.document import Document
from vidctl.domain.names import Name

_SECRET_REFERENCE = re.compile(r"(env|keyring):[A-Za-z0-9_.@/-]{1,200}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: Header names whose values are secrets wherever they are used; a literal value for one is refused.
_SECRET_HEADERS = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)


class ServerKind(StrEnum):
    COMFYUI = "comfyui"


class AuthKind(StrEnum):
    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"


def check_secret_reference(value: str) -> str:
    """`env:NAME` or `keyring:NAME`: where a secret is found when it is needed."""
    if not _SECRET_REFERENCE.fullmatch(value):
        raise ValueError("a secret is named as env:VARIABLE or keyring:NAME, never written down itself")
    return value


def check_server_url(value: str) -> str:
    """http or https with a host; no credentials, query or fragment; the trailing slash goes."""
    url = value.strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a server's URL starts with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("a URL must not hold a user or password; use --auth and --secret")
    if parts.query or parts.fragment:
        raise ValueError("a server's URL ends with its path; it has no query or fragment")
    if parts.port == 0:
        raise ValueError("port 0 cannot be reached")
    return url


SecretReference = Annotated[str, AfterValidator(check_secret_reference)]
ServerUrl = Annotated[str, Field(max_length=1024), AfterValidator(check_server_url)]


class Header(BaseModel):
    """An extra header: a literal `value`, or a `secret` reference where the value is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    value: str = ""
    secret: SecretReference | None = None

    @model_validator(mode="after")
    def _is_sendable(self) -> Header:
        if not _HEADER_NAME.fullmatch(self.name) or any(c in self.value for c in "\r\n\x00"):
            raise ValueError(f"{self.name!r} is not a header that can be sent")
        if self.secret is None and _SECRET_HEADERS.search(self.name):
            raise ValueError(f"the value of {self.name} is a secret: give it as env:VARIABLE or keyring:NAME")
        return self


class ServerAuth(BaseModel):
    """How to log in. `username` is for basic only; `secret` is the password or token, by reference."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: AuthKind = AuthKind.NONE
    username: str = ""
    secret: SecretReference | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> ServerAuth:
        if self.kind is not AuthKind.NONE and self.secret is None:
            raise ValueError(f"{self.kind} needs a secret (env:VARIABLE or keyring:NAME)")
        if self.kind is AuthKind.BASIC and not self.username:
            raise ValueError("basic needs a user name")
        if self.kind is AuthKind.NONE and (self.secret or self.username):
            raise ValueError("a secret or user name needs --auth basic or bearer")
        return self


class Server(Document):
    """`slots` is how many renders one worker keeps on it at a time; an inactive server gets none."""

    name: Name
    slug: str
    url: ServerUrl
    kind: ServerKind = ServerKind.COMFYUI
    auth: ServerAuth = ServerAuth()
    headers: list[Header] = Field(default_factory=list)
    slots: int = Field(default=1, ge=1, le=16)
    active: bool = True
