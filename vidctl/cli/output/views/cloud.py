"""Videos on other people's servers as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.cli.output.blocks import Block, Table
from vidctl.cli.output.views.words import seconds
from vidctl.dtos.openai_dtos import OpenAIVideoDTO, OpenAIVideoListDTO


def _row(video: OpenAIVideoDTO) -> list[str]:
    done = "" if video.progress is None else f"{video.progress:.0f}%"
    made = f"{video.created_at:%Y-%m-%d %H:%M}" if video.created_at else ""
    return [
        video.id, video.status, done, video.model or "", video.size or "", seconds(video.seconds), made,
        video.error or video.prompt or "",
    ]  # fmt: skip


def _videos(found: OpenAIVideoListDTO) -> list[Block]:
    headers = ["video", "status", "done", "model", "size", "length", "made", "prompt"]
    return [Table(headers, [_row(video) for video in found.items], "no videos there")]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {OpenAIVideoListDTO: _videos}
