"""Pictures in, H.264 in MP4 out: exactly as many frames as pictures, each exactly 1/rate after the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image

from vidctl.gateways.whole_file import whole_file, write_failed

#: x264: near transparent, and fast; drawn pictures stay small anyway.
ENCODER: dict[str, object] = {"preset": "veryfast", "crf": "18"}
#: The code point of BT.709 in H.264's colour description (ITU-T H.273, tables 2 to 4).
BT709 = 1


def encode(pictures: Iterable[Image.Image], size: tuple[int, int], rate: Fraction, destination: Path) -> Iterator[int]:
    """Write RGB pictures of `size` (even sides) as a silent MP4; yields how many are done.

    The file appears at `destination` when the last one is written. Raises DiskFull, RenderFailed.
    """
    try:
        with whole_file(destination) as part, av.open(str(part), "w", options={"movflags": "+faststart"}) as container:
            stream = _stream(container.add_stream("libx264", rate=rate), size, rate)
            for number, picture in enumerate(pictures):
                container.mux(stream.encode(_frame(picture, number, rate)))
                yield number + 1
            container.mux(stream.encode())
    except (av.FFmpegError, OSError) as error:
        raise write_failed(error, destination) from error


def _stream(stream: VideoStream, size: tuple[int, int], rate: Fraction) -> VideoStream:
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.options = ENCODER
    context = stream.codec_context
    context.time_base = 1 / rate
    context.thread_count = 1  # several renders run side by side; one of them is fast enough on one core
    context.gop_size = max(1, round(rate * 2))
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = ColorRange.MPEG
    return stream


def _frame(picture: Image.Image, number: int, rate: Fraction) -> av.VideoFrame:
    rgb: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    frame = rgb.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
    frame.pts, frame.time_base = number, 1 / rate
    return frame
