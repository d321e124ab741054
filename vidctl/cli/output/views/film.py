"""Projects, scenes, clips and takes as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from vidctl.cli.output.blocks import Block, Lines, Table
from vidctl.cli.output.views.words import SHORT_ID, counted, fields, seconds
from vidctl.dtos.clip_dtos import (
    ClipGalleryResponseDTO,
    ClipListResponseDTO,
    ClipMovedDTO,
    ClipResponseDTO,
    GeneratedContentDTO,
)
from vidctl.dtos.project_dtos import ProjectListResponseDTO, ProjectResponseDTO, ProjectWithScenesDTO
from vidctl.dtos.scene_dtos import SceneListResponseDTO, SceneResponseDTO

T = TypeVar("T")


def _project(project: ProjectResponseDTO) -> list[Block]:
    return [fields(project)]


def _projects(found: ProjectListResponseDTO) -> list[Block]:
    rows = [
        ["*" if p.is_current else "", p.slug, p.name, f"{p.width}x{p.height}", p.fps, seconds(p.music_duration)]
        for p in found.items
    ]
    return [Table(["", "project", "name", "size", "fps", "song"], rows, "no projects yet: vidctl project create NAME")]


def _tree(project: ProjectWithScenesDTO) -> list[Block]:
    song = f", {project.music_file} ({seconds(project.music_duration)})" if project.music_file else ""
    lines = [f"{project.name} ({project.slug}), {project.width}x{project.height}, {project.fps} fps{song}"]
    for branch, trunk, scene in _branches(project.scenes):
        lines.append(f"{branch}{scene.name} ({scene.slug}) from {scene.start:g} s, {scene.duration:g} s")
        for twig, _, clip in _branches(scene.clips):
            place = f"at {clip.timeline_position:g} s, {clip.length:g} s"
            lines.append(f"{trunk}{twig}{clip.name} ({clip.slug}) {place}, {_takes(clip)}")
    return [Lines(lines)]


def _branches(nodes: Sequence[T]) -> Iterator[tuple[str, str, T]]:
    """Each node with what is drawn before it and before what hangs below it."""
    for number, node in enumerate(nodes, 1):
        yield ("└─ ", "   ", node) if number == len(nodes) else ("├─ ", "│  ", node)


def _scenes(found: SceneListResponseDTO) -> list[Block]:
    rows = [[s.path, s.name, f"{s.start:g}", f"{s.duration:g}", s.description] for s in found.items]
    return [
        Table(["scene", "name", "start s", "length s", "description"], rows, "no scenes yet: vidctl scene create NAME")
    ]


def _clips(found: ClipListResponseDTO) -> list[Block]:
    rows = [
        [c.path, f"{c.film_start:g}", f"{c.length:g}", _state(c), _takes(c), c.image_prompt or c.video_prompt]
        for c in found.items
    ]
    headers = ["clip", "film s", "length s", "status", "takes", "prompt"]
    return [Table(headers, rows, "no clips here: vidctl clip create SCENE NAME adds one")]


#: What scripts ask for, and people read in other words.
_OF_CLIPS_FOR_SCRIPTS = frozenset(
    {"slug", "project_id", "scene_id", "position_frame", "film_frame", "character_ids", "template_id"}
)


def _clip(clip: ClipResponseDTO) -> list[Block]:
    """What a person has given it, and where it is; what says nothing is left out."""
    silent = {name for name in ("alternate_number", "source_start", "images", "videos") if not getattr(clip, name)}
    return [fields(clip, leave_out={*silent, *_OF_CLIPS_FOR_SCRIPTS})]


def _scene(scene: SceneResponseDTO) -> list[Block]:
    silent = {"alternate_number"} if not scene.alternate_number else set()
    return [fields(scene, leave_out={*silent, "slug", "project_id", "start_frame"})]


def _state(clip: ClipResponseDTO) -> str:
    marks = ["locked"] * clip.locked + ["alternate"] * (clip.original_id is not None) + clip.tags + clip.characters
    marks += [clip.template] if clip.template else []
    return f"{clip.status} ({', '.join(marks)})" if marks else clip.status


def _takes(clip: ClipResponseDTO) -> str:
    chosen = "selected" if clip.selected_video_id or clip.selected_image_id else "none selected"
    counts = [counted(clip.images, "still"), counted(clip.videos, "video")]
    return ", ".join([*filter(None, counts), chosen]) if any(counts) else "no takes"


def _moved(moved: ClipMovedDTO) -> list[Block]:
    met = [Lines([f"that is {moved.snapped_to}"])] if moved.snapped_to else []
    overlaps = [Lines([f"it overlaps {', '.join(moved.overlaps)}"])] if moved.overlaps else []
    return [
        Lines([f"{moved.clip.path} now starts at {moved.clip.timeline_position:g} s of its scene"]),
        *met,
        *overlaps,
    ]


def _gallery(gallery: ClipGalleryResponseDTO) -> list[Block]:
    rows = [_take_row(take) for take in [*gallery.videos, *gallery.images]]
    headers = ["", "take", "kind", "size", "length", "seed", "model", "server", "file"]
    empty = f"{gallery.path} has no takes yet: vidctl generate image {gallery.path}"
    return [Table(headers, rows, empty, key=1)]


def _take_row(take: GeneratedContentDTO) -> list[str]:
    return [
        "*" if take.is_selected else "",
        take.id[:SHORT_ID],
        take.content_type,
        f"{take.width}x{take.height}",
        seconds(take.duration),
        "" if take.seed is None else str(take.seed),
        take.model_name,
        take.server_name,
        take.file,
    ]


def _selected(take: GeneratedContentDTO) -> list[Block]:
    return [Lines([f"{take.path} shows the {take.content_type} {take.id[:SHORT_ID]}"])]


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ClipResponseDTO: _clip,
    SceneResponseDTO: _scene,
    ProjectResponseDTO: _project,
    ProjectListResponseDTO: _projects,
    ProjectWithScenesDTO: _tree,
    SceneListResponseDTO: _scenes,
    ClipListResponseDTO: _clips,
    ClipMovedDTO: _moved,
    ClipGalleryResponseDTO: _gallery,
    GeneratedContentDTO: _selected,
}
