"""Takes that go to other clips, of the same film or another. The file is shared, never copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vidctl.domain.clip import Clip
from vidctl.domain.document import derived_id
from vidctl.domain.take import Take
from vidctl.dtos.take_dtos import TakeListResponseDTO
from vidctl.repositories.clip_repository import ClipRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.choices import Choices
from vidctl.services.editor import Draft, Editor
from vidctl.services.references import References
from vidctl.services.take_reader import TakeReader
from vidctl.services.take_service import TakeService, described

Step = Callable[[Draft, Choices, Take, Clip], Take]


class TakeMoves:
    """Moves and copies takes. Doing either twice is the same as doing it once."""

    def __init__(
        self,
        takes: TakeRepository,
        clips: ClipRepository,
        references: References,
        service: TakeService,
        reader: TakeReader,
        editor: Editor,
    ) -> None:
        self._takes = takes
        self._clips = clips
        self._references = references
        self._service = service
        self._reader = reader
        self._editor = editor

    def move(self, references: Sequence[str], clip: str) -> TakeListResponseDTO:
        """Takes leave their clips, which show none of them any more. Raises Locked if one of those is locked."""
        return self._each("take move", references, clip, self._moved)

    def copy(self, references: Sequence[str], clip: str) -> TakeListResponseDTO:
        """The clip gets takes of its own with the same files, recipes, ratings, tags and notes."""
        return self._each("take copy", references, clip, self._copied)

    def _each(self, action: str, references: Sequence[str], clip: str, step: Step) -> TakeListResponseDTO:
        target = self._references.clip(clip)
        named = self._service.of_one_film(references)

        def build() -> tuple[Draft, list[Take]]:
            takes = [self._takes.find_by_id(take.id) for take in named]
            draft = Draft(action, takes[0].project_id, f"{described(takes)} to {target.slug}")
            choices = Choices(draft, self._clips)
            done = [take if take.clip_id == target.id else step(draft, choices, take, target) for take in takes]
            return draft, done

        items = self._reader.respond_all(self._editor.attempt(build))
        return TakeListResponseDTO(items=items, total=len(items), next_after=None)

    def _moved(self, draft: Draft, choices: Choices, take: Take, target: Clip) -> Take:
        choices.lose(take)
        choices.gain(target.id, take)
        return draft.change(self._takes, take, _place(target))

    def _copied(self, draft: Draft, choices: Choices, take: Take, target: Clip) -> Take:
        copy_id = derived_id("copy", take.id, target.id)
        there = self._takes.find_one({"id": copy_id})
        if there is not None:
            return there
        now = self._takes.store.now()
        fresh = {"id": copy_id, "revision": 1, "created_at": now, "updated_at": now}
        copied = take.model_copy(update={**fresh, **_place(target)})
        choices.gain(target.id, copied)
        return draft.create(self._takes, copied)


def _place(target: Clip) -> dict[str, str]:
    return {"project_id": target.project_id, "clip_id": target.id, "character_id": "", "view": ""}
