"""Strict decoding by libav (PyAV): every frame of a file is decoded, and the first complaint of a decoder counts.

libav is forgiving: by default it decodes a damaged film "successfully". So its error log is read, not only its errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.logging
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from vidctl.errors import MediaInvalid

# PyAV passes the log on only from this level up. These are settings of the whole process, hence set once, here.
av.logging.set_level(av.logging.ERROR)
# Else PyAV keeps a complaint back that another file has caused just before.
av.logging.set_skip_repeated(False)

# For a film of one frame without any time in it.
_GUESSED_RATE = Fraction(24)

_STRICT = {"err_detect": "explode", "max_pixels": str(Image.MAX_IMAGE_PIXELS)}


@dataclass(frozen=True)
class Sound:
    """What a song's header announces and what decoding it gave, in seconds. `announced` is None without a header."""

    decoded: Fraction
    announced: Fraction | None


@dataclass(frozen=True)
class Pictures:
    """What decoding a film gave. `duration` is in seconds, from the first frame's start to the last one's end."""

    width: int
    height: int
    frames: int
    rate: Fraction
    duration: Fraction
    has_audio: bool


@contextmanager
def opened(path: Path, demuxer: str) -> Iterator[InputContainer]:
    """The file opened by libav with the demuxer named, so that a playlist or script can't pass as a song.

    Raises MediaInvalid for anything that libav complains of in the block.
    """
    complaints: Sequence[tuple[int, str, str]] = ()
    try:
        with av.logging.Capture() as complaints, _open(path, demuxer) as container:
            _check_decoders(path, container)
            yield container
    except av.error.FFmpegError as error:
        said = "; ".join(message.strip() for _, _, message in complaints[-2:])
        raise _damaged(path, said or error.strerror or type(error).__name__) from error
    if complaints:
        raise _damaged(path, complaints[-1][2].strip())


def _open(path: Path, demuxer: str) -> InputContainer:
    # The prefix keeps a name such as "take:2.mp4" from being read as a protocol.
    return av.open(f"file:{path}", format=demuxer, options=_STRICT, metadata_errors="replace")


def _check_decoders(path: Path, container: InputContainer) -> None:
    # PyAV leaves the context of a stream out, against its own types, if libav has no decoder for it.
    if any(stream.codec_context is None for stream in (*container.streams.video, *container.streams.audio)):
        raise _damaged(path, "there is no decoder for what it holds")


def _damaged(path: Path, cause: str) -> MediaInvalid:
    return MediaInvalid(
        f"{path.name} is damaged or incomplete",
        cause=f"it does not decode: {cause}",
        fix="download or export the file again; it must play to its end",
    )


def moving_pictures(container: InputContainer) -> VideoStream | None:
    """The film in a container; a cover picture attached to a song is none."""
    films = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    return films[0] if films else None


def decode_sound(container: InputContainer) -> Sound:
    """Decode the first audio stream to its end. The duration is exact: samples over sample rate."""
    stream = container.streams.audio[0]
    announced = stream.duration * stream.time_base if stream.duration and stream.time_base else None
    decoded = sum((Fraction(frame.samples, frame.sample_rate) for frame in container.decode(stream)), Fraction(0))
    return Sound(decoded, announced)


def decode_pictures(container: InputContainer, stream: VideoStream) -> Pictures | None:
    """Decode a film and its sound to their ends, counting the frames. None if there are no frames."""
    # A decoder's helper threads would log where the capture does not listen.
    stream.codec_context.thread_count = 1
    frames, first, last = 0, None, None
    for frame in container.decode(stream, *container.streams.audio):
        if isinstance(frame, VideoFrame):
            frames, first, last = frames + 1, first or frame, frame
    if first is None or last is None:
        return None
    rate, duration = _timing(frames, first, last, stream.average_rate or stream.guessed_rate)
    turned = last.rotation % 180 != 0
    width, height = (last.height, last.width) if turned else (last.width, last.height)
    return Pictures(width, height, frames, rate, duration, bool(container.streams.audio))


def _timing(frames: int, first: VideoFrame, last: VideoFrame, announced: Fraction | None) -> tuple[Fraction, Fraction]:
    """Rate and duration. WebM keeps times in whole milliseconds, so an announced rate that fits is the exact one."""
    if first.pts is None or last.pts is None or last.time_base is None:
        rate = announced or _GUESSED_RATE
        return rate, frames / rate
    measured = (last.pts - first.pts + last.duration) * last.time_base
    if announced and abs(frames / announced - measured) * announced < Fraction(1, 2):
        return announced, frames / announced
    if not measured:
        return announced or _GUESSED_RATE, frames / (announced or _GUESSED_RATE)
    return announced or frames / measured, measured
