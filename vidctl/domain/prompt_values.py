"""What variables stand for in the prompts of a clip: what the film knows by itself, and what people have set.

People's own names are those of the project, `{mood}`, and of the scene, `{scene.mood}`. A text that the film knows by
itself, such as a name or lyrics, is put in to the letter; one that a person set as a variable may hold markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vidctl.domain.clip import Clip
from vidctl.domain.expansion import Value
from vidctl.domain.project import Project
from vidctl.domain.prompts import CharacterWords
from vidctl.domain.scene import Scene

#: Names that the film gives a meaning: no project's, or scene's, variable may have them.
TAKEN_IN_PROJECTS = frozenset({"project", "scene", "clip", "character"})
TAKEN_IN_SCENES = frozenset({"name", "description", "lyrics"})
#: All that the film knows by itself; besides it `character.SLUG` for everybody in the clip.
KNOWN = TAKEN_IN_PROJECTS | {f"scene.{name}" for name in TAKEN_IN_SCENES} | {"clip.lyrics"}


def project_values(project: Project) -> dict[str, Value]:
    """The variables of everything in a project."""
    return {**_of_project(project.variables), "project": _known(project.name, "the project")}


def clip_values(scene: Scene, clip: Clip) -> dict[str, Value]:
    """The variables that a clip has besides those of its project and its characters."""
    return {
        **_of_scene(scene.variables),
        "scene": _known(scene.name, "the scene"),
        "scene.name": _known(scene.name, "the scene"),
        "scene.description": _known(scene.description, "the scene"),
        "scene.lyrics": _known(scene.lyrics, "the scene"),
        "clip": _known(clip.name, "the clip"),
        "clip.lyrics": _known(clip.lyrics, "the clip"),
    }


def character_values(characters: Iterable[CharacterWords]) -> dict[str, Value]:
    """`{character.SLUG}` introduces a character of the clip, `{character}` its first."""
    found = {f"character.{each.slug}": Value(each.introduction(), f"character {each.slug}") for each in characters}
    for name, value in [*found.items()][:1]:
        found["character"] = Value(f"{{{name}}}", value.source)
    return found


def _of_project(variables: Mapping[str, str]) -> dict[str, Value]:
    return {name: Value(text, "variable of the project") for name, text in variables.items()}


def _of_scene(variables: Mapping[str, str]) -> dict[str, Value]:
    return {f"scene.{name}": Value(text, "variable of the scene") for name, text in variables.items()}


def _known(text: str, source: str) -> Value:
    return Value(text, source, has_markup=False)
