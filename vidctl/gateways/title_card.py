"""The moving picture of a title card: what changes from frame to frame of an animatic.

What stands still comes from card_layers and is drawn once; a frame adds the zoom, the lyric line, the timecode, the
frame counter and the progress line. The same frame of the same card is always the same picture.
"""

from __future__ import annotations

from fractions import Fraction

from PIL import Image, ImageOps

from vidctl.domain.frames import timecode
from vidctl.domain.recipe import TitleCard
from vidctl.gateways.card_layers import (
    GREY,
    WHITE,
    Colour,
    Layout,
    Size,
    Strip,
    colour,
    gradient,
    prepared_still,
    scene_hue,
    subtitle,
    writing,
)
from vidctl.gateways.card_look import USUAL, Look, look_of
from vidctl.gateways.lettering import Lettering, missing_letters
from vidctl.gateways.typefaces import Pen

Box = tuple[float, float, float, float]

#: How much of the frame's size the still has at the end of the slow zoom; it starts at 1.
ZOOM = 1.12


class CardPainter:
    """Draws the frames of one card. `frames` is the length of the clip, `rate` its frames per second, `still` a
    picture of any size and shape behind the writing, `seed` decides about the look."""

    def __init__(
        self,
        card: TitleCard,
        frames: int,
        rate: Fraction,
        size: Size,
        still: Image.Image | None = None,
        seed: int = USUAL,
    ) -> None:
        self._card = card
        self._frames = frames
        self._rate = rate
        self._layout = Layout(size)
        self._look = look_of(card, seed)
        self._accent = colour(scene_hue(card.scene), 0.50, 1.0)
        self._overlay = Strip(writing(card, self._layout, over_still=still is not None))
        largest = (round(size[0] * ZOOM), round(size[1] * ZOOM))
        self._still = None if still is None else prepared_still(still, largest)
        self._ground = _ground(self._look, size)
        self._overlay.put_on(self._ground)
        self._figures: dict[tuple[str, Colour], Strip] = {}
        self._lyrics: dict[str, Strip] = {}

    def frame(self, number: int) -> Image.Image:
        """Frame `number` of the clip, counted from 0, as an RGB picture."""
        picture = self._background(number)
        line = self._line_at(number)
        if line:
            if line not in self._lyrics:
                self._lyrics[line] = subtitle(line, self._layout)
            self._lyrics[line].put_on(picture, (0, self._layout.lyric_top))
        self._put_figures(picture, number)
        layout = self._layout
        done = round(layout.width * (number + 1) / self._frames)
        picture.paste(self._accent, (0, layout.height - layout.bar, done, layout.height))
        return picture

    def _background(self, number: int) -> Image.Image:
        if self._still is None:
            return self._ground.copy()
        passed = number / max(1, self._frames - 1)
        box = zoom_box(self._still.size, 1 - passed if self._look.outwards else passed, self._look.towards)
        picture = self._still.resize(self._layout.size, Image.Resampling.BILINEAR, box)
        self._overlay.put_on(picture)
        return picture

    def _line_at(self, number: int) -> str:
        """The line that began last among those that show now."""
        shown = [line for line in self._card.lyrics if line.start <= number < line.end]
        return max(shown, key=lambda line: line.start).text if shown else ""

    def _put_figures(self, picture: Image.Image, number: int) -> None:
        """The timecode at the lower left, the frame counter at the lower right."""
        layout = self._layout
        code = timecode(self._card.start_frame + number, self._rate)
        end = self._put_row(picture, layout.margin, code, WHITE)
        counter = f"{number + 1:0{len(str(self._frames))}d}/{self._frames}"
        start = layout.width - layout.margin - sum(self._figure(sign, GREY).colours.width for sign in counter)
        if start > end + layout.row:
            self._put_row(picture, start, counter, GREY)

    def _put_row(self, picture: Image.Image, left: int, signs: str, ink: Colour) -> int:
        for sign in signs:
            figure = self._figure(sign, ink)
            figure.put_on(picture, (left, self._layout.foot))
            left += figure.colours.width
        return left

    def _figure(self, sign: str, ink: Colour) -> Strip:
        """One digit or mark, drawn at its first use; all digits of the built-in face are equally wide."""
        if (sign, ink) not in self._figures:
            letters = Lettering(sign, self._layout.row)
            image = Image.new("RGBA", (round(letters.width(sign)) + 1, letters.line_height), (*ink, 0))
            letters.draw(image, (0, 0), sign, Pen(ink))
            self._figures[sign, ink] = Strip(image)
        return self._figures[sign, ink]


def undrawable(card: TitleCard) -> frozenset[str]:
    """The letters of a card that no typeface here has."""
    texts = (card.project, card.scene.upper(), card.clip, card.prompt, *(line.text for line in card.lyrics))
    return frozenset(letter for text in texts for letter in missing_letters(text))


def zoom_box(size: Size, part: float, towards: tuple[float, float]) -> Box:
    """What shows of a still when `part` (0 to 1) of the zoom is done: it shrinks slowly towards a point, given in parts
    of width and height."""
    zoom = 1 + (ZOOM - 1) * part
    width, height = size[0] / zoom, size[1] / zoom
    left, top = (size[0] - width) * towards[0], (size[1] - height) * towards[1]
    return left, top, left + width, top + height


def _ground(look: Look, size: Size) -> Image.Image:
    ground = gradient(look.hue, size)
    ground = ImageOps.mirror(ground) if look.mirrored else ground
    return ImageOps.flip(ground) if look.flipped else ground
