"""Stills and animated pictures, by Pillow: every frame is decoded; a picture that only has a good header is refused."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from vidctl.errors import MediaInvalid

# A picture above MAX_IMAGE_PIXELS is a decompression bomb, not something to warn of.
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Pillow would show the first frame of a damaged animation and call it a still.
warnings.filterwarnings("error", "Invalid APNG", UserWarning)

# What Pillow's readers raise for damaged files, by fuzzing them.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, UserWarning)

# Browsers show frames that claim to last no time for a tenth of a second.
_UNTIMED = 100


@dataclass(frozen=True)
class Animation:
    """A picture file: its size in pixels as shown, and how long each frame lasts in milliseconds (one for a still)."""

    width: int
    height: int
    durations: tuple[int, ...]

    @property
    def rate(self) -> Fraction:
        """Frames per second, on average.

        Writers of animations cut 1000/fps down to whole milliseconds (ComfyUI's animated WebP does), so an even
        beat that an integer rate explains is taken for that rate: 41 ms is 24 frames per second, not 24.39.
        """
        beat = self.durations[0]
        if any(duration != beat for duration in self.durations):
            return Fraction(1000 * len(self.durations), sum(self.durations))
        whole = 1000 // beat
        return Fraction(whole) if whole and 1000 // whole == beat else Fraction(1000, beat)

    def start(self, number: int) -> int:
        """When frame `number` begins, in milliseconds; `number` may be one past the last."""
        if len(set(self.durations)) == 1:
            return round(1000 * number / self.rate)
        return sum(self.durations[:number])


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what Pillow says about a picture file into our errors. Raises MediaInvalid."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaInvalid(
            f"{path.name} has too many pixels",
            cause=f"more than {Image.MAX_IMAGE_PIXELS} pixels would fill the memory",
            fix="scale the picture down first",
        ) from error
    except _DAMAGE as error:
        raise MediaInvalid(
            f"{path.name} is damaged or incomplete",
            cause=f"it does not decode: {error}",
            fix="download or export the picture again",
        ) from error


def examine_picture(path: Path) -> Animation:
    """Decode all frames of a picture file. Raises MediaInvalid."""
    with reading(path):
        with Image.open(path) as image:
            image.verify()
        with Image.open(path) as image:
            durations = tuple(_duration(frame) for frame in _frames(image))
            width, height = ImageOps.exif_transpose(image).size
    return Animation(width, height, durations)


def fitted(path: Path, size: tuple[int, int]) -> Image.Image:
    """A picture scaled to fit into `size`, centred on black, the right way up. Raises MediaInvalid."""
    with reading(path), Image.open(path) as image:
        upright = on_black(ImageOps.exif_transpose(image))
    return ImageOps.pad(upright, size, Image.Resampling.LANCZOS, color=(0, 0, 0))


def black(size: tuple[int, int]) -> Image.Image:
    """A black picture."""
    return Image.new("RGB", size)


def on_black(image: Image.Image) -> Image.Image:
    """The picture in RGB, black where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, (0, 0, 0, 255))
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        frame.load()
        yield frame


def _duration(frame: Image.Image) -> int:
    return round(frame.info.get("duration", 0)) or _UNTIMED
