"""What people have set for a render, gathered from the film and the command line into layers."""

from __future__ import annotations

from collections.abc import Mapping

from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.expansion import Value
from vidctl.domain.names import RenderSettings
from vidctl.domain.portrait import Portrait
from vidctl.domain.project import Project
from vidctl.domain.prompt_values import clip_values, project_values
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.wishes import Wishes
from vidctl.dtos.generation_dtos import RenderOptionsDTO
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.template_repository import TemplateRepository
from vidctl.services.animatic_recipes import FLAGS
from vidctl.services.subjects import Renderable, Subject


class WishReader:
    """Reads what belongs to a clip or portrait; `wildcards` are the texts of the wildcard files by name."""

    def __init__(
        self, characters: CharacterRepository, templates: TemplateRepository, wildcards: Mapping[str, str]
    ) -> None:
        self._characters = characters
        self._templates = templates
        self._wildcards = wildcards

    def read(self, subject: Subject, request: Renderable, number: int) -> Wishes:
        """The layers from the general to the particular: characters, style, project, scene, clip, flags. The `number`th
        render of several with a seed of the person's choice gets that seed plus its number."""
        project, scene, clip = subject.project, subject.scene, subject.shot
        kind = request.generation_type
        characters = [self._characters.find_by_id(each) for each in clip.character_ids]
        style = self._templates.find_by_id(clip.template_id) if clip.template_id else None
        layers = [layer for each in characters for layer in _character_layers(each, kind)]
        layers += [(f"style {style.slug}", _settings(style, kind))] if style else []
        layers += [("project", _settings(project, kind))]
        layers += [("scene", _settings(scene, kind))] if scene else []
        layers += [("clip", _settings(clip, kind)), (FLAGS, _flags(request))]
        seed = next((s["seed"] for _, s in reversed(layers) if s.get("seed") is not None), None)
        if number and isinstance(seed, int) and seed >= 0:
            layers.append(("count", {"seed": seed + number}))
        return Wishes(
            kind,
            tuple((source, settings) for source, settings in layers if settings),
            tuple(each.words() for each in characters),
            style.words() if style else None,
            _values(subject),
            self._wildcards,
        )

    def count_use(self, clip: Clip | Portrait) -> None:
        """A render was asked for with the clip's style."""
        if clip.template_id:
            self._templates.count_use(clip.template_id)


def _character_layers(character: Character, kind: MediaKind) -> list[tuple[str, RenderSettings]]:
    """Its settings, and then its LoRA: settings that take away the LoRAs before them leave its own."""
    source = f"character {character.slug}"
    layers = [(source, _settings(character, kind))]
    if character.lora is not None:
        layers.append((source, {"loras": [character.lora.model_dump()]}))
    return layers


def _values(subject: Subject) -> dict[str, Value]:
    """What the prompts' variables stand for."""
    values = project_values(subject.project)
    if subject.scene is not None and isinstance(subject.shot, Clip):
        values |= clip_values(subject.scene, subject.shot)
    return values


def _settings(owner: Project | Scene | Clip | Portrait | Character | StyleTemplate, kind: MediaKind) -> RenderSettings:
    return owner.image_settings if kind is MediaKind.IMAGE else owner.video_settings


def _flags(request: RenderOptionsDTO) -> RenderSettings:
    flags = request.settings.as_settings()
    flags |= {"workflow": request.workflow} if request.workflow else {}
    flags |= {"preset": request.preset} if request.preset else {}
    return flags
