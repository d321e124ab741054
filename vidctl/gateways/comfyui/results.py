"""What a server's history says of a finished render: the files it made, how long it took, or how it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidctl.errors import OutputInvalid
from vidctl.gateways.comfyui.refusals import execution_failure
from vidctl.gateways.render_backend import RemoteFile, RenderCancelled, RenderDone

#: Where nodes list their files. A video may stand in any of them: the core's SaveVideo puts it under `images`,
#: VideoHelperSuite's under `gifs`. Only the file's extension tells.
_KINDS = ("images", "gifs", "videos", "video", "audio")


def outcome(server: str, entry: Mapping[str, Any]) -> RenderDone:
    """The result in a history entry. Raises RenderFailed, RenderCancelled, or OutputInvalid if there is no file."""
    status = entry.get("status") or {}
    messages = {str(kind): data for kind, data in status.get("messages", ())}
    if "execution_interrupted" in messages:
        raise RenderCancelled(f"interrupted on {server}")
    if status.get("status_str") == "error":
        raise execution_failure(server, messages.get("execution_error", {}))
    files = tuple(dict.fromkeys(_files(entry.get("outputs", {}))))
    saved = tuple(file for file in files if file.type == "output")
    if not files:
        raise OutputInvalid(
            f"the render on {server} made no file",
            cause="no node of its graph saves an image, video or sound",
            fix="add a node such as SaveImage or SaveVideo to the workflow",
        )
    warnings = () if saved else ("the workflow saves nothing: these are previews, lost when the server restarts",)
    return RenderDone(files=saved or files, seconds=_seconds(messages), warnings=warnings)


def _files(outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[RemoteFile]:
    for output in outputs.values():
        for kind in _KINDS:
            for file in output.get(kind) or ():
                if isinstance(file, dict) and file.get("filename"):
                    yield RemoteFile(file["filename"], file.get("subfolder") or "", file.get("type") or "output")


def _seconds(messages: Mapping[str, Mapping[str, Any]]) -> float | None:
    """From start to success by the server's clock, which counts milliseconds."""
    start = messages.get("execution_start", {}).get("timestamp")
    end = messages.get("execution_success", {}).get("timestamp")
    return (end - start) / 1000 if start is not None and end is not None else None
