"""The built-in backend: draws a timed title card for each clip, so that a cut can be judged before a GPU is burned.

Renders are drawn inside `watch`, in the caller's thread, and live in this process only (`durable` is False).
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from vidctl import __version__
from vidctl.domain.recipe import MediaKind, RenderRequest, TitleCard
from vidctl.errors import OutputInvalid, RenderFailed, RenderRejected, ServerCannotRender
from vidctl.gateways.card_look import USUAL
from vidctl.gateways.frame_encoder import encode
from vidctl.gateways.lettering import boxes_told
from vidctl.gateways.render_backend import (
    BackendStatus,
    RemoteFile,
    RenderBackend,
    RenderCancelled,
    RenderDone,
    RenderEvent,
    RenderLost,
    RenderProgress,
    Whereabouts,
)
from vidctl.gateways.title_card import CardPainter, undrawable
from vidctl.gateways.whole_file import as_disk_full, whole_file, write_failed

#: Written into the PNGs made here, so that a card is never drawn over a picture of a card.
MARK = "vidctl animatic"

#: What Pillow raises for a file that is no picture, damaged, or too large.
UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass
class _Render:
    """A render in this process. `state` is changed under the backend's lock only."""

    request: RenderRequest
    state: Whereabouts = Whereabouts.QUEUED
    cancelled: threading.Event = field(default_factory=threading.Event)
    done: RenderDone | None = None


class AnimaticBackend(RenderBackend):
    """Draws title cards into `work`, a folder of its own that `close` empties.

    `still` gives the file of an asset id, None where it is not stored here; then the card is drawn without it and
    the result carries a warning.
    """

    name = "animatic"
    durable = False

    def __init__(self, work: Path, still: Callable[[str], Path | None]) -> None:
        self._work = work
        self._find_still = still
        self._renders: dict[str, _Render] = {}
        self._lock = threading.Lock()
        self._told: set[str] = set()

    def status(self) -> BackendStatus:
        """Always there."""
        with self._lock:
            states = [render.state for render in self._renders.values()]
        return BackendStatus(
            version=__version__,
            devices=("title cards drawn on this machine",),
            queued=states.count(Whereabouts.QUEUED),
            running=states.count(Whereabouts.RUNNING),
        )

    def validate(self, request: RenderRequest) -> None:
        """Raises ServerCannotRender without a title card, or for a video of odd size (H.264 halves the colour)."""
        missing = []
        if request.card is None:
            missing.append("the request has no title card")
        if request.kind is MediaKind.VIDEO and (request.width % 2 or request.height % 2):
            missing.append(f"a video of {request.width}x{request.height} has an odd side")
        if missing:
            raise ServerCannotRender(
                "the animatic cannot draw this", cause="; ".join(missing), fix="give an even --size, and render a clip"
            )

    def submit(self, request: RenderRequest, prompt_id: str) -> None:
        """Keep the request; drawing begins with `watch`."""
        self.validate(request)
        with self._lock:
            if prompt_id in self._renders:
                raise RenderRejected(
                    f"the animatic already has a render {prompt_id}", fix="ask where it is instead of submitting again"
                )
            self._renders[prompt_id] = _Render(request)

    def locate(self, prompt_id: str) -> Whereabouts:
        """Where the render is; UNKNOWN when it was cancelled or belongs to another process."""
        with self._lock:
            render = self._renders.get(prompt_id)
            return Whereabouts.UNKNOWN if render is None or render.cancelled.is_set() else render.state

    def watch(self, prompt_id: str) -> Generator[RenderEvent, None, None]:
        """Draw the render, one RenderProgress a frame. Leaving early puts it back; watching a finished one again
        repeats its RenderDone."""
        with self._lock:
            render = self._renders.get(prompt_id)
            if render is None:
                raise RenderLost(f"the animatic does not know {prompt_id}")
            if render.done is None:
                render.state = Whereabouts.RUNNING
        try:
            if render.done is None:
                render.done = yield from self._draw(render, prompt_id)
        finally:
            with self._lock:
                render.state = Whereabouts.QUEUED if render.done is None else Whereabouts.FINISHED
        yield render.done

    def fetch(self, file: RemoteFile, destination: Path) -> None:
        """Copy an output to `destination`. Raises OutputInvalid when it is gone, DiskFull."""
        source = self._work / Path(file.filename).name
        try:
            with whole_file(destination) as part:
                shutil.copyfile(source, part)
        except OSError as error:
            raise as_disk_full(error, destination) or OutputInvalid(
                f"{source.name} could not be taken over", cause=str(error), fix="render the clip again"
            ) from error

    def cancel(self, prompt_id: str) -> bool:
        """Stop this render; True when it was waiting or being drawn."""
        with self._lock:
            render = self._renders.get(prompt_id)
            if render is None or render.done is not None or render.cancelled.is_set():
                return False
            render.cancelled.set()
            return True

    def close(self) -> None:
        """Remove the files made here; what was fetched is a copy."""
        with self._lock:
            for render in self._renders.values():
                for file in render.done.files if render.done else ():
                    (self._work / file.filename).unlink(missing_ok=True)

    def _draw(self, render: _Render, prompt_id: str) -> Generator[RenderEvent, None, RenderDone]:
        began = time.monotonic()
        request = render.request
        assert request.card is not None  # validate refuses a request without one
        still, warnings = self._still(request.card)
        warnings += self._boxes(request.card)
        size = (request.width, request.height)
        painter = CardPainter(request.card, request.frames, request.rate, size, still, _look_seed(request))
        suffix = ".png" if request.kind is MediaKind.IMAGE else ".mp4"
        path = self._work / f"{prompt_id}{suffix}"
        total = 1 if request.kind is MediaKind.IMAGE else request.frames
        for done in _write(painter, request, path, render.cancelled):
            yield RenderProgress(done / total, node="title card", step=done, steps=total)
        file = RemoteFile(path.name, local=path)
        return RenderDone((file,), seconds=time.monotonic() - began, warnings=warnings)

    def _boxes(self, card: TitleCard) -> tuple[str, ...]:
        """What to tell of letters that cannot be drawn; of each only once."""
        with self._lock:
            missing = undrawable(card) - self._told
            self._told |= missing
        return (boxes_told(missing),) if missing else ()

    def _still(self, card: TitleCard) -> tuple[Image.Image | None, tuple[str, ...]]:
        """The picture to draw on, and what to tell when it cannot be had."""
        if card.still_asset is None:
            return None, ()
        path = self._find_still(card.still_asset)
        if path is None:
            return None, (f"the still {card.still_asset[:12]} of {card.clip} is not stored here; drawn without it",)
        try:
            with Image.open(path) as opened:
                opened.load()
                return (None if opened.info.get("Software") == MARK else opened.copy()), ()
        except UNREADABLE as error:
            raise RenderFailed(
                f"the still of {card.clip} does not decode", cause=str(error), fix="select another still"
            ) from error


def _look_seed(request: RenderRequest) -> int:
    """The seed that somebody has chosen; the request's own always is one, as it drew the words of the card."""
    return request.seed if "seed" in request.values else USUAL


def draw_card(
    card: TitleCard, skip: int, frames: int, rate: Fraction, size: tuple[int, int], destination: Path
) -> None:
    """Write `frames` frames of a card, without its first `skip`, to an MP4: what fills a gap in an export."""
    painter = CardPainter(card, skip + frames, rate, size)
    pictures = (painter.frame(number) for number in range(skip, skip + frames))
    for _ in encode(pictures, size, rate, destination):
        pass


def _write(painter: CardPainter, request: RenderRequest, path: Path, cancelled: threading.Event) -> Iterator[int]:
    """Draw the picture or the frames to `path`; yields how many are done. Raises RenderCancelled when told to."""

    def frames() -> Iterator[Image.Image]:
        for number in range(request.frames if request.kind is MediaKind.VIDEO else 1):
            if cancelled.is_set():
                raise RenderCancelled(f"{path.stem} was cancelled")
            yield painter.frame(number)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if request.kind is MediaKind.VIDEO:
            yield from encode(frames(), (request.width, request.height), request.rate, path)
        else:
            for picture in frames():
                _save(picture, path)
                yield 1
    except OSError as error:
        raise write_failed(error, path) from error


def _save(picture: Image.Image, path: Path) -> None:
    mark = PngInfo()
    mark.add_text("Software", MARK)
    with whole_file(path) as part:
        picture.save(part, pnginfo=mark)
