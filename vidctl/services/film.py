"""A project read as a whole: scenes and clips in their places, and the DTOs made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from vidctl.domain.clip import Clip
from vidctl.domain.frames import frames_to_seconds
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span, place_scenes
from vidctl.dtos.clip_dtos import ClipResponseDTO
from vidctl.dtos.scene_dtos import SceneResponseDTO
from vidctl.errors import NotFound
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.scene_repository import SceneRepository
from vidctl.repositories.take_repository import TakeRepository


def seconds(frames: int, rate: Fraction) -> float:
    """Frames as seconds for people and JSON, to the microsecond; the frame number beside it is exact."""
    return round(float(frames_to_seconds(frames, rate)), 6)


@dataclass(frozen=True)
class Film:
    """`scenes` in order; `clips` by scene id in order of time; `spans` where each scene lies on the film."""

    project: Project
    scenes: Sequence[Scene]
    clips: dict[str, list[Clip]]
    spans: dict[str, Span]
    takes: dict[str, Counter[MediaKind]]

    @property
    def frames(self) -> int:
        """Where the last clip ends, in film frames."""
        return max((span.end for span in self.spans.values()), default=0)

    def film_span(self, clip: Clip) -> Span:
        """A clip's place on the film."""
        start = self.spans[clip.scene_id].start + clip.position
        return Span(start, start + clip.length)

    def scene(self, scene_id: str) -> Scene:
        """A scene by its id."""
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise NotFound(f"scene {scene_id} was deleted in the meantime")

    def in_order(self) -> list[Clip]:
        """All clips as the film shows them."""
        return sorted(
            (clip for scene in self.scenes for clip in self.clips.get(scene.id, ())),
            key=lambda clip: (self.film_span(clip).start, self.scene(clip.scene_id).order, clip.order, clip.created_at),
        )

    def path(self, clip: Clip) -> str:
        """project/scene/clip"""
        return f"{self.project.slug}/{self.scene(clip.scene_id).slug}/{clip.slug}"

    def scene_response(self, scene: Scene) -> SceneResponseDTO:
        """A scene for people."""
        span, rate = self.spans[scene.id], self.project.rate
        return SceneResponseDTO(
            **scene.model_dump(include=_SCENE_FIELDS),
            path=f"{self.project.slug}/{scene.slug}",
            start=seconds(span.start, rate),
            start_frame=span.start,
            start_is_fixed=scene.start is not None,
            duration=seconds(span.frames, rate),
            frames=span.frames,
        )

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
        )


_SCENE_FIELDS = {"id", "project_id", "name", "slug", "order", "description", "lyrics", "created_at", "updated_at"}
_CLIP_FIELDS = {
    "id", "project_id", "scene_id", "name", "slug", "order", "lyrics", "image_prompt", "video_prompt",
    "negative_prompt", "image_settings", "video_settings", "character_ids", "template_id", "selected_image_id",
    "selected_video_id", "created_at", "updated_at",
}  # fmt: skip


class FilmReader:
    """Loads films."""

    def __init__(self, scenes: SceneRepository, clips: ClipRepository, takes: TakeRepository) -> None:
        self._scenes = scenes
        self._clips = clips
        self._takes = takes

    def load(self, project: Project) -> Film:
        """The project with all its scenes and clips, in four queries whatever their number."""
        scenes = self._scenes.list_by_project(project.id)
        clips = self._clips.list_by_project(project.id)
        spans = place_scenes(scenes, clips)
        known = {scene_id: found for scene_id, found in clips.items() if scene_id in spans}
        return Film(project, scenes, known, spans, self._takes.count_by_clip(project.id))
