"""What a clip would be rendered with, as far as that can be said without asking a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vidctl.domain.recipe import MediaKind
from vidctl.domain.wishes import Wishes
from vidctl.domain.wording import NEGATIVE, PROMPT, Words, word_prompts
from vidctl.dtos.explanation_dtos import ResolvedClipDTO, ResolvedKindDTO
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.errors import Unreachable, VidctlError
from vidctl.services.model_config import ModelConfig
from vidctl.services.own_models import OwnModels
from vidctl.services.recipes import DRAWN, resolve_request
from vidctl.services.references import References
from vidctl.services.render_views import expansions
from vidctl.services.subjects import Subject, Subjects
from vidctl.services.wishes import WishReader


class ClipResolution:
    """Resolves the renders of a clip for people who want to look at them."""

    def __init__(
        self,
        references: References,
        subjects: Subjects,
        wishes: WishReader,
        model_config: ModelConfig,
        draw_seed: Callable[[], int],
    ) -> None:
        self._references = references
        self._subjects = subjects
        self._wishes = wishes
        self._model_config = model_config
        self._draw_seed = draw_seed

    def resolve(self, reference: str) -> ResolvedClipDTO:
        """Prompts and values of a clip's image and video. Raises InvalidInput for prompts that cannot be expanded."""
        clip = self._references.clip(reference)
        return ResolvedClipDTO(
            clip=self._references.path(clip),
            image=self._resolve(clip.id, MediaKind.IMAGE),
            video=self._resolve(clip.id, MediaKind.VIDEO),
        )

    def _resolve(self, clip_id: str, kind: MediaKind) -> ResolvedKindDTO:
        request = GenerationRequestDTO(clips=[clip_id], generation_type=kind)
        [subject] = self._subjects.of(request)
        wishes = self._wishes.read(subject, request, 0)
        words = word_prompts(subject.shot, wishes, wishes.seed(self._draw_seed), subject.label)
        try:
            known = _decided(subject, wishes, words, self._model_config.own())
        except VidctlError as error:
            known = _wished(wishes, words, error)
        return ResolvedKindDTO(generation_type=kind, expansions=list(expansions(words)), **known)


def _decided(subject: Subject, wishes: Wishes, words: Words, own: OwnModels) -> dict[str, Any]:
    recipe = resolve_request(subject.project, subject.shot, wishes, words, None, own)
    known = recipe.model_dump(include={"workflow", "family", "values", "origins"})
    return {**known, "loras": [lora.model_dump() for lora in recipe.loras], "note": ""}


def _wished(wishes: Wishes, words: Words, error: VidctlError) -> dict[str, Any]:
    """What is known of a render whose model cannot be chosen here."""
    values: dict[str, Any] = {"seed": words.seed}
    origins = {"seed": DRAWN}
    for source, settings in wishes.layers:
        values |= settings
        origins |= dict.fromkeys(settings, source)
    values |= {PROMPT: words.prompt, NEGATIVE: words.negative or ""}
    origins |= {PROMPT: words.origin(PROMPT), NEGATIVE: words.origin(NEGATIVE)}
    fix = (
        f"vidctl project update --set {wishes.kind}.model=FILE names one"
        if isinstance(error, Unreachable)
        else error.fix
    )
    note = "; ".join(filter(None, (str(error), fix)))
    return {"workflow": "", "family": "", "values": values, "loras": [], "origins": origins, "note": note}
