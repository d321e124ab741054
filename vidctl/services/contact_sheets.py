"""Takes side by side: on a contact sheet, or as small pictures for a terminal to draw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import GeneratedContentDTO
from vidctl.dtos.take_dtos import PictureDTO, TakeComparisonDTO
from vidctl.errors import InvalidInput, NotFound
from vidctl.exporters.destination import check_destination
from vidctl.gateways.contact_sheet import SUFFIXES, Cell, write_sheet
from vidctl.gateways.thumbnails import raster
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.given_files import refuse_existing
from vidctl.services.references import References
from vidctl.services.take_reader import TakeReader

#: More than this nobody can compare.
MOST = 100


class ContactSheets:
    """Compares takes."""

    def __init__(self, takes: TakeRepository, references: References, reader: TakeReader) -> None:
        self._takes = takes
        self._references = references
        self._reader = reader

    def compare(
        self,
        references: Sequence[str],
        *,
        clip: str | None = None,
        file: Path | None = None,
        overwrite: bool = False,
        room: tuple[int, int] | None = None,
    ) -> TakeComparisonDTO:
        """The takes named, or the newest of a clip. With `file` they are written on a sheet (PNG or HTML); else with
        `room` (pixels) each comes with a picture of that size at most. Raises Conflict if the file exists."""
        if file is not None:
            _check(file, overwrite)
        takes, title = self._chosen(references, clip)
        items = self._reader.respond_all(takes)
        files = self._reader.paths_of_files(takes) if file or room else []
        if file is not None:
            cells = [Cell(path, caption(item), item.is_selected) for path, item in zip(files, items, strict=True)]
            write_sheet(cells, title, file)
        pictures = [_picture(path, room) for path in files] if room and file is None else []
        return TakeComparisonDTO(items=items, file=str(file) if file else None, pictures=pictures)

    def _chosen(self, references: Sequence[str], clip: str | None) -> tuple[list[Take], str]:
        if bool(references) == (clip is not None):
            raise InvalidInput("name either takes or a clip", fix="vidctl take compare TAKE TAKE, or --clip CLIP")
        if clip is not None:
            owner = self._references.clip(clip)
            newest = (("created_at", -1),)
            takes = self._takes.page({"clip_id": owner.id}, sort=newest, after=None, limit=MOST)
            if not takes:
                raise NotFound(f"{owner.slug} has no takes yet", fix=f"vidctl generate image {clip}")
            return takes, self._references.path(owner)
        takes = list({take.id: take for take in map(self._references.take, references)}.values())
        if len(takes) > MOST:
            raise InvalidInput(f"{len(takes)} takes are too many to compare", fix=f"name {MOST} at most")
        return takes, "Takes"


def _check(file: Path, overwrite: bool) -> None:
    if file.suffix.lower() not in SUFFIXES and not file.is_dir():
        raise InvalidInput(
            f"{file.name} is no sheet", cause=f"sheets end with {' or '.join(SUFFIXES)}", fix="name it sheet.png"
        )
    check_destination(file, file.suffix.lower())
    refuse_existing(file, overwrite)


def _picture(file: Path, room: tuple[int, int]) -> PictureDTO:
    drawn = raster(file, room)
    return PictureDTO(width=drawn.width, height=drawn.height, rgb=drawn.rgb)


def caption(item: GeneratedContentDTO) -> tuple[str, ...]:
    """What is written below a take's picture."""
    first = [item.id[:8], "selected" if item.is_selected else "", f"{item.rating}/5" if item.rating else ""]
    second = [f"seed {item.seed}" if item.seed is not None else "", item.model_name or item.server_name]
    return " · ".join(filter(None, first)), " · ".join(filter(None, second)), item.path
