"""A project read as a whole: scenes and clips in their places, and the DTOs made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from pydantic import BaseModel

from vidctl.domain.clip import Clip
from vidctl.domain.frames import frames_to_seconds
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span, place_scenes
from vidctl.dtos.clip_dtos import ClipResponseDTO
from vidctl.dtos.scene_dtos import SceneResponseDTO
from vidctl.errors import NotFound
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.repositories.template_repository import TemplateRepository


def seconds(frames: int, rate: Fraction) -> float:
    """Frames as seconds for people and JSON, to the microsecond; the frame number beside it is exact."""
    return round(float(frames_to_seconds(frames, rate)), 6)


@dataclass(frozen=True)
class Film:
    """`scenes` in order, alternates behind their originals; `clips` by scene id in order of time; `spans` where each
    scene lies on the film; `names` the short names of the characters and templates that clips refer to, by id. A film
    that was read for some clips only has just those."""

    project: Project
    scenes: Sequence[Scene]
    clips: dict[str, list[Clip]]
    spans: dict[str, Span]
    takes: dict[str, Counter[MediaKind]]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Where the last clip that is shown ends, in film frames."""
        return max((self.spans[scene.id].end for scene in self.shown_scenes), default=0)

    @property
    def shown_scenes(self) -> list[Scene]:
        """The scenes that are no alternates."""
        return [scene for scene in self.scenes if not scene.is_alternate]

    def film_span(self, clip: Clip) -> Span:
        """A clip's place on the film; an alternate's is that which it would have."""
        start = self.span(clip.scene_id).start + clip.position
        return Span(start, start + clip.length)

    def scene(self, scene_id: str) -> Scene:
        """A scene by its id. Raises NotFound."""
        if scene_id not in self._scenes_by_id:
            raise NotFound(f"scene {scene_id} was deleted in the meantime")
        return self._scenes_by_id[scene_id]

    def span(self, scene_id: str) -> Span:
        """Where a scene lies. Raises NotFound."""
        return self.spans[self.scene(scene_id).id]

    def in_order(self) -> list[Clip]:
        """The clips that the film shows, in the order in which it shows them: no alternates. Those that start together
        are in their scenes' order, then their own."""
        shown = (clip for scene in self.shown_scenes for clip in self.clips.get(scene.id, ()) if not clip.is_alternate)
        return sorted(shown, key=lambda clip: self.film_span(clip).start)

    @cached_property
    def _scenes_by_id(self) -> dict[str, Scene]:
        return {scene.id: scene for scene in self.scenes}

    def path(self, clip: Clip) -> str:
        """project/scene/clip"""
        return f"{self.project.slug}/{self.scene(clip.scene_id).slug}/{clip.slug}"

    def scene_response(self, scene: Scene) -> SceneResponseDTO:
        """A scene for people."""
        span, rate = self.span(scene.id), self.project.rate
        return SceneResponseDTO(
            **scene.model_dump(include=_SCENE_FIELDS),
            path=f"{self.project.slug}/{scene.slug}",
            start=seconds(span.start, rate),
            start_frame=span.start,
            start_is_fixed=scene.start is not None,
            duration=seconds(span.frames, rate),
            frames=span.frames,
        )

    def scene_responses(self) -> list[SceneResponseDTO]:
        """All scenes, in order."""
        return [self.scene_response(scene) for scene in self.scenes]

    def clip_response(self, clip: Clip) -> ClipResponseDTO:
        """A clip for people."""
        span, rate = self.film_span(clip), self.project.rate
        taken = self.takes.get(clip.id, Counter())
        return ClipResponseDTO(
            **clip.model_dump(include=_CLIP_FIELDS),
            path=self.path(clip),
            length=seconds(clip.length, rate),
            frames=clip.length,
            timeline_position=seconds(clip.position, rate),
            position_frame=clip.position,
            film_start=seconds(span.start, rate),
            film_frame=span.start,
            images=taken[MediaKind.IMAGE],
            videos=taken[MediaKind.VIDEO],
            characters=[self.names.get(each, each) for each in clip.character_ids],
            template=self.names.get(clip.template_id, clip.template_id) if clip.template_id else None,
        )


_SCENE_FIELDS = set(SceneResponseDTO.model_fields) & set(Scene.model_fields) - {"start"}
_CLIP_FIELDS = set(ClipResponseDTO.model_fields) & set(Clip.model_fields) - {"length"}


class _Named(BaseModel):
    id: str
    slug: str


class FilmReader:
    """Loads films."""

    def __init__(
        self,
        scenes: SceneRepository,
        clips: ClipRepository,
        takes: TakeRepository,
        characters: CharacterRepository,
        templates: TemplateRepository,
    ) -> None:
        self._scenes = scenes
        self._clips = clips
        self._takes = takes
        self._characters = characters
        self._templates = templates

    def load(self, project: Project) -> Film:
        """The project with all its scenes and clips, in five queries whatever their number."""
        return self._film(project, self._clips.list_by_project(project.id), self._takes.count_by_clip(project.id))

    def load_places(self, project: Project) -> Film:
        """The project with all its scenes and clips, but without counting takes."""
        return self._film(project, self._clips.list_by_project(project.id), {})

    def load_scenes(self, project: Project) -> Film:
        """The project with its scenes, but no clips."""
        return self._film(project, {}, {})

    def load_for(self, project: Project, clips: Iterable[Clip]) -> Film:
        """The project's scenes with just these clips, however many others there are."""
        grouped: dict[str, list[Clip]] = {}
        for clip in clips:
            grouped.setdefault(clip.scene_id, []).append(clip)
        ids = [clip.id for found in grouped.values() for clip in found]
        return self._film(project, grouped, self._takes.count_of(ids))

    def _film(self, project: Project, clips: dict[str, list[Clip]], takes: dict[str, Counter[MediaKind]]) -> Film:
        scenes = self._scenes.list_by_project(project.id)
        spans = place_scenes(scenes)
        originals = {scene.id: scene for scene in scenes}

        def place(scene: Scene) -> tuple[int, datetime, str, int]:
            head = originals.get(scene.original_id or "", scene)
            return head.order, head.created_at, head.id, scene.alternate_number

        known = {scene_id: found for scene_id, found in clips.items() if scene_id in spans}
        names = self._names([clip for found in known.values() for clip in found])
        return Film(project, sorted(scenes, key=place), known, spans, takes, names)

    def _names(self, clips: Iterable[Clip]) -> dict[str, str]:
        characters, templates = set[str](), set[str]()
        for clip in clips:
            characters.update(clip.character_ids)
            templates.update([clip.template_id] if clip.template_id else ())
        found: list[_Named] = []
        if characters:
            found += self._characters.find_many({"id": {"$in": sorted(characters)}}, projection=_Named)
        if templates:
            found += self._templates.find_many({"id": {"$in": sorted(templates)}}, projection=_Named)
        return {each.id: each.slug for each in found}
