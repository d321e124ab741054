"""What stands on a title card and where: the layers that are drawn once and then reused for every frame."""

from __future__ import annotations

import colorsys
import hashlib
import math

from PIL import Image, ImageDraw, ImageOps

from vidctl.domain.recipe import TitleCard
from vidctl.gateways.lettering import Lettering

Colour = tuple[int, int, int]
Size = tuple[int, int]

WHITE: Colour = (246, 246, 242)
GREY: Colour = (190, 192, 198)
BLACK: Colour = (0, 0, 0)

#: How bright a still stays under the writing, 0 to 1.
STILL_LIGHT = 0.72
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
    """From the scene's colour at the upper left to near black at the lower right."""
    corners = Image.new("RGB", (2, 2))
    corners.putpixel((0, 0), colour(hue, 0.60, 0.42))
    corners.putpixel((1, 0), colour(hue + 0.04, 0.60, 0.27))
    corners.putpixel((0, 1), colour(hue + 0.05, 0.62, 0.21))
    corners.putpixel((1, 1), colour(hue + 0.10, 0.65, 0.13))
    return corners.resize(size, Image.Resampling.BICUBIC)


def prepared_still(still: Image.Image, size: Size) -> Image.Image:
    """The still cut to the shape of `size` around its middle, and darkened under the writing."""
    fitted = ImageOps.fit(ImageOps.exif_transpose(still).convert("RGB"), size, Image.Resampling.LANCZOS)
    return fitted.point([round(value * STILL_LIGHT) for value in range(256)] * 3)


def writing(card: TitleCard, layout: Layout, over_still: bool) -> Image.Image:
    """All that does not move, on a transparent ground: names, prompt, safe-area corners, the progress line's bed."""
    layer = Image.new("RGBA", layout.size, (0, 0, 0, 0))
    if over_still:
        _shade(layer, layout)
    pen = ImageDraw.Draw(layer)
    accent = colour(scene_hue(card.scene), 0.50, 1.0)
    head = _write_names(pen, card, layout, accent)
    _write_prompt(pen, card.prompt, layout, head, accent, over_still)
    if layout.roomy:
        _draw_corners(pen, layout)
    pen.rectangle((0, layout.height - layout.bar, layout.width, layout.height), fill=(*BLACK, 150))
    return layer


def subtitle(text: str, layout: Layout) -> Strip:
    """A lyric line as a centred subtitle: one line, or two where there is room; dark edges keep it legible."""
    letters = Lettering(text, layout.lyric_size)
    edge = max(1, layout.points(1.3))
    lines = letters.balanced(layout.inner - 2 * edge, layout.lyric_lines)
    image = Image.new("RGBA", (layout.width, layout.lyric_bottom - layout.lyric_top), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    step = round(layout.lyric_size * 1.3)
    top = image.height - step * len(lines)
    for index, line in enumerate(lines):
        middle = (layout.width / 2, top + step * (index + 0.5))
        pen.text(middle, line, WHITE, letters.face, "mm", stroke_width=edge, stroke_fill=(*BLACK, 210))
    return Strip(image)


def _shade(layer: Image.Image, layout: Layout) -> None:
    """Darker towards the top and the bottom edge, where the writing stands."""
    ramp = Image.new("L", (1, 5))
    ramp.putdata([175, 60, 0, 60, 175])
    layer.putalpha(ramp.resize(layout.size, Image.Resampling.BICUBIC))


def _write_names(pen: ImageDraw.ImageDraw, card: TitleCard, layout: Layout, accent: Colour) -> int:
    """Scene over clip at the upper left, project at the upper right; returns where they end."""
    top = layout.margin
    if layout.roomy:
        project = Lettering(card.project, layout.points(12, least=8))
        name = project.shortened(layout.inner * 0.4)
        pen.text((layout.width - layout.margin, top), name, GREY, project.face, "rt")
        scene = Lettering(card.scene.upper(), layout.points(12, least=8))
        pen.text((layout.margin, top), scene.shortened(layout.inner * 0.55), accent, scene.face, "lt")
        top += round(scene.line_height * 1.15)
    clip = Lettering(card.clip, layout.points(30, least=9))
    pen.text((layout.margin, top), clip.shortened(layout.inner), WHITE, clip.face, "la")
    return top + clip.line_height


def _write_prompt(
    pen: ImageDraw.ImageDraw, prompt: str, layout: Layout, head: int, accent: Colour, over_still: bool
) -> None:
    """The prompt between the names and the lyric: as large as it fits, or small and short over a still."""
    top = head + layout.points(8 if over_still else 20)
    left = layout.margin + layout.points(12)
    room = layout.lyric_top - layout.points(8) - top
    width = (layout.width - layout.margin - left) * (0.9 if layout.roomy else 1.0)
    for points in (12,) if over_still else (19, 17, 15, 13, 12):
        letters = Lettering(prompt, layout.points(points, least=8))
        step = round(letters.line_height * 1.15)
        most = min(2, room // step) if over_still else room // step
        lines = letters.wrapped(width, most)
        if not letters.shortens(lines):
            break
    if not lines:
        return
    rule = layout.margin + max(0, layout.bar // 2)
    pen.line((rule, top, rule, top + step * len(lines)), accent, max(1, layout.points(2)))
    for index, line in enumerate(lines):
        pen.text((left, top + step * index), line, GREY if over_still else WHITE, letters.face, "la")


def _draw_corners(pen: ImageDraw.ImageDraw, layout: Layout) -> None:
    """The four corners of the action-safe area."""
    inset, arm, thick = layout.margin // 2, layout.points(10), max(1, layout.points(1))
    for x, inward in ((inset, 1), (layout.width - 1 - inset, -1)):
        for y, down in ((inset, 1), (layout.height - 1 - inset - layout.bar, -1)):
            pen.line((x, y, x + inward * arm, y), (*WHITE, 110), thick)
            pen.line((x, y, x, y + down * arm), (*WHITE, 110), thick)
