"""How long a film is, read from its packets without decoding: milliseconds where examining takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from vidctl.errors import MediaInvalid
from vidctl.gateways.containers import HEAD_BYTES, recognise
from vidctl.gateways.decoding import moving_pictures, opened
from vidctl.gateways.pictures import examine_picture


@dataclass(frozen=True)
class Extent:
    """Packets (= frames) and seconds of a film's pictures, and seconds of its sound, None without.

    `rate` is in frames per second, None if frames last for different times.
    """

    frames: int
    seconds: Fraction
    rate: Fraction | None
    sound: Fraction | None


def demuxer_of(path: Path) -> str:
    """libav's name for the container that a film is written in; empty for an animated picture, which Pillow reads."""
    with path.open("rb") as file:
        container = recognise(file.read(HEAD_BYTES))
    if container is None:
        raise MediaInvalid(f"{path.name} is not a film", fix="render or add the take again")
    return container.demuxer


def measure(path: Path) -> Extent:
    """The extent of a film. Raises MediaInvalid if it can't be read as one."""
    demuxer = demuxer_of(path)
    if not demuxer:
        seen = examine_picture(path)
        return Extent(len(seen.durations), len(seen.durations) / seen.rate, None, None)
    with opened(path, demuxer) as media:
        film = moving_pictures(media)
        if film is None:
            raise MediaInvalid(f"{path.name} is not a film", cause="it holds no pictures")
        return _extent(media, film)


def sound_shape(path: Path) -> tuple[int, int]:
    """Channels and samples per second of a file's first sound. Raises MediaInvalid if it has none."""
    with opened(path, demuxer_of(path)) as media:
        if not media.streams.audio:
            raise MediaInvalid(f"{path.name} has no sound", fix="add the song again")
        sound = media.streams.audio[0]
        return sound.channels, sound.rate


def _extent(media: InputContainer, film: VideoStream) -> Extent:
    announced = Fraction(film.average_rate or film.guessed_rate or 24)
    tick = Fraction(film.time_base or 0)
    packets = [packet for packet in media.demux(film) if packet.pts is not None]
    starts = sorted(tick * (packet.pts or 0) for packet in packets)
    if _is_even(starts, announced, tick):
        return Extent(len(starts), len(starts) / announced, announced, _sound(media))
    end = max(tick * ((packet.pts or 0) + (packet.duration or 0)) for packet in packets)
    return Extent(len(starts), end - starts[0], None, _sound(media))


def _is_even(starts: list[Fraction], rate: Fraction, tick: Fraction) -> bool:
    """Whether frames follow each other at this rate, as far as a container's ticks (WebM: milliseconds) can tell."""
    return all(abs(start - starts[0] - number / rate) <= tick for number, start in enumerate(starts))


def _sound(media: InputContainer) -> Fraction | None:
    if not media.streams.audio:
        return None
    stream = media.streams.audio[0]
    return Fraction(stream.duration * stream.time_base) if stream.duration and stream.time_base else Fraction(0)
