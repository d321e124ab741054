"""How the film is encoded: one fixed set of choices a quality, so that segments join without being encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

_DRAFT_SIDE = 540  # pixels of a draft's shorter side

# Integers, so that 1/rate is a whole number of ticks; large, so that players which round to ticks don't show it.
_LEAST_TICKS = 10_000

#: The filter that brings sound to a rate and to channels that play anywhere.
SOUND_FORMAT = "aformat=sample_rates=44100|48000:channel_layouts=mono|stereo"


class Quality(StrEnum):
    """FINAL is near transparent at the film's size; DRAFT is for judging the cut, three times quicker."""

    FINAL = "final"
    DRAFT = "draft"


_X264 = {Quality.FINAL: ("veryfast", "18"), Quality.DRAFT: ("ultrafast", "26")}


@dataclass(frozen=True)
class Encoding:
    """The film's picture: `rate` in frames per second, `width` and `height` in pixels, both even."""

    rate: Fraction
    width: int
    height: int
    quality: Quality

    @classmethod
    def of(cls, rate: Fraction, width: int, height: int, quality: Quality) -> Encoding:
        """The encoding for a film of this size; a draft is scaled down to 540 pixels on its shorter side."""
        shorter = min(width, height)
        scale = Fraction(min(shorter, _DRAFT_SIDE), shorter) if quality is Quality.DRAFT else Fraction(1)
        return cls(rate, _even(width * scale), _even(height * scale), quality)

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def timescale(self) -> int:
        """Ticks per second of the MP4's video track."""
        ticks = self.rate.numerator
        return ticks * -(-_LEAST_TICKS // ticks)

    def filters(self, skip: int, frames: int) -> str:
        """The filter chain that makes `frames` film frames of any source, without the first `skip`.

        A source that ends early holds its last frame; one of another shape gets black bars.
        """
        return ",".join(
            (
                "setpts=PTS-STARTPTS",
                f"fps={self.rate}:eof_action=pass",  # else what lasts less than half a film frame is dropped
                "tpad=stop_mode=clone:stop=-1",
                f"trim=start_frame={skip}:end_frame={skip + frames}",
                "setpts=PTS-STARTPTS",
                "scale=iw*sar:ih",
                f"scale={self.width}:{self.height}:force_original_aspect_ratio=decrease:force_divisible_by=2"
                ":out_color_matrix=bt709:out_range=tv",
                f"pad={self.width}:{self.height}:(ow-iw)/2:(oh-ih)/2:black",
                "setsar=1",
                "format=yuv420p",
                "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
            )
        )

    def arguments(self) -> tuple[str, ...]:
        """ffmpeg's arguments for the encoder and the container of a segment."""
        preset, crf = _X264[self.quality]
        tags = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
        return (
            *("-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"),
            *("-c:v", "libx264", "-preset", preset, "-crf", crf, "-profile:v", "high"),
            # No B-frames: in a segment of a frame or two x264 sets their time stamps so that segments would not join.
            *("-bf", "0"),
            *("-g", str(round(2 * self.rate)), "-threads", "1", "-filter_threads", "1"),
            *tags,
            # Without -r some versions (7.0) forget the rate behind setpts and take 25.
            *("-r", str(self.rate), "-video_track_timescale", str(self.timescale), "-f", "mp4"),
        )


def restored_times(rate: Fraction | None) -> str:
    """The filters that give frames of an even `rate` their exact times back, which WebM keeps in whole milliseconds.

    Otherwise a frame that is due half-way between two film frames would come by chance on either.
    """
    return f"settb={1 / rate},setpts=N," if rate else ""


def _even(side: Fraction | int) -> int:
    return max(2, 2 * round(side / 2))
