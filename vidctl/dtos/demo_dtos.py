"""What the demo made, and where it is."""

from __future__ import annotations

from vidctl.dtos.base import ResponseDTO
from vidctl.dtos.media_dtos import ExportResponseDTO


class DemoResponseDTO(ResponseDTO):
    project: str
    clips: int
    film: ExportResponseDTO
    assets: str
    store: str
    next_steps: list[str]
