"""How a text is set: in which typefaces, and how it is broken into lines.

A text has one face, that which has most of its letters. Letters that this one lacks are taken from another, run by run;
those that no face has lose their accents or show as a box, and are told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from PIL import Image

from vidctl.gateways.typefaces import TEXT_FACES, Face, Pen, Place, has, load, other_face

#: More letters than any card can show; the rest of a longer text is never measured.
MOST_LETTERS = 2000

_ANY_SIZE = 16
_TOLD_LETTERS = 8
#: Signs of good typography, as a typewriter has them.
_NEAREST = {"–": "-", "—": "-", "−": "-", "„": '"', "×": "x", "•": "*"}
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def clean(text: str) -> str:
    """The text on one line, without control characters and other halves of letters, at most MOST_LETTERS long."""
    letters = (" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text[:MOST_LETTERS])
    return unicodedata.normalize("NFC", " ".join("".join(letters).split()))


def missing_letters(text: str) -> frozenset[str]:
    """The letters of a text that no typeface here has."""
    return Lettering(text, _ANY_SIZE).missing


def boxes_told(letters: Iterable[str]) -> str:
    """What to tell of letters that no typeface has."""
    shown = [letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in sorted(letters)]
    more = len(shown) - _TOLD_LETTERS
    named = " ".join(shown[:_TOLD_LETTERS]) + (f" and {more} more" if more > 0 else "")
    return f"no typeface here has {named}: boxes are drawn; install one that has, such as Noto Sans CJK or Unifont"


class Lettering:
    """A text made drawable at a size in pixels: `text` is what can be drawn of it, `missing` the letters of it that no
    typeface here has."""

    def __init__(self, text: str, size: int) -> None:
        cleaned = clean(text)
        letters = {letter for letter in cleaned if not _goes_along(letter)}
        self._size = size
        self._own = max(TEXT_FACES, key=lambda face: sum(has(face, letter) for letter in letters))
        plain = {letter: self._plain(letter) for letter in letters}
        self.missing = frozenset(letter for letter, drawn in plain.items() if self._name(drawn) is None)
        self.text = "".join(plain.get(letter, letter) for letter in cleaned)
        self._is_whole = all(has(self._own, letter) for letter in plain.values())

    def width(self, text: str) -> float:
        """Width of a part of the text in pixels."""
        return sum(face.width(run) for face, run in self._runs(text))

    @property
    def line_height(self) -> int:
        """Distance of two baselines in pixels."""
        ascent, descent = self._face(self._own).font.getmetrics()
        return ascent + descent

    def draw(self, image: Image.Image, place: Place, text: str, pen: Pen, anchor: str = "la") -> None:
        """Put a part of the text on an RGB or RGBA image. `anchor` says what of it is at the place: its left, middle or
        right (l, m, r), and its ascenders' top, its capitals' top or its middle (a, t, m)."""
        runs = list(self._runs(text))
        if len(runs) == 1 and runs[0][0].scale == 1.0:
            runs[0][0].draw(image, place, text, pen, anchor)
            return
        left = place[0] - self.width(text) * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
        baseline = place[1] + self._rise(anchor[1])
        for face, run in runs:
            if face.scale == 1.0:
                face.draw(image, (left, baseline), run, pen)
            else:
                face.draw_scaled(image, (left, baseline), run)
            left += face.width(run)

    def shortened(self, width: float) -> str:
        """The text, cut with an ellipsis where it is wider than `width` pixels."""
        return self._cut(self.text, width)

    def wrapped(self, width: float, most: int) -> list[str]:
        """The text in at most `most` lines of at most `width` pixels; an ellipsis ends a shortened one."""
        lines: list[str] = []
        rest = self.text
        while rest and len(lines) < most - 1:
            line = self._first_line(rest, width)
            lines.append(line.rstrip())
            rest = rest[len(line) :].lstrip()
        if rest and most > 0:
            lines.append(self._cut(rest, width))
        return lines

    def balanced(self, width: float, most: int) -> list[str]:
        """Like `wrapped`, with lines of about equal length."""
        count = len(self.wrapped(width, most))
        lines = self.wrapped(min(width, self.width(self.text) / max(1, count) * 1.15), count)
        return lines if not self.shortens(lines) else self.wrapped(width, most)

    def shortens(self, lines: list[str]) -> bool:
        """Whether these lines are not the whole text."""
        return "".join(lines).replace(" ", "") != self.text.replace(" ", "")

    def _runs(self, text: str) -> Iterator[tuple[Face, str]]:
        """The text in pieces that one face draws each."""
        if self._is_whole:
            yield self._face(self._own), text
            return
        name, run = self._own, ""
        for letter in text:
            following = self._following(letter, name)
            if following != name and run:
                yield self._face(name), run
                run = ""
            name, run = following, run + letter
        if run:
            yield self._face(name), run

    def _following(self, letter: str, before: str) -> str:
        """The face of a letter behind one of another face. Spaces of emoji are as wide as emoji."""
        if letter.isspace():
            return self._own if self._face(before).coloured else before
        return before if _goes_along(letter) else self._name(letter) or self._own

    def _name(self, letter: str) -> str | None:
        """The face that draws a letter."""
        return self._own if has(self._own, letter) else other_face(letter)

    def _face(self, name: str) -> Face:
        face = load(name, self._size)
        assert face is not None  # Pillow's own always loads, and only those that load have letters
        return face

    def _plain(self, letter: str) -> str:
        """The letter without its accents, or one that is much like it, where it is not there but that is."""
        base = _NEAREST.get(letter) or unicodedata.normalize("NFKD", letter)[0]
        return base if self._name(letter) is None and has(self._own, base) else letter

    def _rise(self, line: str) -> float:
        """How far below a line of the text its baseline is."""
        font = self._face(self._own).font
        ascent, descent = font.getmetrics()
        return {"a": ascent, "t": -font.getbbox("H", anchor="ls")[1], "m": (ascent - descent) / 2}[line]

    def _first_line(self, text: str, width: float) -> str:
        """As many whole words as fit; letters, where even the first word does not."""
        fitting = self._fitting(text, width)
        if fitting == len(text):
            return text
        space = text.rfind(" ", 0, fitting + 1)
        return text[: space + 1] if space > 0 else text[: max(fitting, 1)]

    def _fitting(self, text: str, width: float) -> int:
        """How many first letters fit: the largest count whose width is within `width`, by halving."""
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width(text[:middle]) <= width else (low, middle - 1)
        return low

    def _cut(self, text: str, width: float) -> str:
        if self.width(text) <= width:
            return text
        ellipsis = "…" if self.width("…") <= width else ""
        return text[: self._fitting(text, width - self.width(ellipsis))].rstrip(" ,.;:") + ellipsis


def _goes_along(letter: str) -> bool:
    """Whether it is drawn with what stands before it, or not at all: spaces, joiners, accents, skin tones."""
    category = unicodedata.category(letter)
    return letter.isspace() or category in ("Cf", "Mn", "Me") or ord(letter) in _SKIN_TONES
