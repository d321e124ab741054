"""From a server in the store to a backend that can render on it: secrets are looked up here, at the last moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Lock

from vidctl.domain.job import ANIMATIC
from vidctl.domain.recipe import Graph, RenderRequest
from vidctl.domain.server import AuthKind, Server
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.watching import Timing
from vidctl.gateways.credentials import Credentials, find_secret
from vidctl.gateways.render_backend import RenderBackend
from vidctl.presets.loader import load_workflow


def bind_graph(request: RenderRequest) -> Graph:
    """The graph of a request. Files on the server are named by its fingerprint, which is safe for any file system."""
    workflow = load_workflow(request.workflow)
    return workflow.bind(request.values, request.loras, f"vidctl/{request.fingerprint()[:16]}")


class Backends:
    """Opens one backend per server and keeps it until `close`. Safe to share between threads."""

    def __init__(
        self,
        animatic: Callable[[], RenderBackend],
        *,
        timeout: float,
        patience: float,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._animatic = animatic
        self._timeout = timeout
        self._patience = patience
        self._environ = environ
        self._open: dict[str, RenderBackend] = {}
        self._lock = Lock()

    def animatic(self) -> RenderBackend:
        """The built-in one."""
        with self._lock:
            if ANIMATIC not in self._open:
                self._open[ANIMATIC] = self._animatic()
            return self._open[ANIMATIC]

    def of(self, server: Server) -> RenderBackend:
        """The backend of a registered server. Raises ConfigurationError if its secret cannot be found."""
        with self._lock:
            # one whose address or login has changed since is another server; the old one may still be watched
            place = f"{server.id} {server.url} {server.auth} {server.headers}"
            if place not in self._open:
                client = self.client(server)
                self._open[place] = ComfyBackend(
                    client, bind_graph, server.name, timing=Timing(patience=self._patience)
                )
            return self._open[place]

    def client(self, server: Server) -> ComfyClient:
        """A client of its own, to be closed by the caller."""
        return ComfyClient(server.url, credentials=self._credentials(server), read_timeout=self._timeout)

    def close(self) -> None:
        """Close every backend that was opened."""
        with self._lock:
            for backend in self._open.values():
                backend.close()
            self._open.clear()

    def _credentials(self, server: Server) -> Credentials:
        extra = {h.name: find_secret(h.secret, self._environ) if h.secret else h.value for h in server.headers}
        auth = server.auth
        if auth.secret is None:
            return Credentials(extra)
        secret = find_secret(auth.secret, self._environ)
        if auth.kind is AuthKind.BASIC:
            return Credentials.basic(auth.username, secret, extra)
        return Credentials.bearer(secret, extra)
