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

from pydantic import BaseModel

from vidctl.domain.clip import Clip, ClipStatus
from vidctl.domain.names import slugify
from vidctl.domain.scene import Scene
from vidctl.errors import InvalidInput


class ClipRow(BaseModel):
    """The fields of a clip that selectors and sorting look at, as they are stored."""

    id: str
    scene_id: str
    name: str
    slug: str
    position: int
    order: int
    created_at: str
    updated_at: str
    tags: list[str]
    status: str
    locked: bool
    original_id: str | None
    alternate_number: int
    lyrics: str
    notes: str
    image_prompt: str
    video_prompt: str
    negative_prompt: str
    character_ids: list[str]
    template_id: str | None
    selected_image_id: str | None
    selected_video_id: str | None


@dataclass(frozen=True)
class ClipFacts:
    """What a selector may ask of a clip. `character_slugs` and `template_slug` are the names of what it refers to."""

    clip: Clip | ClipRow
    scene: Scene
    images: int = 0
    videos: int = 0
    character_slugs: tuple[str, ...] = ()
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


def needs_takes(selector: Selector) -> bool:
    """Whether some term asks for takes."""
    return any(term.key == "has" and {"image", "video", "take"} & set(term.values) for term in selector)


def fits(selector: Selector, facts: ClipFacts) -> bool:
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
    wanted = pattern.casefold()
    path = f"{facts.scene.slug}/{facts.clip.slug}"
    return any(fnmatchcase(name, wanted) for name in (facts.clip.slug, path, facts.clip.name.casefold()))


def _in_text(facts: ClipFacts, words: str) -> bool:
    clip = facts.clip
    texts = (clip.name, clip.image_prompt, clip.video_prompt, clip.negative_prompt, clip.lyrics, clip.notes)
    return any(words.casefold() in text.casefold() for text in texts)


_HAS: Mapping[str, Callable[[ClipFacts], bool]] = MappingProxyType(
    {
        "image": lambda f: f.images > 0,
        "video": lambda f: f.videos > 0,
        "take": lambda f: f.images + f.videos > 0,
        "selection": lambda f: (f.clip.selected_image_id or f.clip.selected_video_id) is not None,
        "prompt": lambda f: bool(f.clip.image_prompt or f.clip.video_prompt),
        "lyrics": lambda f: bool(f.clip.lyrics),
        "notes": lambda f: bool(f.clip.notes),
        "tag": lambda f: bool(f.clip.tags),
        "character": lambda f: bool(f.clip.character_ids),
        "template": lambda f: f.clip.template_id is not None,
    }
)
_IS: Mapping[str, Callable[[ClipFacts], bool]] = MappingProxyType(
    {
        "locked": lambda f: f.clip.locked,
        "alternate": lambda f: f.clip.original_id is not None or f.scene.is_alternate,
    }
)
_TESTS: Mapping[str, Callable[[ClipFacts, str], bool]] = MappingProxyType(
    {
        "": _named,
        "clip": _named,
        "scene": lambda f, value: fnmatchcase(f.scene.slug, value.casefold()),
        "status": lambda f, value: f.clip.status == value,
        "tag": lambda f, value: value.lower() in f.clip.tags,
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
