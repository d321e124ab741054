"""Videos on a server that speaks OpenAI's videos API: list, show, delete, remix.

OpenAI's own service was switched off on 2026-09-24; the server is whichever one the settings name.
"""

from __future__ import annotations

from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.openai_dtos import OpenAIRemixDTO, OpenAIVideoDTO, OpenAIVideoListDTO, OpenAIVideoQueryDTO
from vidctl.errors import ConfigurationError
from vidctl.gateways.cloud.client import CloudClient
from vidctl.gateways.cloud.openai_videos import OpenAIVideos, RemoteVideo, VideoPage
from vidctl.gateways.credentials import Credentials, find_secret
from vidctl.services.orders import CREATED, Orders

_ORDERS = Orders("videos", "-created", {"created": CREATED})
_SHOWN = set(OpenAIVideoDTO.model_fields) - {"remixed_from", "error"}


def connect(url: str, key: str, timeout: float) -> OpenAIVideos:
    """The server of the settings openai_url and openai_key (a secret's reference, "" for a server that wants none).
    Raises ConfigurationError if no server is set or the key cannot be found. `timeout` in seconds."""
    if not url:
        raise ConfigurationError(
            "no video server is set",
            cause="the setting openai_url is empty",
            fix="vidctl config set openai_url http://HOST:PORT/v1, and if it wants a key: "
            "vidctl config set openai_key env:VARIABLE",
        )
    credentials = Credentials.bearer(find_secret(key)) if key else Credentials()
    return OpenAIVideos(CloudClient(url, credentials, read_timeout=timeout))


class OpenAIVideoService:
    """What one can do with remote videos. Every method raises Unreachable, AuthenticationFailed, and NotFound."""

    def __init__(self, videos: OpenAIVideos) -> None:
        self._videos = videos

    def list_videos(self, request: OpenAIVideoQueryDTO) -> OpenAIVideoListDTO:
        """A page of the videos that the server keeps."""
        order = "desc" if _ORDERS.read(request.sort).is_backwards else "asc"
        wanted = request.model_dump(mode="json", exclude={"sort"}, exclude_none=True)
        page = self._videos.list({**wanted, "order": order})
        return OpenAIVideoListDTO(items=[_response(video) for video in page.data], next_after=_next(page))

    def get_video(self, video_id: str) -> OpenAIVideoDTO:
        """How far a video is."""
        return _response(self._videos.retrieve(video_id))

    def remix_video(self, video_id: str, request: OpenAIRemixDTO) -> OpenAIVideoDTO:
        """Ask for the video again with another prompt; the new job."""
        return _response(self._videos.remix(video_id, request.prompt))

    def delete_video(self, video_id: str) -> DeletedDTO:
        """Delete a video from the server. Takes in films stay."""
        self._videos.delete(video_id)
        return DeletedDTO(id=video_id, name=video_id, deleted={"videos": 1})


def _next(page: VideoPage) -> str | None:
    """Some servers leave the last id out although more follow."""
    if not page.has_more or not page.data:
        return None
    return page.last_id or page.data[-1].id


def _response(video: RemoteVideo) -> OpenAIVideoDTO:
    error = video.error and ": ".join(filter(None, (video.error.code, video.error.message)))
    return OpenAIVideoDTO(
        **video.model_dump(include=_SHOWN), remixed_from=video.remixed_from_video_id, error=error or None
    )
