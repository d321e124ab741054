"""Tiny real media, made when a test needs them.

Every film frame carries a barcode of its clip and its number in big grey squares, which survive scaling, bars and
encoding; so a test can decode an export and tell which frame of which clip is on screen.
"""

from __future__ import annotations

import random
import subprocess
import wave
from array import array
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import imageio_ffmpeg
from av.video.stream import VideoStream
from PIL import Image

SIDE = 64
_CELLS = 4  # a barcode of 4 x 4 squares: 6 bits of clip, 10 bits of frame number
_FRAME_BITS = 10

SAMPLE_RATE = 44_100
CLICK_EVERY = 0.5  # seconds


@cache
def ffmpeg_path() -> str:
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def ffmpeg(*arguments: object) -> None:
    command = [ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def barcode(clip: int, number: int, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    code = clip << _FRAME_BITS | number
    small = Image.new("L", (_CELLS, _CELLS))
    small.putdata([200 if code >> bit & 1 else 50 for bit in range(_CELLS * _CELLS)])
    return small.resize(size, Image.Resampling.NEAREST).convert("RGB")


def read_barcode(picture: Image.Image) -> tuple[int, int] | None:
    """(clip, number) of the barcode that fills the picture, None for a black frame."""
    grey = picture.convert("L")
    step_x, step_y = grey.width / _CELLS, grey.height / _CELLS
    centres = [(int((x + 0.5) * step_x), int((y + 0.5) * step_y)) for y in range(_CELLS) for x in range(_CELLS)]
    levels = [int(grey.getpixel(centre)) for centre in centres]  # type: ignore[arg-type]
    if max(levels) < 30:
        return None
    code = sum(1 << bit for bit, level in enumerate(levels) if level > 125)
    return code >> _FRAME_BITS, code & (1 << _FRAME_BITS) - 1


def video(
    path: Path,
    *,
    clip: int = 1,
    frames: int = 12,
    first: int = 0,
    rate: Fraction | int = 24,
    size: tuple[int, int] = (SIDE, SIDE),
    codec: str = "",
) -> Path:
    """A film with a barcode on each frame, numbered from `first` on, in the container that the suffix names."""
    codec = codec or {".webm": "libvpx-vp9"}.get(path.suffix, "libx264")
    with av.open(str(path), "w") as film:
        stream = film.add_stream(codec, rate=Fraction(rate))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.thread_count = 1
        options: dict[str, object] = {"crf": "20"}
        stream.options = options | ({"cpu-used": "8", "deadline": "realtime"} if "vpx" in codec else {})
        for number in range(first, first + frames):
            frame: av.VideoFrame = av.VideoFrame.from_image(barcode(clip, number, size))  # type: ignore[no-untyped-call]
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path


def image(path: Path, *, clip: int = 1, number: int = 0, size: tuple[int, int] = (SIDE, SIDE)) -> Path:
    barcode(clip, number, size).save(path)
    return path


def animation(path: Path, *, clip: int = 1, frames: int = 6, milliseconds: int = 62) -> Path:
    """An animated picture (.webp, .gif, .png)."""
    first, *rest = [barcode(clip, number) for number in range(frames)]
    first.save(path, save_all=True, append_images=rest, duration=milliseconds, loop=0, lossless=True)
    return path


def song(path: Path, *, seconds: float = 2.0, rate: int = SAMPLE_RATE) -> Path:
    """A song of one click each half second, in the format that the suffix names."""
    wav = path if path.suffix == ".wav" else path.with_suffix(".source.wav")
    samples = array("h", bytes(2 * round(seconds * rate)))
    for click in clicks(seconds):
        for offset in range(8):
            samples[round(click * rate) + offset] = 24_000
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    if wav != path:
        ffmpeg("-i", wav, *_ENCODERS.get(path.suffix, ()), path)
        wav.unlink()
    return path


_ENCODERS = {
    ".mp3": ("-b:a", "128k"),
    ".ogg": ("-c:a", "libvorbis", "-q:a", "6"),
    ".opus": ("-c:a", "libopus", "-b:a", "128k"),
    ".m4a": ("-c:a", "aac", "-b:a", "192k"),
    ".aac": ("-c:a", "aac", "-b:a", "192k"),
}


def damage(path: Path) -> Path:
    """Turn over the bits of a quarter of a file, from its middle on."""
    content = bytearray(path.read_bytes())
    middle, hurt = len(content) // 2, len(content) // 4
    content[middle : middle + hurt] = bytes(byte ^ 0xFF for byte in content[middle : middle + hurt])
    path.write_bytes(content)
    return path


def scratch(path: Path, seed: int) -> Path:
    """Change four bytes of a file, somewhere in its content."""
    chance, content = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(4):
        content[chance.randrange(len(content) // 5, len(content) * 4 // 5)] = chance.randrange(256)
    path.write_bytes(content)
    return path


def clicks(seconds: float) -> list[float]:
    """When a song of that length clicks, in seconds."""
    return [CLICK_EVERY * (number + 0.5) for number in range(int(seconds / CLICK_EVERY))]


def decoded(path: Path) -> Iterator[tuple[Fraction, Image.Image]]:
    """The time in seconds and the picture of each frame of a film."""
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            assert frame.pts is not None
            assert frame.time_base is not None
            yield frame.pts * frame.time_base, frame.to_image()  # type: ignore[no-untyped-call]


def sound(path: Path) -> tuple[int, array[float]]:
    """Sample rate and samples of the first channel of a file's sound, from time 0 on."""
    samples: array[float] = array("f")
    rate = 0
    with av.open(str(path)) as media:
        planar = av.AudioResampler(format="fltp", layout="mono")
        for frame in media.decode(audio=0):
            rate = frame.sample_rate
            for converted in planar.resample(frame):
                samples.frombytes(bytes(converted.planes[0])[: converted.samples * 4])
    return rate, samples


def click_positions(path: Path) -> list[float]:
    """When a song clicks, in seconds: the middle of each burst's energy, which encoders leave where it is."""
    rate, samples = sound(path)
    positions = []
    for click in clicks(len(samples) / rate):
        around = range(round((click - 0.05) * rate), min(len(samples), round((click + 0.05) * rate)))
        energy = sum(samples[index] ** 2 for index in around)
        if energy > 1:
            positions.append(sum(index * samples[index] ** 2 for index in around) / energy / rate)
    return positions
