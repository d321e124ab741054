"""From "render these clips", or portraits, to jobs in the queue, and on request to their takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vidctl.domain.document import new_id
from vidctl.domain.events import Event, JobQueued, Notice, Result
from vidctl.domain.job import ANIMATIC, FINAL, Job, JobStatus
from vidctl.domain.limits import check_limits
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.wording import Words, word_card, word_prompts
from vidctl.dtos.generation_dtos import DryRunDTO, ExplanationDTO, GenerationResponseDTO, ResolvedRenderDTO
from vidctl.errors import PartlyDone, Unreachable, VidctlError, from_dict
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.animatic_recipes import animatic_request
from vidctl.services.backends import bind_graph
from vidctl.services.destinations import Destination, Destinations
from vidctl.services.queue_views import job_status
from vidctl.services.recipes import resolve_request
from vidctl.services.render_views import resolved_render
from vidctl.services.subjects import Renderable, Subject, Subjects
from vidctl.services.wishes import WishReader
from vidctl.services.work_orders import Stop, WorkOrder
from vidctl.services.worker import Worker


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
        queue: QueueRepository,
        destinations: Destinations,
        wishes: WishReader,
        worker: Callable[[], Worker],
        draw_seed: Callable[[], int],
    ) -> None:
        self._subjects = subjects
        self._queue = queue
        self._destinations = destinations
        self._wishes = wishes
        self._worker = worker
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
        plans, destination = self._plan(request, online=wait)
        batch_id = new_id()
        now = self._queue.store.now()
        jobs = [
            self._enqueue(plan, destination, batch_id=batch_id, rank=-request.priority, number=number, created_at=now)
            for number, plan in enumerate(plans)
        ]
        for job, plan in zip(jobs, plans, strict=True):
            if plan.request.values.get("prompt") == "":
                yield Notice(f"{job.label} has no prompt: vidctl clip prompt CLIP --{job.kind} TEXT", "warning")
            yield JobQueued(job.id, job.label, destination.name, batch_id)
        if wait:
            order = WorkOrder(batch_id, True, destination.servers, destination.target == ANIMATIC)
            yield from self._worker().run(order, stop or Stop())
        response = self._response(batch_id)
        yield Result(response)
        if wait:
            _raise_for(response)

    def _plan(self, request: Renderable, *, online: bool) -> tuple[list[Plan], Destination]:
        """Resolve every render before the first is queued, so that a wrong value leaves nothing behind. Of several
        servers, the first that can render all of it decides the values."""
        check_limits(request.settings)
        subjects = self._subjects.of(request)
        refusal: VidctlError | None = None
        for destination in self._destinations.candidates(request.server, online=online):
            try:
                plans = list(self._plans(subjects, request, destination))
                for plan in plans:
                    self._check(plan.request, destination)
            except Unreachable as error:
                # what could not be decided without asking a server: what that server said is the better answer
                refusal = refusal or destination.silent or error
            except VidctlError as error:
                refusal = refusal or error
            else:
                return plans, destination
        assert refusal is not None
        raise refusal

    def _check(self, request: RenderRequest, destination: Destination) -> None:
        """Raises for a value that is wrong, and for what the server lacks if it can be asked."""
        if destination.backend is not None:
            destination.backend.validate(request)
        elif request.workflow:
            bind_graph(request)

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
            words = word_card(shot, wishes, number, subject.label)
            return animatic_request(project, shot, subject.card(), wishes, words), words
        words = word_prompts(shot, wishes, wishes.seed(self._draw_seed), subject.label)
        return resolve_request(project, shot, wishes, words, destination.models, destination.own), words

    def _enqueue(self, plan: Plan, destination: Destination, **place: Any) -> Job:
        self._wishes.count_use(plan.subject.shot)
        return self._queue.create(
            Job(
                project_id=plan.subject.project.id,
                clip_id=plan.subject.clip_id,
                character_id=plan.subject.character_id,
                label=plan.label,
                kind=plan.request.kind,
                request=plan.request.model_dump_json(),
                target=destination.target,
                **place,
            )
        )

    def _response(self, batch_id: str) -> GenerationResponseDTO:
        jobs = self._queue.find_many({"batch_id": batch_id}, sort=(("number", 1),))
        states = [job.status for job in jobs]
        return GenerationResponseDTO(
            batch_id=batch_id,
            total=len(jobs),
            succeeded=states.count(JobStatus.SUCCEEDED),
            failed=states.count(JobStatus.FAILED),
            cancelled=states.count(JobStatus.CANCELLED),
            open=sum(state not in FINAL for state in states),
            jobs=[job_status(job) for job in jobs],
        )


def _raise_for(response: GenerationResponseDTO) -> None:
    errors = [job.error for job in response.jobs if job.status is JobStatus.FAILED and job.error]
    if response.open:
        raise Unreachable(
            f"{response.open} of {response.total} renders are still queued",
            cause="their server did not answer for too long",
            fix="vidctl queue work goes on with them when it is back",
        )
    if errors and not response.succeeded and len({error["code"] for error in errors}) == 1:
        raise from_dict(errors[0])
    if response.failed or response.cancelled:
        raise PartlyDone(
            f"{response.failed + response.cancelled} of {response.total} renders did not succeed",
            cause="; ".join(dict.fromkeys(error["problem"] for error in errors)) or "they were cancelled",
            fix=f"vidctl queue retry --batch {response.batch_id[:8]}",
        )


def _resolved(plans: Sequence[Plan], destination: Destination) -> list[ResolvedRenderDTO]:
    return [resolved_render(plan.label, destination.name, plan.request, plan.words) for plan in plans]
