"""A proxy before a render server, as people put one there: it wants a header, and the server lies under a path prefix.

Each connection carries one request, so that each is asked for its header; a websocket is passed on as raw bytes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_HEAD_END = b"\r\n\r\n"
_CHUNK = 1 << 16
_REFUSAL = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<p>no</p>"


class Gate:
    """Lets requests below `prefix` through to the server at `target` if they have the header `name` with `value`.
    `passed` lists the paths it let through, `refused` counts the others."""

    def __init__(self, target: str, prefix: str, name: str, value: str) -> None:
        self.passed: list[str] = []
        self.refused = 0
        address = urlsplit(target)
        self._target = (address.hostname or "", address.port or 80)
        self._prefix = prefix
        self._wanted = (name.lower(), value)
        self._server = _Server(self._serve)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{prefix}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, client: socket.socket) -> None:
        head, body = _read_head(client)
        if not head:
            return
        request, *lines = head.decode("latin-1").split("\r\n")
        method, path, version = request.split(" ")
        headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        if self._wanted not in headers or not path.startswith(f"{self._prefix}/"):
            self.refused += 1
            client.sendall(_REFUSAL % (b"401 Unauthorized" if path.startswith(self._prefix) else b"404 Not Found"))
            return
        path = path.removeprefix(self._prefix)
        self.passed.append(path.partition("?")[0])
        # what it has checked is not the server's business
        kept = [(name, value) for name, value in headers if name != self._wanted[0]]
        if ("upgrade", "websocket") not in kept:
            kept = [(name, value) for name, value in kept if name != "connection"] + [("connection", "close")]
        lines = [f"{method} {path} {version}", *(f"{name}: {value}" for name, value in kept)]
        with socket.create_connection(self._target) as server:
            server.sendall("\r\n".join(lines).encode("latin-1") + _HEAD_END + body)
            _join(client, server)


class _Server(ThreadingTCPServer):
    """Calls `serve` with each connection, in a thread of its own."""

    daemon_threads = True

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", 0), BaseRequestHandler)
        self._serve = serve

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._serve(request)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    """The request's head, and what has come of its body."""
    read = b""
    while _HEAD_END not in read:
        chunk = client.recv(_CHUNK)
        if not chunk:
            return b"", b""
        read += chunk
    head, _, body = read.partition(_HEAD_END)
    return head, body


def _join(client: socket.socket, server: socket.socket) -> None:
    """Pass bytes on in both directions until the server has said all."""
    upward = threading.Thread(target=_pump, args=(client, server), daemon=True)
    upward.start()
    _pump(server, client)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    upward.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either side may hang up at any time
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
