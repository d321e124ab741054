"""Renders that are decided: into the queue, on request worked off, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vidctl.domain.batch import Batch, batch_title
from vidctl.domain.events import Event, JobQueued, Notice, Result
from vidctl.domain.job import ANIMATIC, MAX_ATTEMPTS, Job, JobStatus
from vidctl.domain.recipe import RenderRequest
from vidctl.dtos.generation_dtos import GenerationResponseDTO
from vidctl.dtos.queue_dtos import QueueJobResponseDTO
from vidctl.errors import PartlyDone, Unreachable, from_dict
from vidctl.repositories.batch_repository import BatchRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.batch_reader import render_counts
from vidctl.services.destinations import Destination
from vidctl.services.queue_views import job_status
from vidctl.services.work_orders import Stop, WorkOrder
from vidctl.services.worker import Worker


@dataclass(frozen=True)
class Wanted:
    """A render to be queued. Its takes go to the clip, or else to the character, of which they show a view."""

    project_id: str
    clip_id: str
    character_id: str
    label: str
    request: RenderRequest
    view: str = ""


@dataclass(frozen=True)
class Terms:
    """How renders are queued: higher `priority` goes first, `title` "" names the batch after its first render."""

    priority: int = 0
    max_attempts: int = MAX_ATTEMPTS
    title: str = ""


class RenderRuns:
    """Queues renders and waits for them."""

    def __init__(self, queue: QueueRepository, batches: BatchRepository, worker: Callable[[], Worker]) -> None:
        self._queue = queue
        self._batches = batches
        self._worker = worker

    def run(
        self,
        wanted: Sequence[Wanted],
        destination: Destination,
        terms: Terms | None = None,
        *,
        wait: bool,
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        """Queue the renders as a batch and, with `wait`, work on them until all have ended; the last event is a Result.

        After it, raises what failed if nothing succeeded, PartlyDone if some did. Closing the iterator gives running
        renders back to the queue.
        """
        queued = self.enqueue(wanted, destination, terms or Terms())
        batch_id = queued.batch_id
        yield from (Notice(warning, "warning") for warning in queued.warnings)
        yield from (JobQueued(job.id, job.label, destination.name, batch_id) for job in queued.jobs)
        if wait:
            order = WorkOrder(batch_id, True, destination.servers, destination.target == ANIMATIC)
            yield from self._worker().run(order, stop or Stop())
        response = self._response(batch_id)
        yield Result(response)
        if wait:
            _raise_for(response)

    def enqueue(self, wanted: Sequence[Wanted], destination: Destination, terms: Terms) -> QueueJobResponseDTO:
        """Put the renders into the queue as a batch. What may not be meant so is told in its warnings."""
        batch, now = _batch(wanted, terms), self._queue.store.now()
        batch = batch.model_copy(update={"created_at": now, "updated_at": now})
        jobs = [
            Job(
                project_id=each.project_id,
                clip_id=each.clip_id,
                character_id=each.character_id,
                view=each.view,
                batch_id=batch.id,
                label=each.label,
                kind=each.request.kind,
                request=each.request.model_dump_json(),
                target=destination.target,
                rank=-terms.priority,
                number=number,
                max_attempts=terms.max_attempts,
                created_at=now,
            )
            for number, each in enumerate(wanted)
        ]
        self._batches.enqueue(batch, jobs)
        return QueueJobResponseDTO(
            batch_id=batch.id,
            ahead=self._queue.count_ahead(jobs[0]),
            jobs=[job_status(job) for job in jobs],
            warnings=[
                f"{each.label} has no prompt: vidctl clip prompt CLIP --{each.request.kind} TEXT"
                for each in wanted
                if each.request.values.get("prompt") == ""
            ],
        )

    def _response(self, batch_id: str) -> GenerationResponseDTO:
        jobs = self._queue.find_many({"batch_id": batch_id}, sort=(("number", 1),))
        return GenerationResponseDTO(
            batch_id=batch_id,
            **render_counts(Counter(job.status for job in jobs)),
            jobs=[job_status(job) for job in jobs],
        )


def _batch(wanted: Sequence[Wanted], terms: Terms) -> Batch:
    projects = {each.project_id for each in wanted}
    return Batch(
        project_id=projects.pop() if len(projects) == 1 else "",
        title=terms.title or batch_title([each.label for each in wanted]),
        kind=wanted[0].request.kind,
        asked=len(wanted),
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
