"""What can be asked of one ComfyUI server, one method a request. The facts hold for 0.3.75 to 0.38."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from websockets.sync.client import ClientConnection

from vidctl.domain.recipe import Graph
from vidctl.errors import InvalidInput, OutputInvalid
from vidctl.gateways.comfyui.download import save
from vidctl.gateways.comfyui.refusals import refusal
from vidctl.gateways.comfyui.socket import open_socket
from vidctl.gateways.comfyui.wire import Wire
from vidctl.gateways.credentials import Credentials
from vidctl.gateways.render_backend import RemoteFile


@dataclass(frozen=True)
class QueuedPrompt:
    """An entry of the server's queue."""

    number: float
    prompt_id: str
    graph: Graph


@dataclass(frozen=True)
class Queue:
    """A snapshot; `pending` is in the order in which it will run."""

    running: tuple[QueuedPrompt, ...]
    pending: tuple[QueuedPrompt, ...]

    def runs(self, prompt_id: str) -> bool:
        return any(item.prompt_id == prompt_id for item in self.running)

    def waits(self, prompt_id: str) -> bool:
        return any(item.prompt_id == prompt_id for item in self.pending)


class ComfyClient:
    """Every method raises Unreachable when the server does not answer as a ComfyUI server does, and
    AuthenticationFailed when it refuses us. Safe to share between threads. Timeouts in seconds."""

    def __init__(
        self,
        url: str,
        *,
        credentials: Credentials | None = None,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
    ) -> None:
        self._credentials = credentials or Credentials()
        self._wire = Wire(url, self._credentials, connect_timeout, read_timeout)

    @property
    def url(self) -> str:
        return self._wire.url

    def close(self) -> None:
        self._wire.close()

    def system_stats(self) -> dict[str, Any]:
        """`system` (versions, memory) and `devices`."""
        return self._object("/system_stats", needs=("system",))

    def object_info(self, class_type: str) -> dict[str, Any] | None:
        """How the server describes a node class; None if it has no such class."""
        described: dict[str, Any] | None = self._object(f"/object_info/{_segment(class_type)}").get(class_type)
        return described

    def model_folders(self) -> list[str]:
        """Kinds of models the server keeps, such as checkpoints, loras, vae."""
        return self._wire.read_names(self._wire.send("GET", "/models"))

    def models(self, folder: str) -> list[str]:
        """File names in a model folder; empty if the server does not know the folder."""
        answer = self._wire.send("GET", f"/models/{_segment(folder)}", allow=(200, 404))
        return [] if answer.status_code == 404 else self._wire.read_names(answer)

    def prompt(self, graph: Graph, prompt_id: str, *, client_id: str, extra_data: Mapping[str, Any]) -> dict[str, Any]:
        """Queue a graph under our id. Returns the `node_errors` of outputs that the server drops from it: the rest
        of the graph will run. Raises RenderRejected or ServerCannotRender if all of it is refused."""
        body = {"prompt": graph, "prompt_id": prompt_id, "client_id": client_id, "extra_data": dict(extra_data)}
        try:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except ValueError as error:  # infinite numbers, halves of surrogate pairs
            raise refusal(self.url, {"error": {"message": f"the graph cannot be written as JSON: {error}"}}) from error
        headers = {"Content-Type": "application/json"}
        answer = self._wire.send("POST", "/prompt", content=content, headers=headers, allow=(200, 400, 413, 500))
        # The server's own 413 and 500 are plain text; a 500 in HTML is a proxy's.
        if answer.status_code == 413 or answer.headers.get("content-type", "").startswith("text/plain"):
            raise refusal(self.url, {"error": {"message": f"{answer.status_code} {answer.text[:200].strip()}"}})
        reply = self._wire.read_object(answer)
        if answer.status_code != 200:
            raise refusal(self.url, reply)
        if "prompt_id" not in reply:
            raise self._wire.not_comfyui(answer)
        node_errors: dict[str, Any] = reply.get("node_errors") or {}
        return node_errors

    def queue(self) -> Queue:
        """What runs and what waits now."""
        body = self._object("/queue", needs=("queue_running", "queue_pending"))
        # Pending prompts come in heap order; the lowest number runs first.
        return Queue(
            running=_prompts(body["queue_running"]),
            pending=tuple(sorted(_prompts(body["queue_pending"]), key=lambda item: item.number)),
        )

    def history(self, prompt_id: str) -> dict[str, Any] | None:
        """What became of a prompt; None if the server does not (or not yet, or no longer) know."""
        entry: dict[str, Any] | None = self._object(f"/history/{_segment(prompt_id)}").get(prompt_id)
        return entry

    def delete_pending(self, prompt_id: str) -> None:
        """Take a waiting prompt out of the queue. Does nothing if it does not wait."""
        self._wire.send("POST", "/queue", json={"delete": [prompt_id]})

    def interrupt(self, prompt_id: str) -> bool:
        """Interrupt this prompt if it is the one that runs; whether it was. Others are never touched: servers that
        do not know the targeted form stop whatever runs, so the queue is read first."""
        if not self.queue().runs(prompt_id):
            return False
        self._wire.send("POST", "/interrupt", json={"prompt_id": prompt_id})
        return True

    def upload(self, path: Path) -> str:
        """Put a file into the server's input folder; the name by which a graph refers to it there.

        Raises InvalidInput if the server takes no file of that size."""
        with path.open("rb") as file:
            # The server stores names percent-encoded and renames on a clash; a name made of the content does neither.
            name = f"vidctl-{hashlib.file_digest(file, 'sha256').hexdigest()[:32]}{_ascii_suffix(path)}"
            file.seek(0)
            answer = self._wire.send("POST", "/upload/image", files={"image": (name, file)}, allow=(200, 413))
        if answer.status_code == 413:
            raise InvalidInput(
                f"{path.name} is too large for {self.url}",
                cause=f"the server refuses uploads of {path.stat().st_size} bytes",
                fix="use a smaller file, or raise the server's --max-upload-size",
            )
        stored = self._wire.read_object(answer, needs=("name",))
        return "/".join(part for part in (stored.get("subfolder", ""), stored["name"]) if part)

    def view(self, file: RemoteFile, destination: Path) -> None:
        """Download a file whole or not at all. Raises OutputInvalid if the server has it no more, DiskFull."""
        query = {"filename": file.filename, "subfolder": file.subfolder, "type": file.type}
        # Compressed on the way, its size could not be checked.
        headers = {"Accept-Encoding": "identity"}
        with self._wire.stream("/view", params=query, headers=headers, allow=(200, 400, 404)) as answer:
            if answer.status_code != 200:
                raise OutputInvalid(
                    f"{file.filename} is gone from {self.url}",
                    cause=f"the server answered {answer.status_code} for {file.type}/{file.subfolder}",
                    fix="render it again",
                )
            save(answer.iter_bytes(), destination)

    def socket(self, client_id: str) -> AbstractContextManager[ClientConnection]:
        """The websocket on which the server tells `client_id` of its prompts. See `open_socket`."""
        return open_socket(self.url, client_id, self._credentials, self._wire.connect_timeout, self._wire.tls)

    def _object(self, path: str, needs: Iterable[str] = ()) -> dict[str, Any]:
        return self._wire.read_object(self._wire.send("GET", path), needs)


def _prompts(items: Iterable[Sequence[Any]]) -> tuple[QueuedPrompt, ...]:
    return tuple(QueuedPrompt(number=item[0], prompt_id=item[1], graph=item[2]) for item in items)


def _segment(text: str) -> str:
    """One segment of a URL's path, whatever the text holds."""
    return quote(text, safe="")


def _ascii_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ""
