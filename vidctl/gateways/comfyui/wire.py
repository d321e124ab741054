"""One HTTP connection to one server: what an answer must look like, and which of our errors any other answer is.

Everything that is not the JSON of a ComfyUI server (a login page, a proxy's error, a redirect) means that the server
is out of reach for us; only a refusal of our credentials is told apart.
"""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from vidctl.errors import AuthenticationFailed, Unreachable
from vidctl.gateways.credentials import Credentials
from vidctl.gateways.silence import told_of


class Wire:
    """`url` may have a path prefix. Timeouts are in seconds; `read_timeout` is the longest silence, not the whole
    answer. Safe to share between threads."""

    def __init__(self, url: str, credentials: Credentials, connect_timeout: float, read_timeout: float) -> None:
        self.url = url.rstrip("/")
        self.connect_timeout = connect_timeout
        self.tls = ssl.create_default_context() if urlsplit(url).scheme == "https" else None
        self._read_timeout = read_timeout
        self._http = httpx.Client(
            base_url=self.url,
            headers=dict(credentials.headers),
            timeout=httpx.Timeout(read_timeout, connect=connect_timeout),
            verify=self.tls or False,  # plain HTTP needs no certificates, and loading them takes 40 ms
        )

    def send(self, method: str, path: str, *, allow: Collection[int] = (200,), **content: Any) -> httpx.Response:
        """An answer whose status is allowed, read to its end. Raises Unreachable, AuthenticationFailed."""
        with told_of(self.url, self.connect_timeout, self._read_timeout):
            answer = self._http.request(method, path, **content)
        self._check(answer, allow)
        return answer

    @contextmanager
    def stream(self, path: str, *, allow: Collection[int] = (200,), **content: Any) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read, inside the `with`. Errors as in `send`."""
        with (
            told_of(self.url, self.connect_timeout, self._read_timeout),
            self._http.stream("GET", path, **content) as answer,
        ):
            self._check(answer, allow)
            yield answer

    def close(self) -> None:
        self._http.close()

    def read_object(self, answer: httpx.Response, needs: Iterable[str] = ()) -> dict[str, Any]:
        """The JSON object of an answer. Raises Unreachable if it is none, or lacks a key that it `needs`."""
        body = self._read_json(answer)
        if not isinstance(body, dict) or any(key not in body for key in needs):
            raise self.not_comfyui(answer)
        return body

    def read_names(self, answer: httpx.Response) -> list[str]:
        """The JSON array of strings of an answer. Raises Unreachable if it is none."""
        body = self._read_json(answer)
        if not isinstance(body, list):
            raise self.not_comfyui(answer)
        return [str(name) for name in body]

    def not_comfyui(self, answer: httpx.Response) -> Unreachable:
        """The error for an answer that no ComfyUI server gives."""
        content_type = answer.headers.get("content-type", "no content type")
        return Unreachable(
            f"{self.url} is not a ComfyUI server",
            cause=f"{answer.request.method} {answer.request.url.path} was answered with "
            f"{answer.status_code} and {content_type}",
            fix="check the address and its path prefix; a proxy in front may want a login",
            status=answer.status_code,
            content_type=content_type,
        )

    def _read_json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:  # not JSON, or not even text
            raise self.not_comfyui(answer) from error

    def _check(self, answer: httpx.Response, allow: Collection[int]) -> None:
        if answer.status_code in allow:
            return
        if answer.status_code in (401, 403):
            raise AuthenticationFailed(
                f"{self.url} refuses us",
                cause=f"it answered {answer.status_code} {answer.reason_phrase}",
                fix="check the server's user name, secret and extra headers",
            )
        if answer.status_code in (429, 502, 503, 504):
            raise Unreachable(
                f"{self.url} cannot answer now",
                cause=f"{answer.status_code} {answer.reason_phrase} from the server or a proxy in front of it",
                fix="try again later, or look whether the server behind the proxy runs",
            )
        raise self.not_comfyui(answer)
