"""What to say of a server that cannot be reached over HTTP, in one place for all that speak it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from vidctl.errors import Unreachable


@contextmanager
def told_of(url: str, connect_timeout: float, read_timeout: float) -> Iterator[None]:
    """Connection errors as Unreachable, with the timeout (in seconds) that has passed."""
    try:
        yield
    except httpx.RequestError as error:
        raise Unreachable(
            f"{url} does not answer",
            cause=_cause(error, connect_timeout, read_timeout),
            fix="check that the server runs and that its address is right",
        ) from error


def _cause(error: httpx.RequestError, connect_timeout: float, read_timeout: float) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return f"no connection within {connect_timeout:g} s"
    if isinstance(error, httpx.TimeoutException):
        return f"silent for {read_timeout:g} s"
    return str(error) or type(error).__name__
