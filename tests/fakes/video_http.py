"""An OpenAI-compatible video server on a loopback port, made from the published contract; it misbehaves on demand."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

_START = 1_790_000_000  # Unix seconds


@dataclass
class Faults:
    """What every request is answered with from now on, in place of the truth."""

    status: int | None = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


class VideoServer:
    """`key` is the bearer token it wants, if it wants one. Its paths begin at `url`, which ends in /v1."""

    def __init__(self, key: str = "") -> None:
        self.key = key
        self.videos: dict[str, dict[str, Any]] = {}
        self.faults = Faults()
        self.requests: list[str] = []
        self.stopping = threading.Event()
        self._http = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def add(self, **fields: Any) -> str:
        """A video; its id."""
        number = len(self.videos) + 1
        video = {
            "id": f"video_{number}", "object": "video", "model": "wan", "status": "completed", "progress": 100,
            "created_at": _START + number, "completed_at": _START + number + 60, "expires_at": None,
            "prompt": f"street {number}", "seconds": "8", "size": "1280x720", "remixed_from_video_id": None,
            "error": None, **fields,
        }  # fmt: skip
        self.videos[video["id"]] = video
        return str(video["id"])

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        newest_first = query.get("order", "desc") == "desc"
        listed = sorted(self.videos.values(), key=lambda video: video["created_at"], reverse=newest_first)
        ids = [video["id"] for video in listed]
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        end = start + int(query.get("limit", 20))
        shown = listed[start:end]
        return {
            "object": "list", "data": shown, "has_more": end < len(listed),
            "first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None,
        }  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, address: tuple[str, int], fake: VideoServer) -> None:
        self.fake = fake
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        fake, faults = self.server.fake, self.server.fake.faults
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fake.requests.append(f"{self.command} {self.path}")
        fake.stopping.wait(faults.delay)
        if faults.status is not None:
            self._answer(faults.status, faults.body, **faults.headers)
        elif fake.key and self.headers.get("Authorization") != f"Bearer {fake.key}":
            self._refuse(401, f"Incorrect API key provided: {self.headers.get('Authorization', 'none')}")
        else:
            url = urlsplit(self.path)
            self._route(url.path.split("/")[1:], dict(parse_qsl(url.query)), body)

    def _route(self, parts: list[str], query: dict[str, str], body: bytes) -> None:
        videos = self.server.fake.videos
        if parts[:2] != ["v1", "videos"]:
            self._refuse(404, "no such path")
        elif len(parts) == 2:
            self._json(self.server.fake.page(query))
        elif unquote(parts[2]) not in videos:
            self._refuse(404, f"Video with id '{parts[2]}' not found.")
        elif self.command == "DELETE":
            del videos[parts[2]]
            self._json({"id": parts[2], "object": "video.deleted", "deleted": True})
        elif parts[3:] == ["remix"]:
            self._remix(parts[2], json.loads(body))
        else:
            self._json(videos[parts[2]])

    def _remix(self, source: str, asked: dict[str, Any]) -> None:
        if self.server.fake.videos[source]["status"] != "completed":
            self._refuse(400, "Video is not ready yet.")
            return
        made = self.server.fake.add(
            prompt=asked["prompt"], status="queued", progress=0, completed_at=None, remixed_from_video_id=source
        )
        self._json(self.server.fake.videos[made])

    def _refuse(self, status: int, message: str) -> None:
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
        self._answer(status, json.dumps({"error": error}).encode(), **{"Content-Type": "application/json"})

    def _json(self, body: Any) -> None:
        self._answer(200, json.dumps(body).encode(), **{"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
