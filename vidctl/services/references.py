"""What people type to name a thing: a full id, a unique beginning of one, or a path of slugs.

A path is `project/scene/clip`. With a current project its part may be left out: `scene/clip`, and `scene` for a scene.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn, Protocol, TypeVar

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.job import Job
from vidctl.domain.names import slugify
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.selectors import is_selector
from vidctl.domain.server import Server
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.errors import AmbiguousReference, InvalidInput, NotFound
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.project_repository import ProjectRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.selection import Selection

_ID_START = re.compile(r"[0-9a-f]{4}[0-9a-f-]{0,32}")
#: So many names are told where there may be any number.
_NAMED = 8
D = TypeVar("D", bound=Document)


class HasSlug(Protocol):
    @property
    def slug(self) -> str: ...


class References:
    """Finds documents by what a person typed. Raises NotFound (with near names) or AmbiguousReference."""

    def __init__(
        self,
        projects: ProjectRepository,
        scenes: SceneRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        servers: ComfyUIRepository,
        jobs: QueueRepository,
        characters: CharacterRepository,
        templates: TemplateRepository,
        selection: Selection,
        current_project: str,
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._clips = clips
        self._takes = takes
        self._servers = servers
        self._jobs = jobs
        self._characters = characters
        self._templates = templates
        self._selection = selection
        self._current = current_project

    def project(self, text: str | None = None) -> Project:
        """The named project, else the current one."""
        reference = (text or self._current).strip()
        if not reference:
            raise InvalidInput(
                "no project is named and none is current",
                fix="name one with --project, or make it current: vidctl project use NAME",
            )
        found = self._projects.find_one({"slug": slugify(reference)}) or find_by_id_start(self._projects, reference)
        if found is None:
            missing = unknown("project", reference, [p.slug for p in self._projects.list_projects()])
            raise missing if text else _no_current(missing)
        return found

    def is_current(self, project: Project) -> bool:
        """Whether this is the current project."""
        return self._current in (project.slug, project.id)

    def scene(self, text: str) -> Scene:
        """By `project/scene`, `scene` or id. A name counts before the beginning of an id that looks like it."""
        parts = _path(text, 2)
        if len(parts) == 1:
            named = self._scenes.find_one({"project_id": self._current_id(), "slug": slugify(parts[0])})
            if (found := named or find_by_id_start(self._scenes, parts[0])) is not None:
                return found
        project = self.project(parts[0] if len(parts) == 2 else None)
        return self._scene_of(project, parts[-1])

    def clip(self, text: str) -> Clip:
        """By `project/scene/clip`, `scene/clip`, `clip`, id, or a selector that fits one clip. A name counts before the
        beginning of an id."""
        if is_selector(text):
            return self._only_clip(self._selected(text), text)
        parts = _path(text, 3)
        if len(parts) == 1:
            named = self._clips.find_many({"project_id": self._current_id(), "slug": slugify(parts[0])})
            return (
                self._only_clip(self._of_the_film(named), text)
                if named
                else find_by_id_start(self._clips, text) or self._no_clip_called(text)
            )
        project = self.project(parts[0] if len(parts) == 3 else None)
        scene = self._scene_of(project, parts[-2])
        clip = self._clips.find_one({"scene_id": scene.id, "slug": slugify(parts[-1])})
        if clip is None:
            raise unknown("clip", text, [c.slug for c in self._clips.list_by_scene(scene.id)], f"in {scene.slug}")
        return clip

    def clips(self, texts: Sequence[str]) -> list[Clip]:
        """Several clips, each once, in the order given; a selector means all that fit it, in the film's order. Raises
        NotFound where nothing fits."""
        found = [clip for text in texts for clip in (self._selected(text) if is_selector(text) else [self.clip(text)])]
        return list({clip.id: clip for clip in found}.values())

    def _of_the_film(self, clips: Sequence[Clip]) -> Sequence[Clip]:
        """Those in no alternate scene, if there are any: a scene's copies do not take a name from its clips."""
        if len(clips) < 2:
            return clips
        copies = {scene.id for scene in self._scenes.list_by_project(clips[0].project_id) if scene.is_alternate}
        return [clip for clip in clips if clip.scene_id not in copies] or clips

    def _only_clip(self, found: Sequence[Clip], text: str) -> Clip:
        names = sorted(self.path(clip) for clip in found[:_NAMED]) if len(found) > 1 else []
        return _only(found, "clip", text, names)

    def _selected(self, text: str) -> list[Clip]:
        project = self.project()
        found = self._selection.matching(project, text)
        if not found:
            raise NotFound(f"no clip of {project.slug} fits {text!r}", fix="vidctl clip list --where SELECTOR tries it")
        return found

    def scene_of(self, project: Project, text: str) -> Scene:
        """A scene that must be one of a certain project."""
        scene = self.scene(f"{project.slug}/{text}" if "/" not in text and not _ID_START.fullmatch(text) else text)
        if scene.project_id != project.id:
            raise NotFound(f"{text} is a scene of another project", fix=f"name a scene of {project.slug}")
        return scene

    def character(self, project: str | None, text: str) -> Character:
        """By name or id, in a project."""
        owner = self.project(project)
        where = {"project_id": owner.id, "slug": slugify(text)}
        found = self._characters.find_one(where) or find_by_id_start(self._characters, text)
        if found is None or found.project_id != owner.id:
            known = [character.slug for character in self._characters.list_by_project(owner.id)]
            raise unknown("character", text, known, f"in {owner.slug}")
        return found

    def template(self, text: str) -> StyleTemplate:
        """By name or id."""
        found = self._templates.find_one({"slug": slugify(text)}) or find_by_id_start(self._templates, text)
        if found is None:
            raise unknown("template", text, [template.slug for template in self._templates.list_templates()])
        return found

    def take(self, text: str) -> Take:
        """By id."""
        found = find_by_id_start(self._takes, text)
        if found is None:
            raise NotFound(f"there is no take {text!r}", fix="vidctl clip gallery CLIP lists a clip's takes")
        return found

    def server(self, text: str) -> Server:
        """By name or id."""
        found = self._servers.find_one({"slug": slugify(text)}) or find_by_id_start(self._servers, text)
        if found is None:
            raise unknown("server", text, [s.slug for s in self._servers.list_servers()])
        return found

    def job(self, text: str) -> Job:
        """By id."""
        found = find_by_id_start(self._jobs, text)
        if found is None:
            raise NotFound(f"there is no job {text!r}", fix="vidctl queue list shows the jobs")
        return found

    def path(self, clip: Clip) -> str:
        """A clip's path, as it may be typed."""
        scene = self._scenes.find_by_id(clip.scene_id)
        return f"{self._projects.find_by_id(clip.project_id).slug}/{scene.slug}/{clip.slug}"

    def _scene_of(self, project: Project, text: str) -> Scene:
        scene = self._scenes.find_one({"project_id": project.id, "slug": slugify(text)})
        if scene is None:
            known = [s.slug for s in self._scenes.list_by_project(project.id)]
            raise unknown("scene", text, known, f"in {project.slug}")
        return scene

    def _no_clip_called(self, text: str) -> NoReturn:
        project = self.project()
        known = [clip.slug for clip in self._clips.find_many({"project_id": project.id})]
        raise unknown("clip", text, known, f"in {project.slug}")

    def _current_id(self) -> str:
        """The current project's id; "" if none is current or it is not there, so that ids can be used all the same."""
        found = self._projects.find_one({"slug": slugify(self._current)}) if self._current else None
        found = found or find_by_id_start(self._projects, self._current)
        return found.id if found else ""


def _path(text: str, most: int) -> list[str]:
    parts = [part.strip() for part in text.strip().strip("/").split("/")]
    if not all(parts) or len(parts) > most:
        shape = "/".join(("project", "scene", "clip")[:most])
        raise InvalidInput(f"{text!r} is not a path", fix=f"write {shape}, or an id")
    return parts


def find_by_id_start(repository: BaseRepository[D], text: str) -> D | None:
    """The document whose id is this or begins with it. Raises AmbiguousReference."""
    start = text.strip().lower()
    if not _ID_START.fullmatch(start):
        return None
    # "g" is the first letter after the hexadecimal digits, so this is every id that begins like that
    found = repository.find_many({"id": {"$gte": start, "$lt": f"{start}g"}}, limit=3)
    return _only(found, repository.noun, text) if found else None


def _only(found: Sequence[D], noun: str, text: str, names: Sequence[str] = ()) -> D:
    """The one that was found; `names` are what may be typed for the first of several."""
    if len(found) > 1:
        told = names or [_described(document) for document in found[:_NAMED]]
        raise AmbiguousReference(
            f"{text!r} means more than one {noun}",
            cause=_listed(told, len(found)),
            fix="type one of these paths" if names else "type more of the id, or a path",
            candidates=[document.id for document in found],
        )
    return found[0]


def _described(document: Document) -> str:
    name = getattr(document, "name", "")
    return f"{document.id} ({name})" if name else document.id


def _listed(names: Sequence[str], number: int) -> str:
    """Names, and whether there are more of them."""
    return f"{', '.join(names)}{' …' if number > len(names) else ''}"


def _no_current(missing: NotFound) -> NotFound:
    """A project that this command does not name: it may have been made current long ago."""
    return NotFound(
        missing.problem,
        cause="it is the current one, by --project, VIDCTL_PROJECT or the settings",
        fix=f"{missing.fix}; vidctl project use NAME makes another one current",
    )


def unknown(noun: str, text: str, known: Iterable[str], where: str = "") -> NotFound:
    """What to say of a name that does not exist: the nearest that do, else all there are."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(slugify(text.rpartition("/")[2]), names, 3)
    place = f" {where}" if where else ""
    if near:
        fix = f"did you mean {' or '.join(near)}?"
    elif len(names) == 1:
        fix = f"there is only {names[0]}"
    elif names:
        fix = f"there are {_listed(names[:_NAMED], len(names))}"
    else:
        fix = f"there is no {noun}{place} yet"
    return NotFound(f"there is no {noun} {text!r}{place}", fix=fix)
