"""Which typefaces there are, and which letters each of them has.

Pillow's own covers little more than ASCII, but is always there. All others are the system's: widespread ones that
Linux, macOS and Windows bring or offer, by their file names. Pictures of emoji come in one size only and are scaled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont, ImageOps
from PIL.ImageFont import FreeTypeFont

from vidctl.errors import MissingTool

Ink = tuple[int, ...]
Place = tuple[float, float]

#: What a text can be set in as a whole, the best first; "" is Pillow's own.
TEXT_FACES = (
    "",
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "LiberationSans-Regular.ttf",
    "Arial Unicode.ttf",
    "segoeui.ttf",
    "msyh.ttc",
)
_EMOJI = ("NotoColorEmoji.ttf", "Apple Color Emoji.ttc", "seguiemj.ttf")
#: What letters are taken from that the text's own face lacks.
OTHER_FACES = (
    *("NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansThai-Regular.ttf"),
    *("NotoSansDevanagari-Regular.ttf", "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf"),
    *("NotoSansCJKjp-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansJP-Regular.otf", "NotoSansKR-Regular.otf"),
    *("wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "AppleSDGothicNeo.ttc", "Kohinoor.ttc", "Thonburi.ttc"),
    *("YuGothR.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf"),
    *_EMOJI,
    *("NotoEmoji-Regular.ttf", "NotoSansSymbols2-Regular.ttf", "NotoSansSymbols-Regular.ttf"),
    *("Apple Symbols.ttf", "seguisym.ttf", "Symbola.ttf", "Symbola_hint.ttf", "unifont.otf", "unifont.ttf"),
)

#: A noncharacter: every face draws it as its "missing letter" box.
_NO_LETTER = "\ufdd0"
#: Pixels of the pictures in Noto's and in Apple's emoji.
_PICTURE_SIZES = (109, 160, 96, 64)
_TEST_SIZE = 16


@dataclass(frozen=True)
class Pen:
    """What letters are drawn with: RGB or RGBA; the edge round them is so many pixels wide."""

    ink: Ink
    edge: int = 0
    edge_ink: Ink = (0, 0, 0)


@dataclass(frozen=True)
class Face:
    """A face at a size; one of pictures is drawn larger and scaled down by `scale`."""

    font: FreeTypeFont
    coloured: bool = False
    scale: float = 1.0

    def width(self, text: str) -> float:
        """In pixels."""
        return self.font.getlength(text) * self.scale

    def draw(self, image: Image.Image, place: Place, text: str, pen: Pen, anchor: str = "ls") -> None:
        """Put a text on an RGB or RGBA image. `anchor` says what of it is at the place, in Pillow's letters."""
        ImageDraw.Draw(image).text(
            place, text, pen.ink, self.font, anchor, stroke_width=pen.edge, stroke_fill=pen.edge_ink,
            embedded_color=self.coloured,
        )  # fmt: skip

    def draw_scaled(self, image: Image.Image, start: Place, text: str) -> None:
        """Put pictures on an RGB or RGBA image, from a point on their baseline on."""
        ascent, descent = self.font.getmetrics()
        tile = Image.new("RGBA", (math.ceil(self.font.getlength(text)), ascent + descent), (0, 0, 0, 0))
        self.draw(tile, (0, ascent), text, Pen((0, 0, 0)))
        tile = ImageOps.scale(tile, self.scale)
        layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
        layer.paste(tile, (round(start[0]), round(start[1] - ascent * self.scale)))
        image.paste(Image.alpha_composite(image.convert("RGBA"), layer).convert(image.mode))


@lru_cache(maxsize=256)
def load(name: str, size: int) -> Face | None:
    """The face at a size in pixels, None where this system does not have it."""
    for drawn in (size, *(_PICTURE_SIZES if name in _EMOJI else ())):
        try:
            font = ImageFont.truetype(name, drawn) if name else ImageFont.load_default(drawn)
        except OSError:
            continue
        if not isinstance(font, FreeTypeFont):
            raise MissingTool(
                "this Pillow cannot draw letters",
                cause="it was built without FreeType",
                fix="pip install --force-reinstall pillow",
            )
        return Face(font, name in _EMOJI, size / drawn)
    return None


@lru_cache(maxsize=8192)
def has(name: str, letter: str) -> bool:
    """Whether the face is there and draws the letter as anything but its box for missing ones."""
    face = load(name, _TEST_SIZE)
    if face is None:
        return False
    if letter.isspace():
        return True
    drawn, missing = face.font.getmask(letter), face.font.getmask(_NO_LETTER)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def other_face(letter: str) -> str | None:
    """The first face that has a letter, None if there is none."""
    return next((name for name in (*TEXT_FACES, *OTHER_FACES) if has(name, letter)), None)
