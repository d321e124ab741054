"""Names, the slugs made of them, and the limits that names and texts must keep."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")
MAX_SLUG = 80
#: Latin letters that no base letter is left of, and the sign that a picture shall be shown in colour.
_SPELT = str.maketrans(
    {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d"}
    | {"ð": "d", "Ð": "d", "ł": "l", "Ł": "l", "þ": "th", "Þ": "th", "ı": "i", "\ufe0f": ""}
)


def slugify(name: str) -> str:
    """The part of a path that stands for a name: "Neon Nights!" → "neon-nights", "Straße – „Köln“ 🌧" →
    "strasse-koln". Letters that ASCII lacks are reduced to their base letter, or spelt as code points where they have
    none; so are signs and pictures, where a name has nothing else: names that differ shall not be called the same."""
    plain = unicodedata.normalize("NFKD", name.translate(_SPELT))
    letters = "".join(c if c.isascii() or unicodedata.category(c)[0] not in "PSZC" else " " for c in plain)
    return _ascii_slug(letters) or _ascii_slug(plain) or "untitled"


def numbered_slug(slug: str, taken: Collection[str]) -> str:
    """The slug, or with a number behind it, so that it is not among those taken."""
    number, found = 1, slug
    while found in taken:
        number += 1
        found = f"{slug[: MAX_SLUG - 8].strip('-')}-{number}"
    return found


def _ascii_slug(text: str) -> str:
    spelt = "".join(c if c.isascii() else "" if unicodedata.combining(c) else f" u{ord(c):x} " for c in text)
    return re.sub(r"[^a-z0-9]+", "-", spelt.lower()).strip("-")[:MAX_SLUG].strip("-")


def _is_printable(text: str) -> str:
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise ValueError("must be one line without control characters")
    return text


def _has_no_null(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the NUL character")
    return text


def _is_one_word(text: str) -> str:
    if re.search(r"[\s,]", text):
        raise ValueError("must be one word without spaces and commas")
    return text


def _each_once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


def _is_name_of(what: str) -> Callable[[str], str]:
    def check(name: str) -> str:
        if not IDENTIFIER.fullmatch(name):
            raise ValueError(f"is not a {what}'s name (lower-case letters, digits and _)")
        return name

    return check


def _is_storable(value: JsonValue) -> JsonValue:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("is a larger number than the stores can keep")
    return value


Text = Annotated[str, AfterValidator(_has_no_null)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_is_printable)
]
#: Short words to find things by, told apart without regard to case.
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=50),
    AfterValidator(_is_printable),
    AfterValidator(_is_one_word),
]
Tags = Annotated[list[Tag], AfterValidator(_each_once), Field(max_length=100)]
Description = Annotated[Text, Field(max_length=2000)]
Lyrics = Annotated[Text, Field(max_length=5000)]
Notes = Annotated[Text, Field(max_length=5000)]
#: A prompt has no limit of its own in ComfyUI; this one keeps a document far below MongoDB's 16 MB.
Prompt = Annotated[Text, Field(max_length=100_000)]
Negative = Annotated[Text, Field(max_length=100_000)]
#: What a person sets for renders, by workflow parameter name (steps, cfg, model, loras, …); None never stored.
RenderSettings = dict[
    Annotated[str, AfterValidator(_is_name_of("setting"))], Annotated[JsonValue, AfterValidator(_is_storable)]
]
#: What a person's own words stand for in prompts, by name: {"mood": "calm"}.
Variables = dict[Annotated[str, AfterValidator(_is_name_of("variable"))], Annotated[Text, Field(max_length=2000)]]
