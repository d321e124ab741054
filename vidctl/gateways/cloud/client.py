"""One HTTP connection to one video API: bounded JSON answers, and which of our errors any other answer is.

Redirects are not followed, so that a key goes nowhere but to the address that was set; a key that a server says back in
a message is taken out of it.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from vidctl.errors import AuthenticationFailed, InvalidInput, NotFound, Unreachable
from vidctl.gateways.credentials import Credentials
from vidctl.gateways.silence import told_of

#: Bytes. A hundred videos with their prompts are far below it.
_LARGEST_ANSWER = 8 * 2**20
#: Letters of a server's own words that are told.
_MOST_SAID = 300
_BUSY = frozenset({408, 425, 429})


class CloudClient:
    """`url` is where the API's paths begin, such as https://host/v1. Timeouts in seconds; `read_timeout` is the longest
    silence, not the whole answer. Safe to share between threads."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None = None,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
    ) -> None:
        self.url = url.rstrip("/")
        credentials = credentials or Credentials()
        self._secrets = [value.removeprefix("Bearer ") for value in credentials.headers.values()]
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        is_secure = urlsplit(url).scheme == "https"
        self._http = httpx.Client(
            headers=dict(credentials.headers),
            timeout=httpx.Timeout(read_timeout, connect=connect_timeout),
            verify=ssl.create_default_context() if is_secure else False,
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The JSON object that answers a request. Raises AuthenticationFailed, NotFound, InvalidInput for what the
        server refuses, and Unreachable for everything that is no answer of such a server."""
        with (
            told_of(self.url, self._connect_timeout, self._read_timeout),
            self._http.stream(method, f"{self.url}{path}", params=query, json=body) as answer,
        ):
            content = self._read(answer)
        if not answer.is_success:
            raise self._refusal(answer, content)
        told = _object(content)
        if told is None:
            raise self.not_understood(f"{method} {path} was answered with {_described(answer)}")
        return told

    def not_understood(self, cause: str) -> Unreachable:
        """The error for an answer that does not belong to this kind of API."""
        return Unreachable(
            f"{self.url} does not answer as a video API does",
            cause=cause,
            fix="check the address and its path; a proxy in front may want a login",
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _read(self, answer: httpx.Response) -> bytes:
        content = b""
        for part in answer.iter_bytes():
            content += part
            if len(content) > _LARGEST_ANSWER:
                raise self.not_understood(f"the answer is larger than {_LARGEST_ANSWER >> 20} MiB")
        return content

    def _refusal(
        self, answer: httpx.Response, content: bytes
    ) -> AuthenticationFailed | NotFound | InvalidInput | Unreachable:
        status = answer.status_code
        said = self._said(content) or _described(answer)
        if status in (401, 403):
            return AuthenticationFailed(
                f"{self.url} refuses us", cause=said, fix="check the key: is it set, is it for this server?"
            )
        if status in (404, 405, 501):
            return NotFound(
                f"{self.url} does not have that", cause=said, fix="check the id; an address mostly ends in /v1"
            )
        if status in _BUSY or status >= 500:
            return self._busy(answer, said)
        if status >= 400:
            return InvalidInput(f"{self.url} refuses the request", cause=said)
        return self.not_understood(f"it was answered with {_described(answer)}")

    def _busy(self, answer: httpx.Response, said: str) -> Unreachable:
        wait = answer.headers.get("retry-after", "")[:40]
        when = f"in {wait} s" if wait.isdecimal() else f"after {wait}" if wait else "later"
        details = {"retry_after": wait} if wait else {}
        return Unreachable(
            f"{self.url} cannot answer now", cause=said, fix=f"try again {when}", status=answer.status_code, **details
        )

    def _said(self, content: bytes) -> str:
        """The server's own words for an error, without any key."""
        error = (_object(content) or {}).get("error")
        words = error.get("message") if isinstance(error, dict) else error
        words = words or (_object(content) or {}).get("detail")
        if not isinstance(words, str):
            return ""
        for secret in filter(None, self._secrets):
            words = words.replace(secret, "***")
        return " ".join(words.split())[:_MOST_SAID]


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):  # not JSON, not even text, or made to break its readers
        return None
    return told if isinstance(told, dict) else None


def _described(answer: httpx.Response) -> str:
    content_type = answer.headers.get("content-type", "no content type")
    return f"{answer.status_code} {answer.reason_phrase} ({content_type})"
