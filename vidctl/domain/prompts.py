"""The final prompt is composed from the clip's own words each time, so nothing is ever added to it twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CharacterWords:
    """What a character adds to the prompt. `trigger_words` are those that its LoRA was trained with."""

    name: str
    trigger_words: str = ""
    description: str = ""
    style_notes: str = ""
    negative: str = ""

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


def compose(
    prompt: str,
    characters: Sequence[CharacterWords] = (),
    style: StyleWords | None = None,
    negative: str = "",
) -> tuple[str, str]:
    """(prompt, negative prompt): the characters in their order, the clip's own words, then the style's.

    The clip's own words are kept to the letter. Negative terms are joined in the order clip, characters, style; a term
    that is there already is left out, whatever its case.
    """
    sentences = [f"{character.introduction()}." for character in characters if character.introduction()]
    words = " ".join([*sentences, *([prompt] if prompt.strip() else [])])
    look = style.prompt.strip() if style else ""
    positive = f"{words}{_joint(words)}{look}" if words and look else words or look
    negatives = [negative, *(character.negative for character in characters), style.negative if style else ""]
    return positive, join_terms(negatives)


def join_terms(texts: Iterable[str]) -> str:
    """Comma-separated terms of all texts, each once. Commas in brackets do not part terms: "(hands, feet:1.2)"."""
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
