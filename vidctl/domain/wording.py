"""The prompts of one render: which texts they are made of, each expanded with the render's seed, and put together."""

from __future__ import annotations

from dataclasses import dataclass

from vidctl.domain.expansion import Expander, Expansion
from vidctl.domain.portrait import Shot
from vidctl.domain.prompt_values import character_values
from vidctl.domain.prompts import CharacterWords, compose, join_terms
from vidctl.domain.wishes import Wishes

PROMPT, NEGATIVE = "prompt", "negative"
_OWN = "clip"


@dataclass(frozen=True)
class Part:
    """A text that went into a prompt: into which, whose it is, as it was written, and what came of it."""

    prompt: str
    source: str
    text: str
    expansion: Expansion


@dataclass(frozen=True)
class Words:
    """The prompts of a render, the seed they were expanded with, and the texts they are made of. `negative` is None if
    nobody says what should not be seen."""

    seed: int
    prompt: str
    negative: str | None
    parts: tuple[Part, ...]

    def origin(self, prompt: str) -> str:
        """Whose words a prompt holds."""
        sources = [part.source for part in self.parts if part.prompt == prompt and part.expansion.text.strip()]
        return ", ".join(dict.fromkeys(sources)) or _OWN


def word_prompts(shot: Shot, wishes: Wishes, seed: int, name: str) -> Words:
    """The prompts of a render: what a person has set for the whole of one, else what clip, characters and style say.

    Who is named in the clip's words or the style's is not introduced once more. `name` says in messages what is
    rendered. Raises InvalidInput for markup that cannot be expanded.
    """
    speaker = _Speaker(shot, wishes, _expander(wishes, seed), name)
    prompt, said = speaker.prompt()
    negative, unsaid = speaker.negative()
    return Words(seed, prompt, negative, (*said, *unsaid))


def word_card(shot: Shot, wishes: Wishes, seed: int, name: str) -> Words:
    """What a title card says: the clip's own words only. Raises InvalidInput as `word_prompts` does."""
    own = _Speaker(shot, wishes, _expander(wishes, seed), name).own(PROMPT)
    return Words(seed, own.expansion.text, None, (own,))


def _expander(wishes: Wishes, seed: int) -> Expander:
    return Expander(seed, {**wishes.variables, **character_values(wishes.characters)}, wishes.wildcards)


@dataclass(frozen=True)
class _Speaker:
    shot: Shot
    wishes: Wishes
    expander: Expander
    name: str

    def prompt(self) -> tuple[str, list[Part]]:
        if (part := self._set_by_people(PROMPT)) is not None:
            return part.expansion.text, [part]
        own, look = self.own(PROMPT), self._look(PROMPT)
        named = own.expansion.variables.union(*(part.expansion.variables for part in look))
        introduced = [
            self._introduction(each) for each in self.wishes.characters if f"character.{each.slug}" not in named
        ]
        said = [part.expansion.text for part in introduced]
        composed = compose(own.expansion.text, said, "".join(part.expansion.text for part in look))
        return composed, [*introduced, own, *look]

    def negative(self) -> tuple[str | None, list[Part]]:
        if (part := self._set_by_people(NEGATIVE)) is not None:
            return part.expansion.text, [part]
        characters = self.wishes.characters
        parts = [
            self.own(NEGATIVE),
            *(self._part(NEGATIVE, f"character {each.slug}", each.negative) for each in characters),
            *self._look(NEGATIVE),
        ]
        return join_terms(part.expansion.text for part in parts) or None, parts

    def own(self, prompt: str) -> Part:
        text = self.shot.prompt_for(self.wishes.kind) if prompt == PROMPT else self.shot.negative_prompt
        return self._part(prompt, _OWN, text)

    def _set_by_people(self, prompt: str) -> Part | None:
        chosen = self.wishes.chosen(prompt)
        return self._part(prompt, chosen[1], chosen[0]) if chosen else None

    def _look(self, prompt: str) -> list[Part]:
        style = self.wishes.style
        if style is None:
            return []
        return [self._part(prompt, f"style {style.slug}", style.prompt if prompt == PROMPT else style.negative)]

    def _introduction(self, character: CharacterWords) -> Part:
        expansion = self.expander.value(f"character.{character.slug}")
        return Part(PROMPT, f"character {character.slug}", character.introduction(), expansion)

    def _part(self, prompt: str, source: str, text: str) -> Part:
        title = "prompt" if prompt == PROMPT else "negative prompt"
        where = f"the {title} of {self.name}" + (f", set by {source}" if source != _OWN else "")
        return Part(prompt, source, text, self.expander.expand(text, where))
