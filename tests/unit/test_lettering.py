"""Typefaces and line breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from vidctl.gateways import lettering, typefaces
from vidctl.gateways.lettering import Lettering, boxes_told, clean, missing_letters
from vidctl.gateways.typefaces import Pen, load

TEXTS = st.text("ab cdéß …日\n\t", max_size=80)
#: Our own: the one draws 日, 本, 夜 and あ as squares, the other 😀 as a yellow and 🌃 as a blue picture.
FONTS = Path(__file__).parents[1] / "data" / "fonts"
SQUARES, PICTURES = str(FONTS / "squares.ttf"), str(FONTS / "pictures.ttf")
WHITE, YELLOW, BLUE = (255, 255, 255), (255, 220, 0), (0, 80, 255)


@pytest.fixture
def faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has these faces only."""
    monkeypatch.setattr(typefaces, "TEXT_FACES", ("",))
    monkeypatch.setattr(lettering, "TEXT_FACES", ("",))
    monkeypatch.setattr(typefaces, "OTHER_FACES", (SQUARES, PICTURES))
    monkeypatch.setattr(typefaces, "_EMOJI", (PICTURES,))


def drawn(text: str, anchor: str = "la", mode: str = "RGB", edge: int = 0) -> Image.Image:
    """A text of 20 pixels on black, at (100, 20)."""
    image = Image.new(mode, (300, 60))
    letters = Lettering(text, 20)
    letters.draw(image, (100, 20), letters.text, Pen(WHITE, edge), anchor)
    return image


def extent(image: Image.Image, colour: tuple[int, ...] | None = None) -> tuple[int, int]:
    """The first and the last column with ink, or with just that colour."""
    columns = [
        x for x in range(image.width)
        if any((pixel := image.getpixel((x, y))[:3]) == colour or (colour is None and pixel != (0, 0, 0))
               for y in range(image.height))
    ]  # fmt: skip
    return columns[0], columns[-1]


def test_control_characters_become_spaces_and_spaces_become_one() -> None:
    assert clean(" a\x00b\n\n c\td ") == "a b c d"


def test_a_text_of_plain_letters_is_set_in_the_built_in_face() -> None:
    image = Image.new("RGB", (300, 60))
    built_in = load("", 20)
    assert built_in is not None
    ImageDraw.Draw(image).text((100, 20), "Neon Nights", WHITE, built_in.font, "la")
    assert drawn("Neon Nights").tobytes() == image.tobytes()


@pytest.mark.usefixtures("faces")
def test_accents_and_fine_signs_are_dropped_where_no_face_has_them() -> None:
    letters = Lettering("Größe é – „a“", 16)
    assert letters.text == 'Große e - "a“'
    assert letters.missing == {"ß"}


@pytest.mark.usefixtures("faces")
def test_letters_that_a_texts_face_lacks_are_taken_from_others() -> None:
    image, plain = drawn("aa日本aa"), Lettering("aa", 20).width("aa")
    assert Lettering("aa日本aa", 20).width("aa日本aa") == 2 * plain + 2 * 20
    # a square of ours goes from 2 to 18 pixels of its 20, 14 above the line; nothing else is as solid
    baseline = 20 + typefaces.load("", 20).font.getmetrics()[0]
    row = [image.getpixel((x, baseline - 7)) == WHITE for x in range(300)]
    first = round(100 + plain) + 2
    assert all(row[first + 1 : first + 15])
    assert all(row[first + 21 : first + 35])
    assert missing_letters("aa日本aa") == frozenset()


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_emoji_are_pictures_of_the_texts_size_in_their_own_colours(mode: str) -> None:
    image = drawn("😀🌃", mode=mode)
    first, last = extent(image, YELLOW)
    assert (first - 100, last - 100) == (pytest.approx(1, abs=2), pytest.approx(18, abs=2))
    assert extent(image, BLUE)[0] > last
    assert Lettering("😀🌃", 20).width("😀🌃") == pytest.approx(40)


@pytest.mark.usefixtures("faces")
def test_an_emoji_leaves_what_is_below_it_around_itself() -> None:
    ground = Image.new("RGB", (300, 60), (9, 90, 9))
    letters = Lettering("a😀", 20)
    letters.draw(ground, (100, 20), letters.text, Pen(WHITE, 2, (0, 0, 0, 210)), "mm")
    assert ground.getpixel((5, 5)) == ground.getpixel((150, 40)) == (9, 90, 9)


@pytest.mark.usefixtures("faces")
@pytest.mark.parametrize("text", ["a日b", "日", "a😀b"])
def test_a_text_of_several_faces_stands_where_it_is_anchored(text: str) -> None:
    width = Lettering(text, 20).width(text)
    for anchor, left in (("la", 100.0), ("mm", 100 - width / 2), ("rt", 100 - width)):
        first, last = extent(drawn(text, anchor))
        assert first == pytest.approx(left + 1, abs=2)
        assert last == pytest.approx(left + width - 2, abs=2)


@pytest.mark.usefixtures("faces")
def test_spaces_behind_an_emoji_are_those_of_the_text() -> None:
    letters = Lettering("a 😀 a", 20)
    assert letters.width("a 😀 a") == pytest.approx(2 * letters.width("a ") + 20)


@pytest.mark.usefixtures("faces")
def test_joiners_and_skin_tones_go_with_their_emoji() -> None:
    assert missing_letters("😀\u200d🌃\ufe0f 😀🏽 a\u0301") == frozenset()


@pytest.mark.usefixtures("faces")
def test_letters_that_no_face_has_are_told_and_drawn_as_boxes() -> None:
    assert missing_letters("a日שa 한\ufdd0") == {"ש", "한", "\ufdd0"}
    assert boxes_told("bש\ufdd0a").startswith("no typeface here has a b ש U+FDD0: boxes are drawn")
    assert "a b c d e f g h and 2 more" in boxes_told("abcdefghij")
    assert extent(drawn("ש"))[1] > 100


SCRIPTS = st.text(st.sampled_from("aé日😀🏽\u200d\ufe0f\u0301\u202e\u2067אبعर्त ไ한\ufdd0\ue000 .,!"), max_size=20)


@given(SCRIPTS, st.sampled_from(["la", "mm", "rt", "lt"]))
def test_nothing_that_people_write_breaks_the_drawing(text: str, anchor: str) -> None:
    drawn(text, anchor, edge=1)
    assert Lettering(text, 12).wrapped(40, 3) is not None


@given(TEXTS, st.integers(20, 300), st.integers(1, 6))
def test_lines_fit_and_hold_the_text_in_its_order(text: str, width: int, most: int) -> None:
    letters = Lettering(text, 12)
    lines = letters.wrapped(width, most)
    assert len(lines) <= most
    assert all(letters.width(line) <= width for line in lines)
    if not letters.shortens(lines):
        assert "".join(lines).replace(" ", "") == letters.text.replace(" ", "")


def test_words_stay_whole_where_they_fit() -> None:
    letters = Lettering("one two three four", 12)
    assert letters.wrapped(letters.width("one two t"), 9) == ["one two", "three", "four"]


def test_a_word_wider_than_the_line_is_broken() -> None:
    letters = Lettering("a" * 100, 12)
    lines = letters.wrapped(letters.width("a" * 30), 9)
    assert "".join(lines) == "a" * 100
    assert len(lines) == 4


def test_a_shortened_text_ends_with_an_ellipsis() -> None:
    letters = Lettering("one two three four", 12)
    assert letters.wrapped(letters.width("one two t"), 2)[-1].endswith("…")
    assert letters.shortened(letters.width("one two three")) == "one two thr…"


def test_balanced_lines_are_about_equally_long() -> None:
    letters = Lettering("Keep one light burning until the night is gone", 12)
    first, second = letters.balanced(letters.width(letters.text) * 0.9, 2)
    assert 0.6 < letters.width(first) / letters.width(second) < 1.6


@given(TEXTS, st.integers(20, 300))
def test_balanced_lines_never_exceed_the_width(text: str, width: int) -> None:
    letters = Lettering(text, 12)
    assert all(letters.width(line) <= width for line in letters.balanced(width, 2))
