"""From "render these clips", or portraits, to jobs in the queue, and on request to their takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from vidctl.domain.events import Event
from vidctl.domain.job import ANIMATIC
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.wording import Words, word_card, word_prompts
from vidctl.dtos.explanation_dtos import ExplanationDTO
from vidctl.dtos.generation_dtos import (
    BatchGenerationRequestDTO,
    DryRunDTO,
    QueueJobRequestDTO,
    ResolvedRenderDTO,
)
from vidctl.dtos.queue_dtos import QueueJobResponseDTO
from vidctl.services.animatic_recipes import animatic_request, wants_seed
from vidctl.services.destinations import Destination, Destinations
from vidctl.services.recipes import resolve_request
from vidctl.services.render_runs import RenderRuns, Terms, Wanted
from vidctl.services.render_views import resolved_render
from vidctl.services.subjects import Renderable, Subject, Subjects
from vidctl.services.wishes import WishReader
from vidctl.services.work_orders import Stop


@dataclass(frozen=True)
class Plan:
    """A render that is decided but not asked for."""

    subject: Subject
    label: str
    request: RenderRequest
    words: Words


class GenerationService:
    """What one can have rendered."""

    def __init__(
        self,
        subjects: Subjects,
        destinations: Destinations,
        wishes: WishReader,
        runs: RenderRuns,
        draw_seed: Callable[[], int],
    ) -> None:
        self._subjects = subjects
        self._destinations = destinations
        self._wishes = wishes
        self._runs = runs
        self._draw_seed = draw_seed

    def dry_run(self, request: Renderable) -> DryRunDTO:
        """What would be rendered: every value, where it came from, and the graph. Nothing is stored or sent."""
        plans, destination = self._plan(request, online=False)
        return DryRunDTO(renders=_resolved(plans, destination))

    def explain(self, request: Renderable) -> ExplanationDTO:
        """The same, for those who ask where each value came from and how the prompts were made."""
        plans, destination = self._plan(request, online=False)
        return ExplanationDTO(renders=_resolved(plans, destination))

    def generate(self, request: Renderable, *, wait: bool, stop: Stop | None = None) -> Iterator[Event]:
        """Queue the renders and, with `wait`, work on them until all have ended; the last event is a Result.

        After it, raises what failed if nothing succeeded, PartlyDone if some did. Closing the iterator gives running
        renders back to the queue.
        """
        wanted, destination = self._decide(request, online=wait)
        yield from self._runs.run(wanted, destination, _terms(request), wait=wait, stop=stop)

    def enqueue(self, request: QueueJobRequestDTO) -> QueueJobResponseDTO:
        """Put the renders into the queue for whoever works on it."""
        wanted, destination = self._decide(request, online=False)
        return self._runs.enqueue(wanted, destination, _terms(request))

    def _decide(self, request: Renderable, *, online: bool) -> tuple[list[Wanted], Destination]:
        plans, destination = self._plan(request, online=online)
        for plan in plans:
            self._wishes.count_use(plan.subject.shot)
        return [_wanted(plan) for plan in plans], destination

    def _plan(self, request: Renderable, *, online: bool) -> tuple[list[Plan], Destination]:
        """Resolve every render before the first is queued, so that a wrong value leaves nothing behind. Of several
        servers, the first that can render all of it decides the values."""
        subjects = self._subjects.of(request)

        def plan(destination: Destination) -> list[Plan]:
            plans = list(self._plans(subjects, request, destination))
            for each in plans:
                destination.check(each.request)
            return plans

        return self._destinations.choose(request.server, plan, online=online)

    def _plans(self, subjects: Sequence[Subject], request: Renderable, destination: Destination) -> Iterator[Plan]:
        for subject in subjects:
            for number in range(request.count):
                suffix = f" #{number + 1}" if request.count > 1 else ""
                resolved, words = self._resolve(subject, request, destination, number)
                yield Plan(subject, f"{subject.label}{suffix}", resolved, words)

    def _resolve(
        self, subject: Subject, request: Renderable, destination: Destination, number: int
    ) -> tuple[RenderRequest, Words]:
        project, shot = subject.project, subject.shot
        wishes = self._wishes.read(subject, request, number)
        if destination.target == ANIMATIC:
            seed = wishes.seed(self._draw_seed) if wants_seed(wishes) else number
            words = word_card(shot, wishes, seed, subject.label)
            return animatic_request(project, shot, subject.card(), wishes, words), words
        words = word_prompts(shot, wishes, wishes.seed(self._draw_seed), subject.label)
        return resolve_request(project, shot, wishes, words, destination.models, destination.own), words


def _terms(request: Renderable) -> Terms:
    terms = Terms(request.priority)
    if isinstance(request, BatchGenerationRequestDTO):
        return replace(terms, title=request.title or "")
    return replace(terms, max_attempts=request.max_attempts) if isinstance(request, QueueJobRequestDTO) else terms


def _wanted(plan: Plan) -> Wanted:
    subject = plan.subject
    return Wanted(subject.project.id, subject.clip_id, subject.character_id, plan.label, plan.request, subject.view)


def _resolved(plans: Sequence[Plan], destination: Destination) -> list[ResolvedRenderDTO]:
    return [resolved_render(plan.label, destination.name, plan.request, plan.words) for plan in plans]
