"""What people have set for a render, gathered from the film and the command line into layers."""

from __future__ import annotations

from vidctl.domain.clip import Clip
from vidctl.domain.names import RenderSettings
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.services.animatic_recipes import FLAGS
from vidctl.services.recipes import Wishes


class WishReader:
    """Reads the layers that belong to a clip."""

    def read(self, project: Project, clip: Clip, request: GenerationRequestDTO, number: int) -> Wishes:
        """The layers from the general to the particular: project, clip, flags. The `number`th render of several with
        a seed of the person's choice gets that seed plus its number."""
        kind = request.generation_type
        layers = [("project", _settings(project, kind)), ("clip", _settings(clip, kind))]
        flags = dict(request.settings)
        flags |= {"workflow": request.workflow} if request.workflow else {}
        flags |= {"preset": request.preset} if request.preset else {}
        seed = next((s["seed"] for s in (flags, layers[1][1], layers[0][1]) if s.get("seed") is not None), None)
        if number and isinstance(seed, int) and seed >= 0:
            flags["seed"] = seed + number
        layers.append((FLAGS, flags))
        return Wishes(kind, tuple((source, settings) for source, settings in layers if settings))


def _settings(owner: Project | Clip, kind: MediaKind) -> RenderSettings:
    return owner.image_settings if kind is MediaKind.IMAGE else owner.video_settings
