"""What is wrong with the variables of a film and its scenes, before any prompt is expanded with them: names that are
taken, markup that cannot be read, names of nothing, and circles.

A variable of the film may name what at least one scene has; whether a clip's own scene has it shows where it is used.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from vidctl.domain.expansion import unknown_variable
from vidctl.domain.prompt_markup import read_markup, variables_in
from vidctl.domain.prompt_values import KNOWN, TAKEN_IN_PROJECTS, TAKEN_IN_SCENES
from vidctl.errors import InvalidInput

#: The variables that each variable names.
_Links = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class VariableFault:
    """What is wrong with a variable of a scene, by its slug, or with one of the film ("")."""

    scene: str
    name: str
    error: InvalidInput

    @property
    def told(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.scene, self.name, str(self.error)


def variable_faults(of_film: Mapping[str, str], of_scenes: Mapping[str, Mapping[str, str]]) -> Iterator[VariableFault]:
    """All of them; a circle is told once, in the scene that it goes through. Scenes by slug."""
    film = _Owner("", of_film)
    somewhere = {f"scene.{name}" for variables in of_scenes.values() for name in variables}
    yield from film.faults({**film.links, **dict.fromkeys(somewhere, ())})
    for slug, variables in of_scenes.items():
        scene = _Owner(slug, variables)
        yield from scene.faults({**film.links, **scene.links})


class _Owner:
    """A film, or a scene of it."""

    def __init__(self, scene: str, variables: Mapping[str, str]) -> None:
        self._scene = scene
        self._prefix = "scene." if scene else ""
        self._where = f" of the scene {scene}" if scene else ""
        self._taken = TAKEN_IN_SCENES if scene else TAKEN_IN_PROJECTS
        self._wrong: dict[str, InvalidInput] = {}
        self.links: dict[str, Collection[str]] = {
            f"{self._prefix}{name}": self._read(name, text) for name, text in variables.items()
        }

    def faults(self, links: _Links) -> Iterator[VariableFault]:
        """`links` are those of all variables there are, these among them."""
        told: set[str] = set()
        for full, named in self.links.items():
            name = full.removeprefix(self._prefix)
            if name in self._wrong:
                yield VariableFault(self._scene, name, self._wrong[name])
            for other in sorted(named):
                if other not in links and other not in KNOWN and not other.startswith("character."):
                    error = unknown_variable(other, [*links, *KNOWN], self._place(full))
                    yield VariableFault(self._scene, name, error)
            if full not in told and (way := _way_back(full, links)):
                told |= {*way}
                yield VariableFault(self._scene, name, _circle(way, self._where))

    def _read(self, name: str, text: str) -> Collection[str]:
        try:
            if name in self._taken:
                raise _taken(name, self._taken)
            return variables_in(read_markup(text, self._place(f"{self._prefix}{name}")))
        except InvalidInput as error:
            self._wrong[name] = error
            return ()

    def _place(self, full: str) -> str:
        return f"the variable {full}{self._where}"


def _way_back(name: str, links: _Links) -> list[str]:
    """The shortest way on which a variable leads back to itself, from its name to its name; [] if there is none."""
    ways = deque([[name]])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for following in sorted(links.get(way[-1], ())):
            if following == name:
                return [*way, name]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _circle(way: list[str], where: str) -> InvalidInput:
    return InvalidInput(
        f"{{{way[0]}}}{where} leads back to itself",
        cause=" → ".join(f"{{{name}}}" for name in way),
        fix="take one of them out of the other",
    )


def _taken(name: str, taken: Collection[str]) -> InvalidInput:
    return InvalidInput(
        f"{name} cannot be a variable of your own",
        cause=f"the film fills in {', '.join(sorted(taken))} by itself",
        fix="choose another name",
    )
