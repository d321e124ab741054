"""What stands on a title card and where: the layers that are drawn once and then reused for every frame."""

from __future__ import annotations

import colorsys
import hashlib
import math

from PIL import Image, ImageDraw, ImageOps

from vidctl.domain.recipe import TitleCard
from vidctl.gateways.lettering import Lettering
from vidctl.gateways.typefaces import Pen

Colour = tuple[int, int, int]
Size = tuple[int, int]

WHITE: Colour = (246, 246, 242)
GREY: Colour = (190, 192, 198)
BLACK: Colour = (0, 0, 0)

#: How bright a still stays under the writing, 0 to 1.
STILL_LIGHT = 0.66
#: The hue towards which every background darkens: indigo.
NIGHT = 0.70
#: Below this many pixels of the shorter side there is room for the names, the lyric and the timecode only.
ROOMY = 160
#: Of a hash's bytes, this one tells the usual names (Intro, Verse, Chorus, Bridge, Outro) best apart.
_HUE_BYTE = 11


class Layout:
    """Where things stand on a frame of any size and shape, in pixels."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.width, self.height = size
        self.roomy = min(size) >= ROOMY
        #: 1 for 640x360, 3 for 1920x1080; a very wide or high frame counts as a less extreme one.
        self.unit = math.sqrt(min(self.width, self.height * 4) * min(self.height, self.width * 16 / 9)) / 480
        self.margin = max(3, min(self.points(22), self.width // 12))
        self.bar = max(1, self.points(3))
        self.row = self.points(13, least=8)
        self.foot = self.height - self.bar - max(2, self.margin - self.bar) - self.row
        lyric_lines = 2 if self.roomy else 1
        self.lyric_size = self.points(22, least=8)
        self.lyric_bottom = self.foot - max(2, self.points(12))
        self.lyric_top = self.lyric_bottom - round(lyric_lines * self.lyric_size * 1.3)
        self.lyric_lines = lyric_lines

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.width - 2 * self.margin

    def points(self, count: float, least: int = 0) -> int:
        """A length in pixels that is `count` on a 640x360 frame; text needs `least` 8 to be read at all."""
        return max(least, round(count * self.unit))


class Strip:
    """A small picture that is put on frames through its own transparency."""

    def __init__(self, image: Image.Image) -> None:
        self.colours = image.convert("RGB")
        self.mask = image.getchannel("A")

    def put_on(self, frame: Image.Image, place: tuple[int, int] = (0, 0)) -> None:
        frame.paste(self.colours, place, self.mask)


def scene_hue(scene: str) -> float:
    """The scene's colour, 0 to 1 round the colour wheel: always the same for the same name."""
    return hashlib.sha256(scene.encode()).digest()[_HUE_BYTE] / 256


def colour(hue: float, saturation: float, value: float) -> Colour:
    """An RGB colour of hue, saturation and value, each 0 to 1; hues beyond 1 go round again."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def gradient(hue: float, size: Size) -> Image.Image:
    """From the scene's colour at the upper left, through a more nightly one, to near black at the lower right."""
    night = hue + 0.3 * ((NIGHT - hue + 0.5) % 1.0 - 0.5)
    corners = Image.new("RGB", (2, 2))
    corners.putpixel((0, 0), colour(hue, 0.60, 0.44))
    corners.putpixel((1, 0), colour((hue + night) / 2, 0.60, 0.29))
    corners.putpixel((0, 1), colour((hue + night) / 2, 0.62, 0.23))
    corners.putpixel((1, 1), colour(night, 0.65, 0.14))
    return corners.resize(size, Image.Resampling.BICUBIC)


def prepared_still(still: Image.Image, size: Size) -> Image.Image:
    """The still cut to the shape of `size` around its middle, and darkened under the writing."""
    fitted = ImageOps.fit(ImageOps.exif_transpose(still).convert("RGB"), size, Image.Resampling.LANCZOS)
    return fitted.point([round(value * STILL_LIGHT) for value in range(256)] * 3)


def writing(card: TitleCard, layout: Layout, over_still: bool) -> Image.Image:
    """All that does not move, on a transparent ground: names, prompt, safe-area corners, the progress line's bed."""
    layer = Image.new("RGBA", layout.size, (0, 0, 0, 0))
    writer = _Writer(layer, layout, colour(scene_hue(card.scene), 0.50, 1.0), over_still)
    head = writer.names(card)
    writer.prompt(card.prompt, head)
    writer.frame()
    return Image.alpha_composite(_shade(layout), layer) if over_still else layer


def subtitle(text: str, layout: Layout) -> Strip:
    """A lyric line as a centred subtitle: one line, or two where there is room; dark edges keep it legible."""
    letters = Lettering(text, layout.lyric_size)
    edge = max(1, layout.points(1.3))
    lines = letters.balanced(layout.inner - 2 * edge, layout.lyric_lines)
    image = Image.new("RGBA", (layout.width, layout.lyric_bottom - layout.lyric_top), (0, 0, 0, 0))
    step = round(layout.lyric_size * 1.3)
    top = image.height - step * len(lines)
    for index, line in enumerate(lines):
        middle = (layout.width / 2, top + step * (index + 0.5))
        letters.draw(image, middle, line, Pen(WHITE, edge, (*BLACK, 210)), "mm")
    return Strip(image)


def _shade(layout: Layout) -> Image.Image:
    """Black that is denser towards the top and the bottom edge, where the writing stands."""
    ramp = Image.new("L", (1, 5))
    ramp.putdata([190, 130, 10, 60, 185])
    shade = Image.new("RGBA", layout.size, (0, 0, 0, 0))
    shade.putalpha(ramp.resize(layout.size, Image.Resampling.BICUBIC))
    return shade


class _Writer:
    """Writes on a transparent layer; over a still smaller, and with dark edges."""

    def __init__(self, layer: Image.Image, layout: Layout, accent: Colour, over_still: bool) -> None:
        self._layer = layer
        self._pen = ImageDraw.Draw(layer)
        self._layout = layout
        self._accent = accent
        self._over_still = over_still

    def names(self, card: TitleCard) -> int:
        """Scene over clip at the upper left, project at the upper right; returns where they end."""
        layout, top = self._layout, self._layout.margin
        if layout.roomy:
            project = Lettering(card.project, layout.points(12, least=8))
            right = layout.width - layout.margin
            self._text((right, top), project.shortened(layout.inner * 0.4), GREY, project, "rt")
            scene = Lettering(card.scene.upper(), layout.points(12, least=8))
            self._text((layout.margin, top), scene.shortened(layout.inner * 0.55), self._accent, scene, "lt")
            top += round(scene.line_height * 1.15)
        clip = Lettering(card.clip, layout.points(30, least=9))
        self._text((layout.margin, top), clip.shortened(layout.inner), WHITE, clip)
        return top + clip.line_height

    def prompt(self, prompt: str, head: int) -> None:
        """The prompt between the names and the lyric: as large as it fits, or two small lines over a still."""
        layout = self._layout
        top = head + layout.points(8 if self._over_still else 20)
        left = layout.margin + max(3, layout.points(12))
        width = (layout.width - layout.margin - left) * (0.9 if layout.roomy else 1.0)
        letters, lines = self._fitted(prompt, width, layout.lyric_top - layout.points(8) - top)
        if not lines:
            return
        step = _prompt_step(letters)
        self._pen.line(
            (layout.margin, top, layout.margin, top + step * len(lines)), self._accent, max(1, layout.points(2))
        )
        for index, line in enumerate(lines):
            self._text((left, top + step * index), line, WHITE, letters)

    def frame(self) -> None:
        """The four corners of the action-safe area, and the bed of the progress line."""
        layout = self._layout
        if layout.roomy:
            self._corners()
        self._pen.rectangle((0, layout.height - layout.bar, layout.width, layout.height), fill=(*BLACK, 150))

    def _fitted(self, prompt: str, width: float, room: int) -> tuple[Lettering, list[str]]:
        """The lines in the largest size that shows all of them; shortened in the smallest if none does."""
        for points in (13,) if self._over_still else (19, 17, 15, 13, 12):
            letters = Lettering(prompt, self._layout.points(points, least=8))
            most = room // _prompt_step(letters)
            lines = letters.wrapped(width, min(2, most) if self._over_still else most)
            if not letters.shortens(lines):
                break
        return letters, lines

    def _corners(self) -> None:
        layout = self._layout
        inset, arm, thick = layout.margin // 2, layout.points(10), max(1, layout.points(1))
        for x, inward in ((inset, 1), (layout.width - 1 - inset, -1)):
            for y, down in ((inset, 1), (layout.height - 1 - inset - layout.bar, -1)):
                self._pen.line((x, y, x + inward * arm, y), (*WHITE, 110), thick)
                self._pen.line((x, y, x, y + down * arm), (*WHITE, 110), thick)

    def _text(self, place: tuple[int, int], text: str, ink: Colour, letters: Lettering, anchor: str = "la") -> None:
        edge = max(1, self._layout.points(0.8)) if self._over_still else 0
        letters.draw(self._layer, place, text, Pen(ink, edge, (*BLACK, 130)), anchor)


def _prompt_step(letters: Lettering) -> int:
    return round(letters.line_height * 1.15)
