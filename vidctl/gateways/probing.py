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
    """Packets (= frames) and seconds of a film's pictures, and seconds of its sound, None without."""

    frames: int
    seconds: Fraction
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
        return Extent(len(seen.durations), len(seen.durations) / seen.rate, None)
    with opened(path, demuxer) as media:
        film = moving_pictures(media)
        if film is None:
            raise MediaInvalid(f"{path.name} is not a film", cause="it holds no pictures")
        return Extent(*_count(media, film), _sound(media))


def _count(media: InputContainer, film: VideoStream) -> tuple[int, Fraction]:
    beat = 1 / Fraction(film.average_rate or film.guessed_rate or 24)
    starts, ends = [], []
    for packet in media.demux(film):
        if packet.pts is not None and packet.time_base is not None:
            starts.append(packet.pts * packet.time_base)
            ends.append(starts[-1] + (packet.duration * packet.time_base if packet.duration else beat))
    return len(starts), max(ends, default=Fraction(0)) - min(starts, default=Fraction(0))


def _sound(media: InputContainer) -> Fraction | None:
    if not media.streams.audio:
        return None
    stream = media.streams.audio[0]
    return Fraction(stream.duration * stream.time_base) if stream.duration and stream.time_base else Fraction(0)
