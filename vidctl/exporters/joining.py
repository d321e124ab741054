"""Joining the segments, untouched, with the song as the film's only sound."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from vidctl.domain.timeline import Slot, Timeline
from vidctl.exporters.encoding import SOUND_FORMAT, Encoding
from vidctl.gateways.ffmpeg import Ffmpeg

_SOUND = ("-c:a", "aac", "-b:a", "256k")
# The sound's length is kept in these ticks; older versions default to milliseconds, which cuts off some samples.
_MOVIE_TICKS = "90000"
_MICROSECONDS = 1_000_000


def join(
    timeline: Timeline, segments: Sequence[Path], listing: Path, part: Path, encoding: Encoding, ffmpeg: Ffmpeg
) -> Generator[int, None, None]:
    """Write the film to `part`, yielding frames done. `listing` is where the list of segments may be written."""
    listing.write_text(concat_list(timeline.slots, segments, timeline.rate), encoding="utf-8")
    command = (
        *("-f", "concat", "-safe", "0", "-i", str(listing.absolute())),
        *_song(timeline),
        *("-map_chapters", "-1", "-metadata", f"title={timeline.title}"),
        *("-c:v", "copy", "-video_track_timescale", str(encoding.timescale)),
        *("-movie_timescale", _MOVIE_TICKS, "-movflags", "+faststart", "-f", "mp4", "-y", str(part.absolute())),
    )
    with closing(ffmpeg.run(command, total_frames=timeline.frames)) as run:
        yield from run


def _song(timeline: Timeline) -> tuple[str, ...]:
    """The song, cut or followed by silence to the film's exact length, at a rate and in channels that play anywhere."""
    if timeline.music is None:
        return ("-map", "0:v:0")
    length = _decimal(timeline.frames / timeline.rate)
    filters = f"{SOUND_FORMAT},apad,atrim=end={length}"
    return ("-i", str(timeline.music.absolute()), "-map", "0:v:0", "-map", "1:a:0", "-af", filters, *_SOUND)


def concat_list(slots: Sequence[Slot], segments: Sequence[Path], rate: Fraction) -> str:
    """The segments for ffmpeg's concat demuxer.

    Without durations it takes each file's own, which is rounded to its container's ticks. It counts in microseconds,
    so each duration is the difference of two rounded positions: no error adds up.
    """
    lines = ["ffconcat version 1.0"]
    for slot, segment in zip(slots, segments, strict=True):
        begin, end = (round(_MICROSECONDS * frame / rate) for frame in (slot.start, slot.start + slot.frames))
        name = f"file:{segment.absolute()}".replace("'", r"'\''")
        lines += [f"file '{name}'", f"duration {_decimal(Fraction(end - begin, _MICROSECONDS))}"]
    return "\n".join(lines) + "\n"


def _decimal(seconds: Fraction) -> str:
    return f"{round(seconds * _MICROSECONDS) / _MICROSECONDS:.6f}"
