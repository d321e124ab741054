"""One job on one backend: take the render up or submit it, follow it, bring its files home.

The prompt id is stored before the submit. Whoever holds the job next asks the server for it first, so a render is
never started twice and a lost one is never called done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from vidctl.domain.asset import AssetKind
from vidctl.domain.document import derived_id, new_id
from vidctl.domain.job import Job
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.domain.take import Take
from vidctl.errors import MediaInvalid, NotFound, OutputInvalid
from vidctl.gateways.asset_store import AssetStore
from vidctl.gateways.render_backend import (
    RemoteFile,
    RenderBackend,
    RenderDone,
    RenderProgress,
    Whereabouts,
)
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.gallery_manager import GalleryManager

OnProgress = Callable[[RenderProgress], None]
_IMAGES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
_VIDEOS = frozenset({".mp4", ".webm", ".mov", ".mkv", ".gif", ".webp", ".avi"})


class Stopped(Exception):
    """The worker was asked to stop while the render goes on."""


class OwnerGone(Exception):
    """The clip or character that the render was for has been deleted."""


class Rendering:
    """Runs one claimed job to its takes. Raises what the backend raises, Stopped, OwnerGone, LeaseLost."""

    def __init__(self, queue: QueueRepository, gallery: GalleryManager, assets: AssetStore) -> None:
        self._queue = queue
        self._gallery = gallery
        self._assets = assets

    def start(self, job: Job, backend: RenderBackend) -> tuple[Job, bool]:
        """Adopt the render if the backend knows it, submit it if not: (job, whether it was adopted)."""
        if not self._gallery.has_owner(job):
            raise OwnerGone("what it was for was deleted")
        request = job.render_request()
        if job.prompt_id is not None and backend.locate(job.prompt_id) is not Whereabouts.UNKNOWN:
            return job, True
        if job.prompt_id is None or job.submitted:
            # a lost render gets a fresh id: the old one may still turn up on a server that was only slow
            job = self._queue.assign(job, prompt_id=new_id(), submitted=False)
        assert job.prompt_id is not None
        backend.validate(request)
        backend.submit(request, job.prompt_id)
        return self._queue.assign(job, submitted=True), False

    def follow(
        self, job: Job, backend: RenderBackend, on_progress: OnProgress, stopping: Callable[[], bool]
    ) -> RenderDone:
        """Watch until it is done. Raises Stopped as soon as `stopping` says so."""
        assert job.prompt_id is not None
        with closing(backend.watch(job.prompt_id)) as events:
            for event in events:
                if isinstance(event, RenderDone):
                    return event
                if stopping():
                    raise Stopped
                on_progress(event)
        raise AssertionError(f"{backend.name} ended a render without saying how")

    def collect(self, job: Job, backend: RenderBackend, done: RenderDone) -> list[Take]:
        """Download, decode, hash and store the outputs of the job's kind, and add them to their owner's gallery."""
        wanted = [file for file in done.files if _is_of_kind(file, job.kind)]
        if not wanted:
            raise OutputInvalid(
                f"the render of {job.label} left no {job.kind}",
                cause=f"its outputs are {', '.join(f.filename for f in done.files) or 'none'}",
                fix="check the workflow's output nodes",
            )
        return [self._bring_home(job, backend, file, index, done.seconds) for index, file in enumerate(wanted)]

    def _bring_home(
        self, job: Job, backend: RenderBackend, file: RemoteFile, index: int, seconds: float | None
    ) -> Take:
        with self._assets.incoming(file.filename) as incoming:
            backend.fetch(file, incoming)
            asset = self._store(incoming, job, file)
        return self._add_take(job, index, asset, seconds)

    def _add_take(self, job: Job, index: int, asset: str, seconds: float | None) -> Take:
        # a worker that was frozen over the download may have lost the job: its owner is another's to change then
        job = self._queue.assign(job, progress=1.0)
        request = job.render_request()
        take = Take(
            id=derived_id(job.id, job.prompt_id or "", str(index)),
            project_id=job.project_id,
            clip_id=job.clip_id,
            character_id=job.character_id,
            view=job.view,
            kind=job.kind,
            asset_id=asset,
            job_id=job.id,
            prompt_id=job.prompt_id or "",
            server_name=job.server_name,
            model=_model(request),
            fingerprint=request.fingerprint(),
            recipe=job.request,
            seconds=seconds,
        )
        try:
            return self._gallery.add_take(take, _sidecar(take, request))
        except NotFound as error:
            if self._queue.assign(job, progress=1.0).clip_id == job.clip_id:
                raise OwnerGone(error.problem) from error
        return self._add_take(job, index, asset, seconds)  # its clip was merged into another just then

    def _store(self, incoming: Path, job: Job, file: RemoteFile) -> str:
        try:
            return self._gallery.store_file(incoming, AssetKind(job.kind), file.filename).id
        except MediaInvalid as error:
            raise OutputInvalid(
                f"the file that {job.server_name} made for {job.label} does not decode",
                cause=f"{file.filename}: {error.cause or error.problem}",
                fix="the render is tried again; check the server's disk if it stays so",
            ) from error


def _is_of_kind(file: RemoteFile, kind: MediaKind) -> bool:
    suffix = Path(file.filename).suffix.lower()
    return suffix in (_IMAGES if kind is MediaKind.IMAGE else _VIDEOS)


def _model(request: RenderRequest) -> str:
    model = request.values.get("model", "")
    return model if isinstance(model, str) else ""


def _sidecar(take: Take, request: RenderRequest) -> dict[str, Any]:
    """Everything needed to make the file again, readable without vidctl."""
    return {
        "vidctl_sidecar": 1,
        "take_id": take.id,
        "clip_id": take.clip_id,
        "character_id": take.character_id,
        "server": take.server_name,
        "prompt_id": take.prompt_id,
        "render_seconds": take.seconds,
        "fingerprint": take.fingerprint,
        "recipe": request.model_dump(mode="json"),
    }
