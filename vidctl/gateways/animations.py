"""Animated pictures (WebP, GIF, PNG) as films: Pillow reads what many an ffmpeg cannot."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageSequence

from vidctl.errors import ExportFailed
from vidctl.gateways.pictures import Animation, examine_picture, on_black
from vidctl.gateways.whole_file import as_disk_full

_MILLISECOND = Fraction(1, 1000)


def as_film(path: Path, destination: Path) -> None:
    """Write an animated picture as a lossless film (FFV1 in Matroska), each frame shown for as long as in the picture.

    Raises MediaInvalid, DiskFull, ExportFailed.
    """
    seen = examine_picture(path)
    try:
        _write(path, seen, destination)
    except (av.FFmpegError, OSError) as error:
        raise as_disk_full(error, destination) or ExportFailed(
            f"could not unpack {path.name}", cause=str(error), fix=f"check {destination.parent}"
        ) from error


def _write(path: Path, seen: Animation, destination: Path) -> None:
    with Image.open(path) as image, av.open(str(destination), "w", format="matroska") as film:
        stream = film.add_stream("ffv1", rate=seen.rate)
        stream.width, stream.height, stream.pix_fmt = seen.width, seen.height, "bgr0"
        stream.codec_context.time_base = _MILLISECOND
        for number, picture in enumerate(ImageSequence.Iterator(image)):
            frame: av.VideoFrame = av.VideoFrame.from_image(on_black(picture))  # type: ignore[no-untyped-call]
            frame.time_base = _MILLISECOND
            frame.pts = seen.start(number)
            frame.duration = seen.start(number + 1) - seen.start(number)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
