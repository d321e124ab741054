"""What the demo made."""

from __future__ import annotations

from vidctl.dtos.base import ResponseDTO
from vidctl.dtos.media_dtos import ExportResponseDTO


class DemoResponseDTO(ResponseDTO):
    project: str
    clips: int
    film: ExportResponseDTO
    next_steps: list[str]
