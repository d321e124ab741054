"""Which typeface a text is set in, and how it is broken into lines.

Pillow's built-in face covers little more than ASCII, but is always there. A text that needs more letters is set in
the best of a few widespread system faces; letters that none of them has lose their accents or show as a box.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

from vidctl.errors import MissingTool

#: File names of faces with wide coverage that Linux, macOS and Windows bring; "" is Pillow's own.
FACES = (
    "",
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "LiberationSans-Regular.ttf",
    "Arial Unicode.ttf",
    "segoeui.ttf",
    "msyh.ttc",
)

#: More letters than any card can show; the rest of a longer text is never measured.
MOST_LETTERS = 2000

#: A noncharacter: every face draws it as its "missing letter" box.
_NO_LETTER = "\ufdd0"


@lru_cache(maxsize=128)
def _face(name: str, size: int) -> FreeTypeFont | None:
    """The face at a size in pixels, None where this system does not have it."""
    try:
        face = ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    except OSError:
        return None
    if not isinstance(face, FreeTypeFont):
        raise MissingTool(
            "this Pillow cannot draw letters",
            cause="it was built without FreeType",
            fix="pip install --force-reinstall pillow",
        )
    return face


@lru_cache(maxsize=4096)
def _has(name: str, letter: str) -> bool:
    face = _face(name, 16)
    if face is None:
        return False
    if letter.isspace():
        return True
    drawn, missing = face.getmask(letter), face.getmask(_NO_LETTER)
    return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def clean(text: str) -> str:
    """The text on one line, without control characters and other halves of letters, at most MOST_LETTERS long."""
    letters = (" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in text[:MOST_LETTERS])
    return " ".join("".join(letters).split())


class Lettering:
    """A text made drawable at a size in pixels: `text` in the `face` that has most of its letters."""

    def __init__(self, text: str, size: int) -> None:
        cleaned = clean(text)
        letters = set(cleaned)
        name = max(FACES, key=lambda face: sum(_has(face, letter) for letter in letters))
        face = _face(name, size)
        assert face is not None  # Pillow's own face always loads, and wins over those that do not
        self.face = face
        self.text = "".join(letter if _has(name, letter) else _plain(name, letter) for letter in cleaned)

    def width(self, text: str) -> float:
        """Width of a part of the text in pixels."""
        return self.face.getlength(text)

    @property
    def line_height(self) -> int:
        """Distance of two baselines in pixels."""
        ascent, descent = self.face.getmetrics()
        return ascent + descent

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


def _plain(name: str, letter: str) -> str:
    """The letter without its accents, if the face has at least that."""
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if _has(name, base) else letter
