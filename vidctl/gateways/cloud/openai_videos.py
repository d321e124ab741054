"""The dialect of `/v1/videos`, as OpenAI published it in 2025 and other servers speak it since: vLLM-Omni, SGLang
Diffusion, gateways. Servers differ in what they leave out, so only an id and a status are asked of a video.

Source: OpenAI's API reference, Videos: list, retrieve, delete, remix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from vidctl.errors import Conflict, InvalidInput
from vidctl.gateways.cloud.client import CloudClient

#: Not "." or "..": those mean other paths.
_VIDEO_ID = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9_.:=-]{1,256}")


M = TypeVar("M", bound=BaseModel)


class _Told(BaseModel):
    """What a server tells; fields that are not known here do not matter."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class VideoError(_Told):
    """Why a video was not made."""

    code: str | None = None
    message: str | None = None


class RemoteVideo(_Told):
    """A video job. `status` is queued, in_progress, completed or failed, or a word of the server's own; `progress` is
    in percent, `seconds` the video's length, which servers write as text; times come as Unix seconds."""

    id: str
    status: str
    model: str | None = None
    progress: float | None = None
    prompt: str | None = None
    size: str | None = None
    seconds: float | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    remixed_from_video_id: str | None = None
    error: VideoError | None = None


class VideoPage(_Told):
    """A page of a list; the next one begins after `last_id`."""

    data: tuple[RemoteVideo, ...]
    has_more: bool = False
    last_id: str | None = None


class _Deleted(_Told):
    id: str
    deleted: bool = False


class OpenAIVideos:
    """Videos on one server. Errors as in CloudClient.ask, InvalidInput for what is no video's id."""

    def __init__(self, client: CloudClient) -> None:
        self._client = client

    def list(self, query: Mapping[str, str | int]) -> VideoPage:
        """A page; `query` may hold limit (1 to 100), after (a video's id) and order (asc or desc)."""
        return self._read(VideoPage, self._client.ask("GET", "/videos", query=query))

    def retrieve(self, video_id: str) -> RemoteVideo:
        """One video."""
        return self._read(RemoteVideo, self._client.ask("GET", _path(video_id)))

    def remix(self, video_id: str, prompt: str) -> RemoteVideo:
        """The new video job that makes this video again with another prompt."""
        return self._read(RemoteVideo, self._client.ask("POST", f"{_path(video_id)}/remix", body={"prompt": prompt}))

    def delete(self, video_id: str) -> None:
        """Delete a video. Raises Conflict if the server answers but says that it has not."""
        if not self._read(_Deleted, self._client.ask("DELETE", _path(video_id))).deleted:
            raise Conflict(
                f"the server has not deleted {video_id}", fix="it may still be at work: look at it again later"
            )

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _read(self, kind: type[M], told: dict[str, Any]) -> M:
        try:
            return kind.model_validate(told)
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, each["loc"])) for each in error.errors(include_url=False)}))
            raise self._client.not_understood(
                f"its {kind.__name__.strip('_')} lacks, or has wrong: {fields}"
            ) from error


def _path(video_id: str) -> str:
    if not _VIDEO_ID.fullmatch(video_id):
        raise InvalidInput(f"{video_id[:60]!r} is not a video's id", fix="vidctl openai list shows the ids")
    return f"/videos/{quote(video_id, safe='')}"
