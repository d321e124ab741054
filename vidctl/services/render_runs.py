"""Renders that are decided: into the queue, on request worked off, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vidctl.domain.document import new_id
from vidctl.domain.events import Event, JobQueued, Notice, Result
from vidctl.domain.job import ANIMATIC, FINAL, Job, JobStatus
from vidctl.domain.recipe import RenderRequest
from vidctl.dtos.generation_dtos import GenerationResponseDTO
from vidctl.errors import PartlyDone, Unreachable, from_dict
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.services.destinations import Destination
from vidctl.services.queue_views import job_status
from vidctl.services.work_orders import Stop, WorkOrder
from vidctl.services.worker import Worker


@dataclass(frozen=True)
class Wanted:
    """A render to be queued. Its takes go to the clip, or else to the character."""

    project_id: str
    clip_id: str
    character_id: str
    label: str
    request: RenderRequest


class RenderRuns:
    """Queues renders and waits for them."""

    def __init__(self, queue: QueueRepository, worker: Callable[[], Worker]) -> None:
        self._queue = queue
        self._worker = worker

    def run(
        self,
        wanted: Sequence[Wanted],
        destination: Destination,
        *,
        priority: int = 0,
        wait: bool,
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        """Queue the renders as a batch and, with `wait`, work on them until all have ended; the last event is a Result.

        After it, raises what failed if nothing succeeded, PartlyDone if some did. Closing the iterator gives running
        renders back to the queue.
        """
        jobs = self._enqueue(wanted, destination, priority)
        batch_id = jobs[0].batch_id
        for job, each in zip(jobs, wanted, strict=True):
            if each.request.values.get("prompt") == "":
                yield Notice(f"{job.label} has no prompt: vidctl clip prompt CLIP --{job.kind} TEXT", "warning")
            yield JobQueued(job.id, job.label, destination.name, batch_id)
        if wait:
            order = WorkOrder(batch_id, True, destination.servers, destination.target == ANIMATIC)
            yield from self._worker().run(order, stop or Stop())
        response = self._response(batch_id)
        yield Result(response)
        if wait:
            _raise_for(response)

    def _enqueue(self, wanted: Sequence[Wanted], destination: Destination, priority: int) -> list[Job]:
        batch_id, now = new_id(), self._queue.store.now()
        return [
            self._queue.create(
                Job(
                    project_id=each.project_id,
                    clip_id=each.clip_id,
                    character_id=each.character_id,
                    batch_id=batch_id,
                    label=each.label,
                    kind=each.request.kind,
                    request=each.request.model_dump_json(),
                    target=destination.target,
                    rank=-priority,
                    number=number,
                    created_at=now,
                )
            )
            for number, each in enumerate(wanted)
        ]

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
