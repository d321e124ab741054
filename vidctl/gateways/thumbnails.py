"""Small pictures of stored files: of a still itself, of a film the frame in its middle."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from vidctl.errors import MediaInvalid
from vidctl.gateways.containers import claimed_container
from vidctl.gateways.pictures import on_black, reading


@dataclass(frozen=True)
class Raster:
    """A picture as numbers: three bytes for each pixel, row by row."""

    width: int
    height: int
    rgb: bytes


def raster(path: Path, size: tuple[int, int]) -> Raster:
    """A stored file's thumbnail, an even number of pixels high. Raises MediaInvalid."""
    picture = thumbnail(path, size)
    even = Image.new("RGB", (picture.width, picture.height + picture.height % 2))
    even.paste(picture)
    return Raster(even.width, even.height, even.tobytes())


def thumbnail(path: Path, size: tuple[int, int]) -> Image.Image:
    """A stored file's picture in RGB, scaled to fit into `size` in its own shape. Raises MediaInvalid."""
    container = claimed_container(path)
    picture = _film_frame(path) if container is not None and container.demuxer else _picture(path)
    return ImageOps.contain(picture, size, Image.Resampling.LANCZOS)


def _picture(path: Path) -> Image.Image:
    with reading(path), Image.open(path) as image:
        image.seek(getattr(image, "n_frames", 1) // 2)
        return on_black(ImageOps.exif_transpose(image))


def _film_frame(path: Path) -> Image.Image:
    try:
        frame = _middle(path)
    except av.FFmpegError as error:
        raise _damaged(path, error.strerror or str(error)) from error
    if frame is None:
        raise _damaged(path, "it has no frames")
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _middle(path: Path) -> VideoFrame | None:
    """The frame that is shown when half of the film has passed."""
    with av.open(f"file:{path}") as film:
        stream = film.streams.video[0]
        stream.codec_context.thread_count = 1
        middle = (stream.start_time or 0) + _length(film, stream) // 2
        film.seek(middle, stream=stream)
        found = None
        for frame in film.decode(stream):
            if found is not None and (frame.pts is None or frame.pts > middle):
                break
            found = frame
        return found


def _length(film: InputContainer, stream: VideoStream) -> int:
    """In the stream's units; Matroska says it for the whole film only."""
    if stream.duration or not film.duration or not stream.time_base:
        return stream.duration or 0
    return int(Fraction(film.duration, av.time_base) / stream.time_base)


def _damaged(path: Path, cause: str) -> MediaInvalid:
    return MediaInvalid(f"{path.name} cannot be shown", cause=cause, fix="render the take again")
