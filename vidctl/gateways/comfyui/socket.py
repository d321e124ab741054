"""The websocket on which a server reports: how it is opened, and nothing of what it says."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from vidctl.errors import Unreachable
from vidctl.gateways.credentials import Credentials

# At debug level the library logs the handshake's headers, credentials included.
_LOGGER = logging.getLogger(__name__)
_LOGGER.setLevel(logging.INFO)


@contextmanager
def open_socket(
    url: str, client_id: str, credentials: Credentials, timeout: float, tls: ssl.SSLContext | None
) -> Iterator[ClientConnection]:
    """A websocket to the server at the HTTP `url`, closed at the end of the `with`.

    Two sockets must never be open for one client id: in every version up to 0.38 the close of the older unregisters
    the newer, which then stays silent (ComfyUI issue 16010). Raises Unreachable if it cannot be opened.
    """
    address = f"ws{url.removeprefix('http')}/ws?clientId={quote(client_id, safe='')}"
    try:
        socket = connect(
            address,
            ssl=tls,
            additional_headers=dict(credentials.headers),
            compression=None,
            max_size=None,  # previews are larger than the library's 1 MiB
            open_timeout=timeout,
            close_timeout=0.2,  # with unread messages the library waits in vain; the server copes with a hard end
            logger=_LOGGER,
        )
    except (OSError, WebSocketException) as error:
        raise Unreachable(
            f"{url} offers no websocket",
            cause=str(error) or type(error).__name__,
            fix="progress is read from its history meanwhile; let a proxy in front pass websockets on",
        ) from error
    with socket:
        yield socket
