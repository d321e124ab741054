"""Videos on other people's servers as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.cli.output.blocks import Block, Lines, Table
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
    more = [Lines([f"… and more: --after {found.next_after}"])] if found.next_after else []
    return [Table(headers, [_row(video) for video in found.items], "no videos there"), *more]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {OpenAIVideoListDTO: _videos}
