"""What a model's file name says, read as words: "xl" is never found inside "t5xxl", nor "wan" inside "swan"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, field_validator

_EXTENSION = re.compile(r"\.(safetensors|sft|ckpt|gguf|pth?|bin)$", re.IGNORECASE)
#: The "v" of a version is a word of its own even after capitals: "XLv9".
_VERSION = re.compile(r"[vV](?=\d)")
#: An acronym before a capitalised word ("XL" of "XLTurbo"), then words, capitals, digits, and a phrase's anchors.
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[\^$]")


@lru_cache(maxsize=4096)  # rules ask for the same phrases of the same names again and again
def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(_VERSION.sub(" v ", text)))


def stem(name: str) -> str:
    """The file name without folders (of either slash) and without a model file's extension."""
    return _EXTENSION.sub("", name.replace("\\", "/").rsplit("/", 1)[-1])


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a file name between "^" and "$": `wan2.1_t2v` is ^ wan 2 1 t 2 v $. Folders do not count.

    A capital inside a word starts a new one: `ponyDiffusionV6XL` is ^ pony diffusion v 6 xl $.
    """
    plain = stem(name).replace("^", " ").replace("$", " ")
    return ("^", *_words(plain), "$")


def has_phrase(name: str, phrase: str) -> bool:
    """Whether the phrase's words stand side by side in the name; "^" and "$" in it mean its ends.

    The name is read with its capitals and without them, for "PixArt" is one word and "ponyXL" two.
    """
    wanted = _words(phrase)
    return any(_stand_side_by_side(wanted, tokens(spelling)) for spelling in (name, name.lower()))


def _stand_side_by_side(wanted: Sequence[str], found: Sequence[str]) -> bool:
    return any(found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1))


class NameRule(BaseModel):
    """Holds for a name that has every phrase of `all`, and none of `none`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: tuple[str, ...] = Field(min_length=1)
    none: tuple[str, ...] = ()

    @field_validator("all", "none")
    @classmethod
    def _phrases_have_words(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_words, phrases)):
            raise ValueError("a phrase without a letter or digit would be found in every name")
        return phrases

    def holds(self, name: str) -> bool:
        has_all = all(has_phrase(name, phrase) for phrase in self.all)
        return has_all and not any(has_phrase(name, phrase) for phrase in self.none)


def any_holds(rules: Iterable[NameRule], name: str) -> bool:
    """Whether at least one rule holds."""
    return any(rule.holds(name) for rule in rules)


def first_holding(rules: Iterable[NameRule], name: str) -> tuple[str, ...]:
    """The phrases of the first rule that holds; none if no rule does."""
    return next((rule.all for rule in rules if rule.holds(name)), ())


def is_file_name(name: str) -> bool:
    """Whether it ends as a model file does, such as in .safetensors or .gguf."""
    return _EXTENSION.search(name) is not None


def file_key(name: str) -> str:
    """What is the same for one file wherever servers keep it: its name without folders (of either slash), in lower
    case."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].lower()


def find_file(wanted: str, available: Sequence[str]) -> str | None:
    """The server's spelling of a file: its own name in whatever folder and case the server lists it, or None."""
    goal = file_key(wanted)
    return next((name for name in available if file_key(name) == goal), None)
