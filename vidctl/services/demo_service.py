"""The demo: a small film from packaged data, made with the same calls that anybody's film is made with.

Run again, it goes on where it was left: what is there is kept, renders that are queued are done first, and only
clips without a take are rendered anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

from vidctl.domain.events import Event, Notice, Result
from vidctl.domain.job import ANIMATIC
from vidctl.domain.names import slugify
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipResponseDTO
from vidctl.dtos.demo_dtos import DemoResponseDTO
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.dtos.project_dtos import ProjectCreateDTO, ProjectResponseDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.errors import Conflict, DuplicateName, NotFound, VidctlError
from vidctl.exporters.encoding import Quality
from vidctl.gateways.asset_store import writing
from vidctl.gateways.film_title import title_of
from vidctl.services.clip_service import ClipService
from vidctl.services.comfyui_service import ComfyUIService
from vidctl.services.export_service import ExportService, Gap
from vidctl.services.generation_service import GenerationService
from vidctl.services.given_files import refuse_existing
from vidctl.services.media_service import MediaService
from vidctl.services.project_service import ProjectService
from vidctl.services.queue_manager import QueueManager
from vidctl.services.scene_service import SceneService


class DemoService:
    """Makes the demo film."""

    def __init__(
        self,
        projects: ProjectService,
        scenes: SceneService,
        clips: ClipService,
        media: MediaService,
        comfyui: ComfyUIService,
        generation: GenerationService,
        queue: QueueManager,
        export: ExportService,
        *,
        assets: str,
        store: Callable[[], str],
    ) -> None:
        self._projects = projects
        self._scenes = scenes
        self._clips = clips
        self._media = media
        self._comfyui = comfyui
        self._generation = generation
        self._queue = queue
        self._export = export
        self._assets = assets
        self._store = store

    def make(
        self, folder: Path, *, server: str | None, size: tuple[int, int] | None, settings: dict[str, Any]
    ) -> Iterator[Event]:
        """Plan, render, cut; the last event is a Result. `settings` are for the renders on a server."""
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        film = _read_film()
        target = folder / "film.mp4"
        if server not in (None, ANIMATIC):
            self._comfyui.get_server(server)
        # a film that an earlier run has exported carries its title; anything else there is somebody's own
        refuse_existing(target, overwrite=title_of(target) == film["title"])
        project = self._project(film, size)
        yield Notice(f"{project.name}: {len(film['scenes'])} scenes, {_clip_count(film)} clips, a song of 30 seconds")
        self._plan(project, film)
        yield from self._queue.work_off(project.slug)
        clips = self._clips.list_clips(project.slug).items
        missing = [clip for clip in clips if not (clip.selected_video_id or clip.selected_image_id)]
        if missing:
            yield from self._render(missing, server, settings)
        elif server is not None or settings:
            yield Notice(
                "all clips have their takes already, so --server and --steps change nothing; "
                f"vidctl project delete {project.slug} begins anew",
                "warning",
            )
        exported = None
        events = self._export.export_video(project.slug, target, gap=Gap.CARD, quality=Quality.FINAL, overwrite=True)
        for event in events:
            if isinstance(event, Result):
                exported = event.value
            else:
                yield event
        assert exported is not None
        yield Result(
            DemoResponseDTO(
                project=project.slug,
                clips=len(clips),
                film=exported,
                assets=self._assets,
                store=self._store(),
                next_steps=_next(project),
            )
        )

    def _project(self, film: dict[str, Any], size: tuple[int, int] | None) -> ProjectResponseDTO:
        """The demo's project, from an earlier run or new."""
        width, height = size or (film["width"], film["height"])
        try:
            found = self._projects.get_project(slugify(film["title"]))
        except NotFound:
            wanted = ProjectCreateDTO(
                name=film["title"], description=film["description"], width=width, height=height, fps=film["fps"]
            )
            return self._projects.create_project(wanted)
        if found.description != film["description"] or size not in (None, (found.width, found.height)):
            raise Conflict(
                f"there is another project {found.slug} already",
                cause=f"it is {found.width}x{found.height} and was not made by this demo"
                if found.description != film["description"]
                else f"the demo was made at {found.width}x{found.height}",
                fix=f"vidctl project delete {found.slug}, or try the demo with its own --store sqlite:///FILE",
            )
        return found

    def _plan(self, project: ProjectResponseDTO, film: dict[str, Any]) -> None:
        """Scenes, clips, song and lyrics, as far as they are not there."""
        material = resources.files("vidctl.presets").joinpath("demo")
        if project.music_file is None:
            with resources.as_file(material.joinpath(film["song"]["file"])) as song:
                self._media.set_music(project.slug, song)
        if not project.lyric_lines:
            with resources.as_file(material.joinpath(film["song"]["lyrics"])) as lyrics:
                self._media.set_lyrics(project.slug, lyrics)
        for scene in film["scenes"]:
            fields = {name: scene[name].strip() for name in ("name", "description", "lyrics") if name in scene}
            with suppress(DuplicateName):  # from a run that was interrupted
                self._scenes.create_scene(project.slug, SceneCreateDTO(**fields))
            for clip in scene["clips"]:
                self._add_clip(f"{project.slug}/{slugify(scene['name'])}", clip, film["negative_prompt"])

    def _add_clip(self, scene: str, clip: dict[str, Any], negative: str) -> None:
        if any(there.name == clip["name"] for there in self._clips.list_clips(scene=scene).items):
            return
        fields = {name: clip[name] for name in ("name", "lyrics", "image_prompt", "video_prompt") if name in clip}
        self._clips.create_clip(scene, ClipCreateDTO(**fields, length=f"{clip['frames']}f", negative_prompt=negative))

    def _render(self, clips: list[ClipResponseDTO], server: str | None, settings: dict[str, Any]) -> Iterator[Event]:
        """Videos where a server can make them, else stills, else title cards."""
        ids = [clip.id for clip in clips]
        wishes = [
            GenerationRequestDTO(clips=ids, generation_type=kind, server=server, settings=settings)
            for kind in (MediaKind.VIDEO, MediaKind.IMAGE)
        ]
        cards = GenerationRequestDTO(clips=ids, generation_type=MediaKind.VIDEO, server=ANIMATIC)
        if server == ANIMATIC or (server is None and not self._comfyui.list_servers().items):
            yield from _unused(settings)
            yield from _without_result(self._generation.generate(cards, wait=True))
            return
        refusals = []
        for wish in wishes:
            try:
                self._generation.dry_run(wish.model_copy(update={"clips": ids[:1]}))
            except VidctlError as error:
                refusals.append(error)
                continue
            yield from _without_result(self._generation.generate(wish, wait=True))
            return
        if server is not None:
            raise refusals[0]
        yield Notice(f"no server can render the demo ({refusals[0].problem}): drawing title cards instead", "warning")
        yield from _unused(settings)
        yield from _without_result(self._generation.generate(cards, wait=True))


def _unused(settings: dict[str, Any]) -> Iterator[Event]:
    if settings:
        yield Notice(f"title cards have no use for {', '.join(settings)}", "warning")


def _without_result(events: Iterator[Event]) -> Iterator[Event]:
    return (event for event in events if not isinstance(event, Result))


def _read_film() -> dict[str, Any]:
    text = resources.files("vidctl.presets").joinpath("demo", "film.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _clip_count(film: dict[str, Any]) -> int:
    return sum(len(scene["clips"]) for scene in film["scenes"])


def _next(project: ProjectResponseDTO) -> list[str]:
    return [
        f"vidctl project use {project.slug}",
        "vidctl project show --tree",
        "vidctl clip gallery verse/window",
        "vidctl comfyui add mybox http://127.0.0.1:8188",
        "vidctl generate image verse/window --server mybox",
        "vidctl export video -o film.mp4 --overwrite",
    ]
