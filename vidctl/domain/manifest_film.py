"""A film's documents as a manifest: what `project dump` writes.

Clips are written in order of time, alternates behind their originals. What would be so without being said is left out:
the place right behind the clip before, an alternate's place and number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, TypeVar

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.clip_order import time_key
from vidctl.domain.manifest import (
    FORMAT,
    CharacterEntry,
    ClipEntry,
    Entry,
    Manifest,
    MediaEntry,
    ProjectEntry,
    ReferenceEntry,
    SceneEntry,
    TemplateEntry,
)
from vidctl.domain.manifest_forms import write_frames, write_lyric_line, write_rate
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.timeline import span_of
from vidctl.domain.toml_text import assignment

V = TypeVar("V", Scene, Clip)
#: Written even where they are the defaults, as everybody looks for them.
_ALWAYS = frozenset({"slug", "name", "size", "fps", "length"})


@dataclass(frozen=True)
class FilmDocuments:
    """A film as it is stored, with the templates that it uses and those that a manifest names; no project where there
    is none of that name yet."""

    project: Project | None = None
    scenes: Sequence[Scene] = ()
    clips: Sequence[Clip] = ()
    characters: Sequence[Character] = ()
    templates: Sequence[StyleTemplate] = ()

    def ordered_scenes(self) -> list[Scene]:
        """In the film's order, alternates behind their originals."""
        known = {scene.id: scene for scene in self.scenes}

        def place(scene: Scene) -> tuple[Any, ...]:
            head = known.get(scene.original_id or "", scene)
            return *scene_key(head), scene.alternate_number, scene.id

        return sorted(self.scenes, key=place)

    def clips_by_scene(self) -> dict[str, list[Clip]]:
        """By scene id, each in order of time, alternates behind their originals."""
        known = {clip.id: clip for clip in self.clips}

        def place(clip: Clip) -> tuple[Any, ...]:
            head = known.get(clip.original_id or "", clip)
            return *time_key(head if head.scene_id == clip.scene_id else clip), clip.alternate_number, clip.id

        grouped: dict[str, list[Clip]] = defaultdict(list)
        for clip in sorted(self.clips, key=place):
            grouped[clip.scene_id].append(clip)
        return dict(grouped)


@dataclass(frozen=True)
class Dump:
    """`left_out` names alternates whose original is gone: nothing in a manifest could say what they are."""

    manifest: Manifest
    left_out: tuple[str, ...] = field(default=())


def scene_key(scene: Scene) -> tuple[Any, ...]:
    """Sorts scenes as the film shows them."""
    return scene.order, scene.created_at, scene.id


def manifest_of(film: FilmDocuments, media: Mapping[str, str]) -> Dump:
    """A film as a manifest; `media` says by asset id which file a song or picture is in."""
    assert film.project is not None
    writer = _Writer(film, film.project, media)
    return Dump(writer.manifest(), tuple(writer.left_out))


def manifest_text(manifest: Manifest) -> str:
    """As TOML, ending with a line feed."""
    parts = [f"vidctl = {FORMAT}\n", entry_table("[project]", manifest.project)]
    parts += [entry_table("[[template]]", each) for each in manifest.template]
    parts += [entry_table("[[character]]", each) for each in manifest.character]
    for scene in manifest.scene:
        parts.append(entry_table("[[scene]]", scene, leave_out="clip"))
        parts += [entry_table("[[scene.clip]]", clip) for clip in scene.clip]
    return "\n".join(parts)


def entry_table(header: str, entry: Entry, leave_out: str = "") -> str:
    """A table of the file: what is not as it would be without saying."""
    given = entry.model_dump(exclude_defaults=True)
    told = {name: getattr(entry, name) for name in _ALWAYS & set(type(entry).model_fields)} | given
    rows = [assignment(name, told[name]) for name in type(entry).model_fields if name in told and name != leave_out]
    return "".join([f"{header}\n", *rows])


class _Writer:
    def __init__(self, film: FilmDocuments, project: Project, media: Mapping[str, str]) -> None:
        self._film = film
        self._project = project
        self._media = media
        self._rate = project.rate
        self._scenes = {scene.id: scene for scene in film.scenes}
        self._clips = {clip.id: clip for clip in film.clips}
        self._characters = {each.id: each.slug for each in film.characters}
        self._templates = {each.id: each.slug for each in film.templates}
        self._numbers: Counter[str] = Counter()
        self.left_out: list[str] = []

    def manifest(self) -> Manifest:
        clips = self._film.clips_by_scene()
        scenes = [self._scene(scene, clips.get(scene.id, ())) for scene in self._film.ordered_scenes()]
        return Manifest(
            vidctl=FORMAT,
            project=self._project_entry(clips.values()),
            template=[template_entry(each) for each in sorted(self._film.templates, key=lambda each: each.slug)],
            character=[self._character(each) for each in sorted(self._film.characters, key=lambda each: each.slug)],
            scene=[scene for scene in scenes if scene],
        )

    def _project_entry(self, clips: Iterable[Sequence[Clip]]) -> ProjectEntry:
        project = self._project
        return ProjectEntry(
            slug=project.slug,
            name=project.name,
            description=project.description,
            size=f"{project.width}x{project.height}",
            fps=write_rate(self._rate),
            drop_frame=project.drop_frame,
            overlaps=any(map(overlapping, clips)),
            music=self._file(project.music_asset_id, project.music_name),
            notes=project.notes,
            variables=project.variables,
            lyrics=[write_lyric_line(line) for line in project.lyrics],
            **_settings(project),
        )

    def _character(self, character: Character) -> CharacterEntry:
        fields = {"slug", "name", "description", "trigger_words", "style_notes"}
        references = [
            ReferenceEntry(**_file(self._media[image.asset_id], image.name, image.asset_id), role=image.role.value)
            for image in character.reference_images
        ]
        return CharacterEntry(
            **character.model_dump(include=fields), lora=character.lora, references=references, **_settings(character)
        )

    def _scene(self, scene: Scene, clips: Sequence[Clip]) -> SceneEntry | None:
        if not self._is_known(scene, self._scenes):
            return None
        fields = {"slug", "name", "description", "lyrics", "notes", "tags", "variables"}
        return SceneEntry(
            **scene.model_dump(include=fields),
            **self._alternate(scene, self._scenes),
            at=None if scene.start is None else write_frames(scene.start, self._rate),
            clip=self._entries(clips),
            **_settings(scene),
        )

    def _entries(self, clips: Sequence[Clip]) -> list[ClipEntry]:
        entries, end = [], 0
        for clip in (clip for clip in clips if self._is_known(clip, self._clips)):
            original = self._clips.get(clip.original_id or "")
            position = original.position if original else end
            at = None if clip.position == position else write_frames(clip.position, self._rate)
            entries.append(self._clip(clip, at))
            end = clip.end if original is None else end
        return entries

    def _clip(self, clip: Clip, at: str | None) -> ClipEntry:
        fields = {
            "slug", "name", "locked", "tags", "image_prompt", "video_prompt", "negative_prompt", "lyrics", "notes",
        }  # fmt: skip
        known = [self._characters[each] for each in clip.character_ids if each in self._characters]
        return ClipEntry(
            **clip.model_dump(include=fields),
            **self._alternate(clip, self._clips),
            at=at,
            length=write_frames(clip.length, self._rate),
            source_start=write_frames(clip.source_start, self._rate) if clip.source_start else None,
            status=clip.status.value,
            characters=list(dict.fromkeys(known)),
            template=self._templates.get(clip.template_id or ""),
            **_settings(clip),
        )

    def _is_known(self, document: Scene | Clip, all_of_kind: Mapping[str, Any]) -> bool:
        if document.original_id is None or document.original_id in all_of_kind:
            return True
        self.left_out.append(self._path(document))
        return False

    def _alternate(self, document: V, all_of_kind: Mapping[str, V]) -> dict[str, Any]:
        if document.original_id is None:
            return {}
        self._numbers[document.original_id] += 1
        expected = self._numbers[document.original_id]
        self._numbers[document.original_id] = max(expected, document.alternate_number)
        original = all_of_kind[document.original_id]
        is_near = getattr(original, "scene_id", "") == getattr(document, "scene_id", "")
        return {
            "alternate_of": original.slug if is_near else self._path(original),
            "alternate": None if document.alternate_number == expected else document.alternate_number,
        }

    def _path(self, document: Scene | Clip) -> str:
        return (
            f"{self._scenes[document.scene_id].slug}/{document.slug}" if isinstance(document, Clip) else document.slug
        )

    def _file(self, asset_id: str | None, name: str) -> MediaEntry | None:
        return None if asset_id is None else MediaEntry(**_file(self._media[asset_id], name, asset_id))


def overlapping(clips: Sequence[Clip]) -> bool:
    """Whether clips of a scene that the film shows overlap; they are in order of time."""
    end = 0
    for span in (span_of(clip) for clip in clips if not clip.is_alternate):
        if span.start < end:
            return True
        end = span.end
    return False


def template_entry(template: StyleTemplate) -> TemplateEntry:
    """A style template as the file says it."""
    fields = {"slug", "name", "description", "category", "prompt", "negative_prompt"}
    return TemplateEntry(**template.model_dump(include=fields), public=template.is_public, **_settings(template))


def _settings(document: Project | Scene | Clip | Character | StyleTemplate) -> dict[str, Any]:
    return {"image": document.image_settings, "video": document.video_settings}


def _file(path: str, name: str, sha256: str) -> dict[str, str]:
    return {"file": path, "name": "" if name == PurePosixPath(path).name else name, "sha256": sha256}
