"""A small query that says which clips are meant: `scene:chorus status:draft,stills tag:hero -has:image skyl*`.

Terms are parted by spaces and must all hold; values parted by commas may each hold; a dash before a term turns it
round. A bare word is a clip's name, slug or path, in which * and ? stand for any letters. Quotes keep spaces together.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

from vidctl.domain.clip import ClipStatus
from vidctl.domain.names import slugify
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.errors import InvalidInput

#: A clip's fields as they are stored: those that the terms look at, and what tells its place.
ClipRow = Mapping[str, Any]


class ClipFacts(NamedTuple):
    """What a selector may ask of a clip: whether it has takes of a kind, and by `character_slugs` and `template_slug`
    the names of what it refers to."""

    clip: ClipRow
    scene: Scene
    has_image: bool = False
    has_video: bool = False
    character_slugs: Sequence[str] = ()
    template_slug: str = ""


@dataclass(frozen=True)
class Term:
    """One condition: `key` is "" for a bare word."""

    key: str
    values: tuple[str, ...]
    negated: bool = False

    def fits(self, facts: ClipFacts) -> bool:
        """Whether a clip fulfils it."""
        return any(_TESTS[self.key](facts, value) for value in self.values) is not self.negated


Selector = tuple[Term, ...]


def is_selector(text: str) -> bool:
    """Whether a text that names clips is a query and not a path or an id."""
    return any(sign in text for sign in ":*?") or (text.startswith("-") and len(text) > 1)


def parse_selector(text: str) -> Selector:
    """The terms of a query. Raises InvalidInput for keys and values that do not exist, with the nearest that do."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidInput(f"{text!r} is not a selector", cause=f"{error}".lower(), fix="close the quotes") from error
    return tuple(_term(word, text) for word in words)


def fields_asked(selector: Sequence[Term]) -> set[str]:
    """The fields of clips that the terms look at."""
    return {field for term in selector for name in _names(term) for field in _FIELDS[name]}


def kinds_asked(selector: Sequence[Term]) -> set[MediaKind]:
    """The kinds of takes that the terms ask for."""
    return {kind for term in selector for name in _names(term) for kind in _KINDS.get(name, ())}


def _names(term: Term) -> Sequence[str]:
    """Its key, or where each value is a question of its own those: has:image."""
    return [f"{term.key}:{value}" for value in term.values] if term.key in ("has", "is") else [term.key]


def fits(selector: Sequence[Term], facts: ClipFacts) -> bool:
    """Whether a clip fulfils all terms."""
    return all(term.fits(facts) for term in selector)


def _term(word: str, text: str) -> Term:
    negated = word.startswith("-") and len(word) > 1
    key, colon, rest = word.removeprefix("-" if negated else "").partition(":")
    if not colon:
        return Term("", (key,), negated)
    if key not in _TESTS or not key:
        raise InvalidInput(
            f"clips cannot be selected by {key!r}", cause=f"in {text!r}", fix=_nearest(key, [k for k in _TESTS if k])
        )
    values = tuple(value.strip() for value in rest.split(",") if value.strip())
    if not values:
        raise InvalidInput(f"{key}: says nothing", cause=f"in {text!r}", fix=f"write a value behind it: {key}:VALUE")
    for value in values:
        if (known := _WORDS.get(key)) is not None and value not in known:
            raise InvalidInput(f"{key}:{value} means nothing", cause=f"in {text!r}", fix=_nearest(value, list(known)))
    return Term(key, values, negated)


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _named(facts: ClipFacts, pattern: str) -> bool:
    slug, name = facts.clip["slug"], facts.clip["name"].casefold()
    return any(fnmatchcase(each, pattern.casefold()) for each in (slug, f"{facts.scene.slug}/{slug}", name))


def _in_text(facts: ClipFacts, words: str) -> bool:
    return any(words.casefold() in facts.clip[field].casefold() for field in _TEXTS)


_TEXTS = ("name", "image_prompt", "video_prompt", "negative_prompt", "lyrics", "notes")
_HAS: Mapping[str, Callable[[ClipFacts], bool]] = MappingProxyType(
    {
        "image": lambda f: f.has_image,
        "video": lambda f: f.has_video,
        "take": lambda f: f.has_image or f.has_video,
        "selection": lambda f: (f.clip["selected_image_id"] or f.clip["selected_video_id"]) is not None,
        "prompt": lambda f: bool(f.clip["image_prompt"] or f.clip["video_prompt"]),
        "lyrics": lambda f: bool(f.clip["lyrics"]),
        "notes": lambda f: bool(f.clip["notes"]),
        "tag": lambda f: bool(f.clip["tags"]),
        "character": lambda f: bool(f.clip["character_ids"]),
        "template": lambda f: f.clip["template_id"] is not None,
    }
)
_IS: Mapping[str, Callable[[ClipFacts], bool]] = MappingProxyType(
    {
        "locked": lambda f: f.clip["locked"],
        "alternate": lambda f: f.clip["original_id"] is not None or f.scene.is_alternate,
    }
)
_TESTS: Mapping[str, Callable[[ClipFacts, str], bool]] = MappingProxyType(
    {
        "": _named,
        "clip": _named,
        "scene": lambda f, value: fnmatchcase(f.scene.slug, value.casefold()),
        "status": lambda f, value: f.clip["status"] == value,
        "tag": lambda f, value: value.lower() in f.clip["tags"],
        "has": lambda f, value: _HAS[value](f),
        "is": lambda f, value: _IS[value](f),
        "character": lambda f, value: slugify(value) in f.character_slugs,
        "template": lambda f, value: slugify(value) == f.template_slug,
        "text": _in_text,
    }
)
_WORDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {"status": [status.value for status in ClipStatus], "has": [*_HAS], "is": [*_IS]}
)
_FIELDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "": ("name", "slug"),
        "clip": ("name", "slug"),
        "scene": (),
        "status": ("status",),
        "tag": ("tags",),
        "character": ("character_ids",),
        "template": ("template_id",),
        "text": _TEXTS,
        "has:image": (),
        "has:video": (),
        "has:take": (),
        "has:selection": ("selected_image_id", "selected_video_id"),
        "has:prompt": ("image_prompt", "video_prompt"),
        "has:lyrics": ("lyrics",),
        "has:notes": ("notes",),
        "has:tag": ("tags",),
        "has:character": ("character_ids",),
        "has:template": ("template_id",),
        "is:locked": ("locked",),
        "is:alternate": ("original_id",),
    }
)
_KINDS: Mapping[str, Sequence[MediaKind]] = MappingProxyType(
    {"has:image": (MediaKind.IMAGE,), "has:video": (MediaKind.VIDEO,), "has:take": (MediaKind.IMAGE, MediaKind.VIDEO)}
)
