"""How the fake ComfyUI server speaks: its HTTP routes and its end of a websocket. What it knows is in comfy_wire."""

from __future__ import annotations

import json
import socket
import sys
import threading
import uuid
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from tests.fakes.comfy_recordings import answer, object_info

if TYPE_CHECKING:
    from tests.fakes.comfy_wire import ComfyWire


class Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, address: tuple[str, int], wire: ComfyWire) -> None:
        self.wire = wire
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def break_connections(self) -> None:
        for connection in list(self._connections):
            break_off(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    @property
    def wire(self) -> ComfyWire:
        return self.server.wire

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        wire, faults = self.wire, self.wire.faults
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        wire.requests.append(f"{self.command} {url.path}")
        wire.wait(faults.delay)
        if not url.path.startswith(f"{wire.prefix}/"):
            self._answer(404, b"")
        elif any(self.headers.get(name) != value for name, value in wire.wants.items()):
            self._answer(401, b"who are you?", "text/plain")
        elif faults.html:
            self._answer(200, b"<html>the router's start page</html>", "text/html")
        elif faults.json is not None:
            self._json(faults.json)
        elif faults.login_page:
            self._answer(302, b"", Location="/login?next=queue")
        elif faults.status:
            self._answer(faults.status, b"<html>something in between is broken</html>", "text/html")
        else:
            self._route(url.path.removeprefix(wire.prefix), dict(parse_qsl(url.query, keep_blank_values=True)), body)

    def _route(self, path: str, query: dict[str, str], body: bytes) -> None:
        wire = self.wire
        noun, _, rest = path.removeprefix("/").partition("/")
        name = unquote(rest)
        match self.command, noun:
            case "GET", "ws" if not wire.faults.no_websocket:
                self._websocket(query["clientId"])
            case "GET", "system_stats":
                self._json(answer("system_stats"))
            case "GET", "object_info":
                known = name in object_info() and name != wire.faults.lacks_node
                self._json({name: object_info()[name]} if known else {})
            case "GET", "models":
                self._models(name)
            case "GET", "queue":
                self._json(wire.queue())
            case "GET", "history":
                self._history(name)
            case "GET", "view":
                self._view(query)
            case "POST", "prompt":
                self._prompt(json.loads(body))
            case "POST", "queue":
                wire.delete(json.loads(body)["delete"])
                self._answer(200, b"")
            case "POST", "interrupt":
                wire.interrupt(json.loads(body or b"{}").get("prompt_id"))
                self._answer(200, b"")
            case "POST", "upload":
                self._upload(body)
            case _:
                self._answer(404, b"")

    def _models(self, folder: str) -> None:
        if not folder:
            self._json(answer("models"))
        elif folder in ("checkpoints", "diffusion_models", "loras"):
            self._json(answer(f"models_{folder}"))
        elif folder in answer("models"):
            self._json(["websocket_image_save.py"] if folder == "custom_nodes" else [])
        else:
            self._answer(404, b"")

    def _prompt(self, body: dict[str, Any]) -> None:
        faults = self.wire.faults
        if faults.prompt_too_large:
            self._answer(413, b"<html>too large for the proxy</html>", "text/html")
        elif faults.refuse_prompt:
            self._json(faults.refuse_prompt, 400)
        elif str(uuid.UUID(body["prompt_id"])) != body["prompt_id"]:
            self._json(answer("prompt_own_id_bad"), 400)
        else:
            submitted = self.wire.enqueue(body)
            if faults.lose_answer:
                break_off(self.connection)
            self._json(submitted)

    def _history(self, prompt_id: str) -> None:
        if self.wire.faults.late_history and prompt_id in self.wire.history:
            self.wire.faults.late_history -= 1
            self._json({})
        else:
            self._json({prompt_id: self.wire.history[prompt_id]} if prompt_id in self.wire.history else {})

    def _view(self, query: dict[str, str]) -> None:
        content = self.wire.files.get(f"{query['type']}/{query['subfolder']}/{query['filename']}")
        if content is None:
            self._answer(404, b"")
            return
        length = self.wire.faults.content_length or len(content)
        if self.wire.faults.cut_download:
            content = content[: len(content) // 2]
        self._answer(200, content, "image/png", **{"Content-Length": str(length)})
        if len(content) != length:
            break_off(self.connection)

    def _upload(self, body: bytes) -> None:
        if self.wire.faults.upload_too_large:
            self._answer(413, b"Maximum request body size exceeded", "text/plain")
            return
        head, _, rest = body.partition(b"\r\n\r\n")
        name = head.partition(b'filename="')[2].partition(b'"')[0].decode()
        content = rest.rpartition(b"\r\n--")[0]
        while self.wire.uploads.get(name, content) != content:
            stem, _, suffix = name.rpartition(".")
            name = f"{stem} (1).{suffix}"
        self.wire.uploads[name] = content
        self._json({"name": name, "subfolder": "", "type": "input"})

    def _websocket(self, client_id: str) -> None:
        self.wire.websocket_headers.append(dict(self.headers.items()))
        with self.wire.lock:  # once the client has its handshake, the socket must be found by those who break it
            one = Socket(self)
            self.wire.sockets[client_id] = one
            one.send(json.dumps({"type": "status", "data": {"status": {}, "sid": client_id}}))
        one.listen()
        with self.wire.lock:
            self.wire.sockets.pop(client_id, None)
        self.close_connection = True

    def _json(self, body: Any, status: int = 200) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json; charset=utf-8")

    def _answer(self, status: int, body: bytes, content_type: str = "", **headers: str) -> None:
        self.send_response(status)
        if content_type:
            headers = {"Content-Type": content_type} | headers
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Socket:
    """The server's end of a websocket; the handshake's request has been read already."""

    def __init__(self, handler: _Handler) -> None:
        self._connection = handler.connection
        self._protocol = ServerProtocol()
        self._lock = threading.Lock()
        lines = [handler.requestline, *(f"{name}: {value}" for name, value in handler.headers.items()), "", ""]
        self._protocol.receive_data("\r\n".join(lines).encode())
        (request,) = self._protocol.events_received()
        assert isinstance(request, Request)
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()

    def send(self, frame: str | bytes) -> None:
        with self._lock:
            if self._protocol.state is not State.OPEN:
                return
            if isinstance(frame, bytes):
                self._protocol.send_binary(frame)
            else:
                self._protocol.send_text(frame.encode())
            self._flush()

    def listen(self) -> None:
        """Answer pings and the closing handshake, until the connection ends."""
        while data := self._receive():
            with self._lock:
                self._protocol.receive_data(data)
                events = self._protocol.events_received()
                self._flush()
            if any(isinstance(event, Frame) and event.opcode is Opcode.CLOSE for event in events):
                return

    def drop(self) -> None:
        """Break off without a word."""
        break_off(self._connection)

    def _receive(self) -> bytes:
        try:
            return bytes(self._connection.recv(65536))
        except ConnectionError:
            return b""

    def _flush(self) -> None:
        with suppress(OSError):  # when the other end is gone, `listen` ends by it
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)


def break_off(connection: socket.socket) -> None:
    """End a connection at once, if it has not ended."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
