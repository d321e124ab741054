"""The final prompt is composed from the clip's own words each time, so nothing is ever added to it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class CharacterWords:
    """What a character adds to the prompt. `trigger_words` are those that its LoRA was trained with; `slug` is what it
    is called in the markup of prompts."""

    name: str
    trigger_words: str = ""
    description: str = ""
    style_notes: str = ""
    negative: str = ""
    slug: str = ""

    def introduction(self) -> str:
        """`<trigger words> <name>[, description][. Style: notes]`, without a full stop at its end."""
        named = " ".join(filter(None, (self.trigger_words.strip(), self.name.strip())))
        described = ", ".join(filter(None, (named, _open_ended(self.description))))
        notes = _open_ended(self.style_notes)
        return f"{described}. Style: {notes}" if notes else described


@dataclass(frozen=True)
class StyleWords:
    """What a style template adds behind the prompt, and to the negative one."""

    prompt: str = ""
    negative: str = ""
    slug: str = ""


def compose(prompt: str, introductions: Iterable[str] = (), look: str = "") -> str:
    """The characters in their order, the clip's own words, which are kept to the letter, then the style's."""
    sentences = [f"{introduction}." for introduction in introductions if introduction]
    words = " ".join([*sentences, *([prompt] if prompt.strip() else [])])
    look = look.strip()
    return f"{words}{_joint(words)}{look}" if words and look else words or look


def join_terms(texts: Iterable[str]) -> str:
    """Comma-separated terms of all texts, each once, whatever its case. Commas in brackets do not part terms:
    "(hands, feet:1.2)"."""
    kept: dict[str, str] = {}
    for text in texts:
        for term in _terms(text):
            kept.setdefault(term.casefold(), term)
    return ", ".join(kept.values())


def _terms(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, letter in enumerate(f"{text},"):
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        if letter == "," and (depth == 0 or at == len(text)):
            if term := text[start:at].strip():
                yield term
            start = at + 1


def _joint(words: str) -> str:
    return " " if words.rstrip().endswith((".", "!", "?")) else ", "


def _open_ended(text: str) -> str:
    return text.strip().rstrip(".,;").rstrip()
