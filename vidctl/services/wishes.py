"""What people have set for a render, gathered from the film and the command line into layers."""

from __future__ import annotations

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.names import RenderSettings
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.animatic_recipes import FLAGS
from vidctl.services.recipes import Wishes


class WishReader:
    """Reads the layers that belong to a clip."""

    def __init__(self, characters: CharacterRepository, templates: TemplateRepository) -> None:
        self._characters = characters
        self._templates = templates

    def read(self, project: Project, clip: Clip, request: GenerationRequestDTO, number: int) -> Wishes:
        """The layers from the general to the particular: characters, style, project, clip, flags. The `number`th
        render of several with a seed of the person's choice gets that seed plus its number."""
        kind = request.generation_type
        characters = [self._characters.find_by_id(each) for each in clip.character_ids]
        style = self._templates.find_by_id(clip.template_id) if clip.template_id else None
        layers = [(f"character {each.slug}", _settings(each, kind)) for each in characters]
        layers += [(f"style {style.slug}", _settings(style, kind))] if style else []
        layers += [("project", _settings(project, kind)), ("clip", _settings(clip, kind)), (FLAGS, _flags(request))]
        seed = next((s["seed"] for _, s in reversed(layers) if s.get("seed") is not None), None)
        if number and isinstance(seed, int) and seed >= 0:
            layers.append(("count", {"seed": seed + number}))
        return Wishes(
            kind,
            tuple((source, settings) for source, settings in layers if settings),
            tuple(each.words() for each in characters),
            style.words() if style else None,
        )

    def count_use(self, clip: Clip) -> None:
        """A render was asked for with the clip's style."""
        if clip.template_id:
            self._templates.count_use(clip.template_id)


def _settings(owner: Project | Clip | Character | StyleTemplate, kind: MediaKind) -> RenderSettings:
    return owner.image_settings if kind is MediaKind.IMAGE else owner.video_settings


def _flags(request: GenerationRequestDTO) -> RenderSettings:
    flags = dict(request.settings)
    flags |= {"workflow": request.workflow} if request.workflow else {}
    flags |= {"preset": request.preset} if request.preset else {}
    return flags
