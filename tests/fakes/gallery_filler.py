"""A process that adds takes to a clip while others do the same."""

from __future__ import annotations

from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from vidctl.domain.clip import Clip
from vidctl.domain.document import derived_id, utc_now
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.domain.take import Take


def new_take(
    clip: Clip, asset_id: str, number: int = 0, kind: MediaKind = MediaKind.IMAGE, at: datetime | None = None
) -> Take:
    """The take with that number; the same number is the same take."""
    request = RenderRequest(kind=kind, backend="comfyui", width=64, height=64, seed=number)
    return Take(
        id=derived_id(clip.id, str(number)),
        project_id=clip.project_id,
        clip_id=clip.id,
        kind=kind,
        asset_id=asset_id,
        recipe=request.model_dump_json(),
        created_at=at or utc_now(),
    )


def add_takes(folder: str, clip_id: str, asset_id: str, process: int, start: Barrier, number: int) -> None:
    """Add so many takes, all processes from the same moment on."""
    from tests.fakes.house import House
    from vidctl.repositories.sqlite_store import SqliteStore

    with House(Path(folder), SqliteStore(Path(folder) / "film.db"), rate=0) as house:
        clip = house.clips.find_by_id(clip_id)
        start.wait(60)
        for each in range(number):
            house.app.gallery.add_take(new_take(clip, asset_id, number * process + each), {"process": process})
